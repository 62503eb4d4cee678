// SPDX-License-Identifier: MIT
// Reading: TCP is a stream of bytes; where it is cut means nothing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

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
  const std::vector<std::size_t> offsets = Session::offsets(1, session.request().size());
  session.sweep({"offset", "offsets"}, offsets,
                [&](std::size_t offset) { send_in_fragments(session, {offset}); });
}

// Of all pairs of cuts, by the second and then by the first: 1 and 2, 1 and 3, 2 and 3, ...
std::vector<std::size_t> pair_of_cuts(std::size_t index) {
  std::size_t second = 2;
  while (index >= second - 1) index -= second++ - 1;
  return {index + 1, second};
}

void run_three_fragments(Session& session) {
  const std::size_t size = session.request().size();
  if (size < 3) throw NotApplicable{"the request is too short to be cut twice"};
  const std::size_t pairs = (size - 1) * (size - 2) / 2;
  const bool costly = !session.world().abilities().virtual_time;
  session.sweep(
      {"pair of cuts", "pairs of cuts"},
      Session::spread(pairs - 1, costly ? kPairsOfCutsInRealTime : kPairsOfCuts),
      [&](std::size_t index) { send_in_fragments(session, pair_of_cuts(index)); },
      [&](std::size_t index) {
        return fmt::format("cuts at {}", fmt::join(pair_of_cuts(index), ", "));
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
     .when = "the request comes in two fragments, cut at each offset in turn (at 4096 of "
             "them, where there are more)",
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
