// SPDX-License-Identifier: MIT
#include "harness/cli/complaint.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/report/escape.h"

namespace e3::cli {

void complain(std::string_view message) {
  fmt::print(stderr, "e3: {}\n", report::printable(message));
}

}  // namespace e3::cli
