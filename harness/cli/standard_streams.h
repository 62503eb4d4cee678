// SPDX-License-Identifier: MIT
// Standard input, output and error, as the shell has left them to e3.
#pragma once

#include <cstdio>

namespace e3::cli {

// Those that are closed would be given to the next file that is opened, such as a report, and get
// what is printed: from now on they are /dev/null.
void open_closed_streams();

// Writes what is buffered. Throws std::system_error.
void flush(std::FILE* stream);

}  // namespace e3::cli
