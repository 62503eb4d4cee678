// SPDX-License-Identifier: MIT
// The standard output that e3 was started with. A server that runs in this process prints there,
// too, unless it is taken away from it.
#pragma once

#include <cstdio>

namespace e3::report {

// From now on only what is written to standard_output() goes there; what is printed to `stdout`, or
// written to descriptor 1, goes to standard error. Throws std::system_error.
void keep_standard_output();

// `stdout`, unless it was kept.
std::FILE* standard_output();

}  // namespace e3::report
