// SPDX-License-Identifier: MIT
// A transcript for reading: when, what the peers did, what the target called and what it got, in
// aligned columns.
#pragma once

#include <string>
#include <vector>

namespace e3::report {

// `lines` as from Transcript::lines(). Each line of the result ends with a line feed.
std::string timeline(const std::vector<std::string>& lines);

}  // namespace e3::report
