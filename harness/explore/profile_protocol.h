// SPDX-License-Identifier: MIT
// A profile as judges need it.
#pragma once

#include "harness/checks/profile.h"
#include "harness/explore/judge.h"

namespace e3::explore {

// `profile` must outlive what is returned.
Protocol protocol_of(const Profile& profile);

}  // namespace e3::explore
