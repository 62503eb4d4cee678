// SPDX-License-Identifier: MIT
// What the checks of one run have learned about the target, so that it is asked only once.
#pragma once

#include <optional>

#include "harness/checks/http_traits.h"
#include "harness/world/transcript.h"

namespace e3 {

struct Learned {
  std::optional<bool> answers_early;     // before the request is complete
  std::optional<VirtualTime> moment;     // longer than usual, as of who works at each tick
  bool answers_alike = false;            // when it is asked again
  bool slept_from_the_start = false;     // in the undisturbed exchange already
  bool cut_from_the_start = false;       // the undisturbed large answer is
  std::optional<std::size_t> crowd;      // how many may be there beside one who is served
  std::optional<bool> padding_is_wrong;  // the profile's pad_at
  std::optional<HttpTraits> http;
};

}  // namespace e3
