// SPDX-License-Identifier: MIT
// Everything there is, where that is little enough: each sweep numbers its scenarios from 0 to
// total - 1 and leaves none out, so that its completeness can be stated.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/explore/conviction.h"
#include "harness/explore/judge.h"
#include "harness/scenario/step.h"

namespace e3::explore {

struct Sweep {
  std::string what;  // plural: "fragmentations of 18 bytes"
  std::uint64_t total = 0;
  // Replaces `scenario` by the one of this number.
  std::function<void(std::uint64_t number, scenario::Scenario& scenario)> make;
};

// What the peers of a sweep send.
struct Requests {
  // That of peer i is bytes[i % size]. Where they differ, an answer that goes to another peer
  // shows.
  std::vector<std::string> bytes;
  bool peer_ends = false;  // each ends its sending side behind its request, or is owed nothing

  const std::string& of(std::size_t peer) const { return bytes[peer % bytes.size()]; }
};

// Longer requests have too many fragmentations: of those, only the ones into three are tried.
constexpr std::size_t kFragmentedMax = 24;

// All 2^(n-1) ways to cut the first request; or all ways to cut a longer one into at most three.
Sweep fragmentations(const Requests& requests);
// All orders in which the fragments of two peers can come, and all ways in which the server may
// look in between.
Sweep interleavings(const Requests& requests);
// All orders of all batches of 2 to 5 of these, each once: a request, a request with the end of
// input, one with a close, a reset, an arrival.
Sweep event_orders(const Requests& requests);
// Every way to hang up, after every number of bytes of the request, before and after the server
// has looked.
Sweep hangups_in_request(const std::string& request);
// Every way to hang up, after every number of bytes of the answer, which is larger than the buffers
// if the request asks for one that is.
Sweep hangups_in_answer(const Requests& requests, std::size_t answer_size);

struct SweepResult {
  std::uint64_t run = 0;  // below the total only where it was stopped by failures
  std::vector<Conviction> failures;
};

// `progress` is called now and then with the number of scenarios run.
SweepResult exhaust(const Sweep& sweep, Judge& judge,
                    const std::function<void(std::uint64_t run)>& progress);

}  // namespace e3::explore
