// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/checks/profile.h"

namespace e3 {

// The profile as a file that load_profile() reads.
std::string profile_text(const Profile& profile);

}  // namespace e3
