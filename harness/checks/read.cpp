// SPDX-License-Identifier: MIT
// Reading: TCP is a stream of bytes; where it is cut means nothing.
#include <fmt/format.h>

#include <algorithm>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kRandomFragmentations = 64;

// Sends the request cut before each of `cuts` (ascending), the target acting on every fragment.
void send_in_fragments(Session& session, const std::vector<std::size_t>& cuts) {
  const std::string& request = session.request();
  Peer peer = session.world().connect();
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    peer.send(std::string_view(request).substr(begin, cut - begin));
    session.world().settle();
    session.expect_silence(peer);
    begin = cut;
  }
  peer.send(std::string_view(request).substr(begin));
  session.finish_request(peer);
  session.expect_answer(peer);
}

void run_every_offset(Session& session) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 1; i < session.request().size(); ++i) offsets.push_back(i);
  session.sweep({"offset", "offsets"}, offsets,
                [&](std::size_t offset) { send_in_fragments(session, {offset}); });
}

void run_byte_at_a_time(Session& session) {
  session.sweep({"request of size", "requests"}, {session.request().size()},
                [&](std::size_t count) {
                  std::vector<std::size_t> cuts;
                  for (std::size_t i = 1; i < count; ++i) cuts.push_back(i);
                  send_in_fragments(session, cuts);
                });
}

void run_random(Session& session) {
  std::vector<std::size_t> rounds;
  for (std::size_t i = 1; i <= kRandomFragmentations; ++i) rounds.push_back(i);
  std::vector<std::size_t> cuts;
  session.sweep(
      {"fragmentation", "fragmentations"}, rounds,
      [&](std::size_t) {
        cuts.clear();
        const std::size_t wanted = 2 + session.random_below(6);
        for (std::size_t i = 0; i < wanted; ++i) {
          cuts.push_back(1 + session.random_below(session.request().size() - 1));
        }
        std::sort(cuts.begin(), cuts.end());
        cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
        send_in_fragments(session, cuts);
      },
      [&](std::size_t) { return fmt::format("cuts at {}", fmt::join(cuts, ", ")); });
}

constexpr Blame kSplitBlames[] = {{Symptom::kNoAnswer, "split-terminator"},
                                  {Symptom::kWrongAnswer, "split-terminator"},
                                  {Symptom::kNotEnded, "split-terminator"},
                                  {Symptom::kEarlyAnswer, "early-answer"}};

constexpr std::string_view kStream =
    "TCP keeps order, not boundaries (RFC 9293, section 3.8); a read returns what has arrived";

constexpr Check kChecks[] = {
    {.id = "read.split.every-offset",
     .when = "the request comes in two fragments, cut at each offset in turn",
     .must = "answer as if it had come whole, and not before it is complete",
     .because = kStream,
     .needs = {},
     .blames = kSplitBlames,
     .run = run_every_offset},
    {.id = "read.split.byte-at-a-time",
     .when = "the request comes in fragments of one byte",
     .must = "answer as if it had come whole, and not before it is complete",
     .because = kStream,
     .needs = {},
     .blames = kSplitBlames,
     .run = run_byte_at_a_time},
    {.id = "read.split.random",
     .when = "the request comes in three to eight fragments, cut where the seed says",
     .must = "answer as if it had come whole, and not before it is complete",
     .because = kStream,
     .needs = {},
     .blames = kSplitBlames,
     .run = run_random},
};

}  // namespace

std::span<const Check> read_checks() { return kChecks; }

}  // namespace e3
