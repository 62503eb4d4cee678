// SPDX-License-Identifier: MIT
// Reading: TCP is a stream of bytes; where it is cut means nothing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRandomFragmentations = 64;
// All pairs of cuts of a short request; of a longer one, or where each costs real time, some.
constexpr std::size_t kPairsOfCuts = 800;
constexpr std::size_t kPairsOfCutsInRealTime = 48;

// A server's time-out is hardly shorter. On a busy machine even a few fragments may take longer,
// and what it does then says nothing of how it reads.
constexpr auto kSoon = 1s;
constexpr int kTries = 5;

// Sends the request cut before each of `cuts` (ascending), the target acting on every fragment.
// Returns when the last fragment is on its way.
void send_each(Session& session, Peer& peer, const std::vector<std::size_t>& cuts) {
  const std::string& request = session.request();
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    peer.send(std::string_view(request).substr(begin, cut - begin));
    session.world().settle();
    session.expect_silence(peer);
    begin = cut;
  }
  peer.send(std::string_view(request).substr(begin));
  session.finish_request(peer);
}

void send_in_fragments(Session& session, const std::vector<std::size_t>& cuts) {
  const bool costly = !session.world().abilities().virtual_time;
  for (int tries = 1;; ++tries) {
    Peer peer = session.world().connect();
    const auto began = std::chrono::steady_clock::now();
    auto took = 0ns;
    try {
      send_each(session, peer, cuts);
      took = std::chrono::steady_clock::now() - began;
      return session.expect_answer(peer);
    } catch (const Violation&) {
      if (!costly || tries == kTries) throw;
      if (took == 0ns) took = std::chrono::steady_clock::now() - began;
      peer.receive_now(1);  // an early answer may have been a time-out's, with the end behind it
      if (took <= kSoon || peer.ending() == Ending::kOpen) throw;
    }
  }
}

void run_every_offset(Session& session) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 1; i < session.request().size(); ++i) offsets.push_back(i);
  session.sweep({"offset", "offsets"}, offsets,
                [&](std::size_t offset) { send_in_fragments(session, {offset}); });
}

void run_three_fragments(Session& session) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t second = 2; second < session.request().size(); ++second) {
    for (std::size_t first = 1; first < second; ++first) pairs.emplace_back(first, second);
  }
  if (pairs.empty()) throw NotApplicable{"the request is too short to be cut twice"};
  const bool costly = !session.world().abilities().virtual_time;
  session.sweep(
      {"pair of cuts", "pairs of cuts"},
      Session::spread(pairs.size() - 1, costly ? kPairsOfCutsInRealTime : kPairsOfCuts),
      [&](std::size_t index) {
        send_in_fragments(session, {pairs[index].first, pairs[index].second});
      },
      [&](std::size_t index) {
        return fmt::format("cuts at {}, {}", pairs[index].first, pairs[index].second);
      });
}

void run_byte_at_a_time(Session& session) {
  session.sweep({"request of size", "requests"}, {session.request().size()},
                [&](std::size_t count) {
                  std::vector<std::size_t> cuts;
                  for (std::size_t i = 1; i < count; ++i) cuts.push_back(i);
                  send_in_fragments(session, cuts);
                });
}

std::vector<std::size_t> random_cuts(Session& session) {
  std::vector<std::size_t> cuts(2 + session.random_below(6));
  for (std::size_t& cut : cuts) cut = 1 + session.random_below(session.request().size() - 1);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

void run_random(Session& session) {
  std::vector<std::size_t> rounds;
  std::vector<std::vector<std::size_t>> cuts;
  for (std::size_t i = 0; i < kRandomFragmentations; ++i) {
    rounds.push_back(i);
    cuts.push_back(random_cuts(session));
  }
  session.sweep(
      {"fragmentation", "fragmentations"}, rounds,
      [&](std::size_t i) { send_in_fragments(session, cuts[i]); },
      [&](std::size_t i) { return fmt::format("cuts at {}", fmt::join(cuts[i], ", ")); });
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
    {.id = "read.split.three-fragments",
     .when = "the request comes in three fragments, cut at each pair of offsets in turn",
     .must = "answer as if it had come whole, and not before it is complete",
     .because = kStream,
     .needs = {},
     .blames = kSplitBlames,
     .run = run_three_fragments},
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
