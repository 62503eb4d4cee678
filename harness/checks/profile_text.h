// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/checks/profile.h"

namespace e3 {

// The profile as a file that load_profile() reads. Throws std::invalid_argument for bytes that no
// TOML file can hold.
std::string profile_text(const Profile& profile);

}  // namespace e3
