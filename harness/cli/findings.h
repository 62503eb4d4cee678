// SPDX-License-Identifier: MIT
// What a sweep has found, for standard output: each distinct scenario once, with the number of runs
// that showed it.
#pragma once

#include <vector>

#include "harness/cli/options.h"
#include "harness/explore/sweep.h"

namespace e3::cli {

// Minimised. What ends that early (an interruption, a lost target) is thrown when all is printed.
void print_findings(const std::vector<explore::Conviction>& found, explore::Judge& judge,
                    const Options& options);
// As they are, where neither the user nor the target waits for more.
void print_findings_as_found(const std::vector<explore::Conviction>& found);

}  // namespace e3::cli
