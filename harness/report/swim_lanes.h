// SPDX-License-Identifier: MIT
// A transcript as a picture: one lane for each peer, one for the target's calls, time downwards,
// the failing moment last. It is an HTML table, so that a screen reader reads it, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/session.h"

namespace e3::report {

// One line of a transcript.
struct Moment {
  std::string_view time;   // seconds, as printed
  std::string_view actor;  // "target", "peer1", ...
  std::string_view what;
  std::string_view bytes;  // the quoted bytes in `what`; may be empty
};

// What a transcript's line says; a line of another form is all `what`.
Moment moment_of(std::string_view line);

// `times` moments on end that are the same `length` moments over and over.
struct Stretch {
  std::size_t first = 0;
  std::size_t length = 1;
  std::size_t times = 1;
};

// The moments in order, with what repeats at least three times folded: a spin is one line.
std::vector<Stretch> folded(const std::vector<Moment>& moments);

std::string swim_lanes(const Failure& failure);

}  // namespace e3::report
