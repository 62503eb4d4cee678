// SPDX-License-Identifier: MIT
#include "harness/explore/request_seeds.h"

#include <algorithm>
#include <string>

#include "harness/explore/torture.h"

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Verb;

// More steps than this are cut off by the fuzzers' limit of bytes.
constexpr std::size_t kPiecesMax = 100;

// In `pieces` of about one size, the target looking at each; `peer` ends its side where the
// protocol wants that.
void send_in_pieces(Scenario& steps, const Protocol& protocol, std::string_view bytes,
                    std::size_t pieces, std::uint8_t peer = 0) {
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t begin = bytes.size() * i / pieces;
    const std::size_t end = bytes.size() * (i + 1) / pieces;
    if (i > 0) steps.push_back({.verb = Verb::kSettle});
    steps.push_back({.verb = Verb::kSend,
                     .peer = peer,
                     .bytes = std::string(bytes.substr(begin, end - begin))});
  }
  if (protocol.peer_ends) steps.push_back({.verb = Verb::kHalfClose, .peer = peer});
}

Scenario in_pieces(const Protocol& protocol, std::string_view bytes, std::size_t pieces) {
  Scenario steps;
  send_in_pieces(steps, protocol, bytes, pieces);
  return steps;
}

Scenario with_end(const Protocol& protocol, std::string_view bytes, Verb end) {
  Scenario steps = in_pieces(protocol, bytes, 1);
  steps.push_back({.verb = end});
  return steps;
}

Scenario two_peers(const Protocol& protocol) {
  Scenario steps;
  send_in_pieces(steps, protocol, protocol.request, 1);
  send_in_pieces(steps, protocol, protocol.request, 1, 1);
  return steps;
}

}  // namespace

std::vector<Seed> request_seeds(const Protocol& protocol) {
  const std::string& request = protocol.request;
  const std::string twice = request + request;
  std::vector<Seed> seeds{{"whole", in_pieces(protocol, request, 1)},
                          {"half-close", with_end(protocol, request, Verb::kHalfClose)},
                          {"close", with_end(protocol, request, Verb::kClose)},
                          {"reset", with_end(protocol, request, Verb::kReset)},
                          {"pipelined", in_pieces(protocol, twice, 1)},
                          {"in-a-row", in_pieces(protocol, twice, 2)},
                          {"two-peers", two_peers(protocol)},
                          {"three-peers", torture_scenario(protocol)}};
  if (request.size() < 2) return seeds;
  const std::string_view half = std::string_view(request).substr(0, request.size() / 2);
  seeds.push_back({"half-closed-within", with_end(protocol, half, Verb::kHalfClose)});
  seeds.push_back({"reset-within", with_end(protocol, half, Verb::kReset)});
  seeds.push_back({"in-halves", in_pieces(protocol, request, 2)});
  seeds.push_back({"in-bytes", in_pieces(protocol, request, std::min(request.size(), kPiecesMax))});
  seeds.push_back(
      {"pipelined-in-bytes", in_pieces(protocol, twice, std::min(twice.size(), kPiecesMax))});
  return seeds;
}

}  // namespace e3::explore
