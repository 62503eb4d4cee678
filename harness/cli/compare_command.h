// SPDX-License-Identifier: MIT
// `e3 compare`: what changed between two runs.
#pragma once

#include "harness/cli/options.h"

namespace e3::cli {

// kConformanceFailure when something fails in the second run that did not in the first. Throws
// UsageError for a report that cannot be read or written.
ExitCode compare_runs(const Options& options);

}  // namespace e3::cli
