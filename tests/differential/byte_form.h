// SPDX-License-Identifier: MIT
// Schedules as bytes, for fuzzers: a first byte that tells AF_UNIX (odd) from TCP, then three bytes
// a step. Every byte string decodes, to something that the generator could have made, so that what
// is compared stays comparable.
#pragma once

#include <span>
#include <string>

#include "schedule.h"

namespace e3::differential {

struct Input {
  bool unix_sockets = false;
  Schedule schedule;
};

Input decode(std::span<const std::uint8_t> bytes);
// Throws std::invalid_argument for a step that no bytes decode to.
std::string encode(const Input& input);
// Writes the byte form to a file of that name. Throws std::runtime_error where it cannot.
void write_seed(const std::string& folder, const std::string& name, const Input& input);

}  // namespace e3::differential
