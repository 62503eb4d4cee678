// SPDX-License-Identifier: MIT
// A scenario as a test to paste into one's own project. It is judged as `e3 replay` judges it: what
// shows the finding there fails here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/step.h"

namespace e3::scenario {

// A whole GoogleTest file, for e3 as it is installed. `name` becomes the test's name; the file
// lacks only the function target_under_test(), which tells the server.
std::string googletest_snippet(const Scenario& scenario, std::string_view name,
                               std::string_view profile);

// A whole pytest file that replays the scenario with these options of `e3 replay` against a
// program, given as E3_SPAWN in the environment: the command that starts it, with {port}.
std::string pytest_snippet(const Scenario& scenario, std::string_view name,
                           const std::vector<std::string>& options);

}  // namespace e3::scenario
