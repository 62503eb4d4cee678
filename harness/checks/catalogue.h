// SPDX-License-Identifier: MIT
// Every check there is, in the order in which they run. A new family is one file and one line.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/checks/check.h"

namespace e3 {

std::span<const Check> accept_checks();
std::span<const Check> read_checks();
std::span<const Check> write_checks();
std::span<const Check> hangup_checks();
std::span<const Check> http_checks();

std::vector<const Check*> all_checks();
const Check* find_check(std::string_view id);

// Whether a selection word means this check: its id, a family above it ("close", "close.hangup"),
// or a glob ("*.half-close").
bool selects(std::string_view word, std::string_view id);

}  // namespace e3
