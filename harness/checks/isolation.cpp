// SPDX-License-Identifier: MIT
// Isolation: what one peer does, or leaves undone, is no affair of the others.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/checks/catalogue.h"
#include "harness/checks/crowd.h"
#include "harness/checks/padding.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kPeers = 15;
// No server's time-out is shorter, where the profile does not tell.
constexpr std::chrono::milliseconds kSoon{1000};
constexpr std::size_t kCrowd = 60;  // below the connections that most servers take

// Who fails to put a request together from pieces mixes up nobody. Throws NotShown.
void require_pieces_alone(Session& session, const std::string& request, std::size_t step) {
  Peer peer = session.world().connect();
  for (std::size_t begin = 0; begin < request.size(); begin += step) {
    peer.send(std::string_view(request).substr(begin, step));
    session.world().settle();
  }
  session.finish_request(peer);
  try {
    session.expect_answer(peer, request);
  } catch (const Violation& violation) {
    throw NotShown{
        fmt::format("a lone peer's request in pieces of {} is answered wrongly: see "
                    "read.split; {}",
                    step, violation.actual)};
  }
}

// Each in turn sends so many bytes of its request; then each must get the answer to its own.
void take_turns(Session& session, const std::vector<std::string>& requests, std::size_t step) {
  const std::size_t count = requests.size();
  std::vector<Peer> peers = connect_crowd(session.world(), count);
  const auto longest = std::max_element(
      requests.begin(), requests.end(),
      [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  for (std::size_t begin = 0; begin < longest->size(); begin += step) {
    for (std::size_t i = 0; i < count; ++i) {
      if (begin < requests[i].size())
        peers[i].send(std::string_view(requests[i]).substr(begin, step));
    }
    settle_crowd(session.world());
  }
  for (Peer& peer : peers) session.finish_request(peer);
  for (std::size_t i = 0; i < count; ++i) session.expect_answer(peers[i], requests[i]);
}

// Requests that differ, in pieces that take turns.
void run_interleaved(Session& session) {
  const std::size_t count = crowd_that_is_served(session, kPeers);
  std::vector<std::string> requests;
  const Profile& profile = session.profile();
  const bool grow = profile.pad_at || profile.large_request == profile.request;
  for (std::size_t i = 0; i < count; ++i) {
    if (grow) {
      const std::string filler(1 + session.random_below(30), static_cast<char>('a' + i));
      requests.push_back(longer_request(session, filler));
    } else {
      requests.push_back(i % 2 == 0 ? profile.request : profile.large_request);
    }
  }
  for (const std::string& request : requests) session.answer_to(request);
  session.sweep({"bytes in each turn:", "interleavings"}, {1, 7, 16}, [&](std::size_t step) {
    require_pieces_alone(session, requests.front(), step);
    play_crowd(session, count, [&] { take_turns(session, requests, step); });
  });
}

// Somebody else asks while the others wait; then they get what they are owed.
void ask_beside(Session& session) {
  Peer peer = session.world().connect();
  session.send_request(peer);
  try {
    session.expect_answer(peer);
  } catch (const Violation& violation) {
    // What sleeping looks like where it cannot be seen.
    const Symptom symptom = session.world().sleeps_in() ? Symptom::kDeaf : Symptom::kSleeps;
    throw Violation{symptom, "another peer is served meanwhile", violation.actual};
  }
}

// In real time the last of a crowd waits for all others to read: a server may have lost its
// patience.
void expect_late_answer(Session& session, Peer& peer, const std::string& request,
                        std::chrono::steady_clock::time_point began) {
  try {
    session.expect_answer(peer, request);
  } catch (const Violation&) {
    const auto passed = std::chrono::steady_clock::now() - began;
    const auto allowed = session.profile().time_out.value_or(kSoon);
    const bool may_have_ended = !session.world().abilities().virtual_time &&
                                peer.ending() != Ending::kOpen && passed > allowed;
    if (!may_have_ended) throw;
    throw NotShown{fmt::format(
        "a connection has ended, perhaps for {} ms without reading, while others read: {}use "
        "--preload, or link the server in",
        std::chrono::duration_cast<std::chrono::milliseconds>(passed).count(),
        session.profile().time_out ? "" : "give the profile the server's time_out_ms, ")};
  }
}

void play_slow_readers(Session& session, const std::string& request, std::size_t count) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<Peer> crowd = connect_crowd(session.world(), count, {.tiny_buffers = true});
  std::vector<std::size_t> sent;
  sent.reserve(count);
  // What fits is enough where the server answers as it reads.
  for (Peer& peer : crowd) sent.push_back(peer.send(request));
  settle_crowd(session.world());
  ask_beside(session);
  for (std::size_t i = 0; i < count; ++i) {
    Session::send_rest(crowd[i], request, sent[i]);
    session.finish_request(crowd[i]);
    expect_late_answer(session, crowd[i], request, began);
  }
}

void run_slow_readers(Session& session) {
  const std::string& request = session.request_that_fills_buffers();
  session.sweep({"slow readers:", "crowds"}, {1, crowd_that_is_served(session, kCrowd)},
                [&](std::size_t count) {
                  play_crowd(session, count, [&] { play_slow_readers(session, request, count); });
                });
}

void play_slow_senders(Session& session, std::size_t count) {
  const std::string_view request = session.request();
  // Of a request of n bytes 1 to n - 1: who sends nothing does not keep a server waiting that is
  // told of connections with their first bytes, TCP_DEFER_ACCEPT of tcp(7).
  const std::size_t most = std::max<std::size_t>(request.size(), 2) - 1;
  const auto begun = [most](std::size_t i) { return 1 + i % most; };
  std::vector<Peer> crowd = connect_crowd(session.world(), count);
  for (std::size_t i = 0; i < count; ++i) crowd[i].send(request.substr(0, begun(i)));
  settle_crowd(session.world());
  ask_beside(session);
  // All before any answer: who answers late may end those kept waiting for theirs.
  for (std::size_t i = 0; i < count; ++i) {
    crowd[i].send(request.substr(begun(i)));
    session.finish_request(crowd[i]);
  }
  for (Peer& peer : crowd) session.expect_answer(peer);
}

void run_slow_senders(Session& session) {
  session.sweep({"slow senders:", "crowds"}, {1, crowd_that_is_served(session, kCrowd)},
                [&](std::size_t count) {
                  play_crowd(session, count, [&] { play_slow_senders(session, count); });
                });
}

constexpr Blame kMixedBlames[] = {{Symptom::kWrongAnswer, "cross-talk"},
                                  {Symptom::kNoAnswer, "cross-talk"},
                                  {Symptom::kNotEnded, "cross-talk"}};

constexpr Blame kSleepBlames[] = {{Symptom::kSleeps, "blocking-conn"}};

constexpr std::string_view kOneLoop =
    "one loop serves all: a call that sleeps for one peer keeps the others waiting; accepted "
    "sockets do not inherit O_NONBLOCK: accept(2)";

constexpr Check kChecks[] = {
    {.id = "isolation.interleaved",
     .when = "peers with different requests send them in pieces that take turns",
     .must = "give each the answer to its own request",
     .because = "a stream belongs to one connection (RFC 9293, section 3.3): what is kept of it "
                "must, too",
     .needs = {},
     .blames = kMixedBlames,
     .run = run_interleaved},
    {.id = "isolation.slow-readers",
     .when = "peers do not read their answers",
     .must = "serve others meanwhile, then send the rest",
     .because = kOneLoop,
     .needs = {},
     .blames = kSleepBlames,
     .run = run_slow_readers},
    {.id = "isolation.slow-senders",
     .when = "peers have sent parts of their requests",
     .must = "serve others meanwhile, then answer",
     .because = kOneLoop,
     .needs = {},
     .blames = kSleepBlames,
     .run = run_slow_senders},
};

}  // namespace

std::span<const Check> isolation_checks() { return kChecks; }

}  // namespace e3
