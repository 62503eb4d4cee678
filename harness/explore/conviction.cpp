// SPDX-License-Identifier: MIT
#include "harness/explore/conviction.h"

#include <utility>

#include "harness/scenario/text_form.h"

namespace e3::explore {

void convict(Judge& judge, const scenario::Scenario& before, const scenario::Scenario& latest,
             std::vector<Conviction>& convictions) {
  const std::size_t known = convictions.size();
  for (const scenario::Scenario* suspect : {&before, &latest}) {
    if (auto found = judge.judge(*suspect)) convictions.push_back({*suspect, std::move(*found)});
  }
  if (convictions.size() > known || known > 0) return;
  throw ControlFailed("the target fails only after many scenarios in a row; the last was:\n" +
                      scenario::print(latest));
}

}  // namespace e3::explore
