// SPDX-License-Identifier: MIT
// What there is to run, and what each check and cause means.
#pragma once

#include <string_view>

namespace e3::cli {

void list_checks(bool as_json);
// False when there is no check or cause of that name.
bool explain(std::string_view id);

}  // namespace e3::cli
