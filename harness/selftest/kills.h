// SPDX-License-Identifier: MIT
// Which check finds which mutant, and the cause that it must name.
#pragma once

#include <span>
#include <string_view>

namespace e3::selftest {

// Where it can be seen.
enum class Shown {
  kEverywhere,
  kInProcess,  // from outside, nothing tells of it, or the kernel's larger buffers hide it
  kAsProgram,  // only as a program of its own
  kOnSim,      // only a kernel of our own can make the call fail so
};

struct Kill {
  std::string_view server;   // a specimen
  std::string_view case_id;  // of the check, with its variant
  std::string_view cause;
  Shown shown = Shown::kEverywhere;
  bool warns = false;  // the check warns and no more: the obligation is a SHOULD or a MAY
};

std::span<const Kill> kills();

}  // namespace e3::selftest
