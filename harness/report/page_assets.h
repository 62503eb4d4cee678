// SPDX-License-Identifier: MIT
// page.css and page.js, put into the program by the build.
#pragma once

#include <string_view>

namespace e3::report {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace e3::report
