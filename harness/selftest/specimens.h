// SPDX-License-Identifier: MIT
// The servers whose faults are known.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/check.h"
#include "harness/selftest/kills.h"

namespace e3::selftest {

enum class Kind {
  kCorrect,  // passes every check
  kMutant,   // has one bug
  kNull,     // does nothing worth testing: passes no check
};

std::string_view to_string(Kind kind);

struct Specimen {
  std::string name;
  Kind kind = Kind::kMutant;
  std::function<void(std::uint16_t port)> serve;  // on 127.0.0.1; see InProcessTarget
  std::vector<const Check*> (*checks)() = {};     // those that it is made for
  std::vector<Kill> kills = {};                   // what must be found
};

const std::vector<Specimen>& specimens();

}  // namespace e3::selftest
