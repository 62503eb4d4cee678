// SPDX-License-Identifier: MIT
// Everything there is, where that is little enough: each sweep numbers its scenarios from 0 to
// total - 1 and leaves none out, so that its completeness can be stated.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/explore/sweep.h"

namespace e3::explore {

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
// All batches of 2 to 5 of these, in all orders: a request, a request with the end of input, one
// with a close, a reset, an arrival. What has arrived earlier did so in all orders, too; of five in
// their order and in the reverse.
Sweep event_orders(const Requests& requests);
// Every way to hang up, after every number of bytes of the request, before and after the server
// has looked.
Sweep hangups_in_request(const std::string& request);
// Every way to hang up, after every number of bytes of the answer, which is larger than the buffers
// if the request asks for one that is.
Sweep hangups_in_answer(const Requests& requests, std::size_t answer_size);

}  // namespace e3::explore
