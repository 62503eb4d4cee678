// SPDX-License-Identifier: MIT
// A scenario as a test to paste into one's own project.
#pragma once

#include <string>
#include <string_view>

#include "harness/scenario/step.h"

namespace e3::scenario {

// A whole GoogleTest file. `name` becomes the test's name; the file lacks only the function
// target_under_test(), which makes the server.
std::string googletest_snippet(const Scenario& scenario, std::string_view name);

// A whole pytest file that replays the scenario over TCP against a program, given as E3_SPAWN in
// the environment: the command that starts it, with {port}.
std::string pytest_snippet(const Scenario& scenario, std::string_view name);

}  // namespace e3::scenario
