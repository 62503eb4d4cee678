// SPDX-License-Identifier: MIT
// What the checks of one run have learned about the target, so that it is asked only once.
#pragma once

#include <optional>

#include "harness/checks/http_traits.h"

namespace e3 {

struct Learned {
  std::optional<bool> answers_early;     // before the request is complete
  bool answers_alike = false;            // when it is asked again
  std::optional<bool> padding_is_wrong;  // the profile's pad_at
  std::optional<HttpTraits> http;
};

}  // namespace e3
