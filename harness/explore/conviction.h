// SPDX-License-Identifier: MIT
// Many scenarios are played in passing against one target; which of them has broken it?
#pragma once

#include <vector>

#include "harness/explore/judge.h"

namespace e3::explore {

struct Conviction {
  scenario::Scenario scenario;
  Violation violation;
};

// `latest` seemed wrong: by itself, or since the one before has left the target in a bad state.
// Each is judged with a target of its own. Throws ControlFailed when neither fails then, and
// nothing has been found before.
void convict(Judge& judge, const scenario::Scenario& before, const scenario::Scenario& latest,
             std::vector<Conviction>& convictions);

}  // namespace e3::explore
