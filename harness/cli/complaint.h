// SPDX-License-Identifier: MIT
// What e3 says on standard error when it cannot do what is asked.
#pragma once

#include <string_view>

namespace e3::cli {

// "e3: MESSAGE". What files and servers put into it must not act on the terminal.
void complain(std::string_view message);

}  // namespace e3::cli
