// SPDX-License-Identifier: MIT
// Writing: a peer may read as slowly as it likes and is still owed every byte.
#include <fmt/format.h>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kStalls = 64;
constexpr std::size_t kRealStalls = 8;  // where an answer is read in real time, to its end each

// An answer that ends too early was taken for sent; one that does not go on waits for an event.
void expect_whole_answer(Session& session, Peer& peer, const std::string& request) {
  try {
    session.expect_answer(peer, request);
  } catch (Violation& violation) {
    const bool cut_short = violation.symptom == Symptom::kNoAnswer && !violation.waits_for_ever;
    if (cut_short) violation.symptom = Symptom::kWrongAnswer;
    throw;
  }
}

void run_tiny_window(Session& session) {
  const std::string& request = session.request_that_fills_buffers();
  session.sweep({"bytes at a time:", "reading speeds"}, {1, 7, 1000}, [&](std::size_t step) {
    Peer peer = session.ask_with_tiny_buffers(request);
    const std::size_t total = session.answer_to(request).bytes.size();
    while (peer.received().size() < total && peer.receive(step) > 0) {
    }
    expect_whole_answer(session, peer, request);
  });
}

void run_stall(Session& session) {
  const std::string& request = session.request_that_fills_buffers();
  const std::size_t total = session.answer_to(request).bytes.size();
  const std::size_t stalls = session.world().abilities().virtual_time ? kStalls : kRealStalls;
  session.sweep({"stall at byte", "stalls"}, Session::spread(total, stalls),
                [&](std::size_t offset) {
                  Peer peer = session.ask_with_tiny_buffers(request);
                  peer.receive_up_to(offset);
                  session.expect_quiet();  // the rest is owed, but nothing can be done about it now
                  expect_whole_answer(session, peer, request);
                });
}

// The end of input is known after one look, and stays: a level-triggered interest in it never
// rests. Whether the rest is sent is for close.hangup.half-close to say: some take a peer that has
// ended its side for gone.
void run_half_closed(Session& session) {
  const std::string& request = session.request_that_fills_buffers();
  session.sweep({"request of size", "requests"}, {request.size()}, [&](std::size_t) {
    Peer peer = session.ask_with_tiny_buffers(request);
    session.world().settle();
    if (!session.profile().peer_ends) peer.shutdown_write();
    session.expect_quiet();
    peer.receive_up_to(session.answer_to(request).bytes.size());
    if (peer.ending() == Ending::kOpen) session.expect_answer(peer, request);
  });
}

// A connection goes while its answer waits for room; the next one gets its number, and has to wait
// in its turn.
void run_successor(Session& session) {
  const std::string& large = session.request_that_fills_buffers();
  session.sweep(
      {"end", "ends"}, {0, 1},
      [&](std::size_t kind) {
        World& world = session.world();
        Peer first = session.ask_with_tiny_buffers(large);
        world.settle();
        kind == 0 ? first.close() : first.reset();
        world.settle();
        Peer second = session.ask_with_tiny_buffers(large);
        world.settle();
        session.expect_answer(second, large);
      },
      [](std::size_t kind) { return kind == 0 ? "closed" : "reset"; });
}

constexpr Blame kSlowBlames[] = {{Symptom::kNoAnswer, "out-not-armed"},
                                 {Symptom::kNotEnded, "out-not-armed"},
                                 {Symptom::kWrongAnswer, "partial-write-truncated"},
                                 {Symptom::kSpins, "out-left-armed-spin"}};

constexpr Blame kHalfClosedBlames[] = {{Symptom::kSpins, "rdhup-spin"},
                                       {Symptom::kNoAnswer, "halfclose-drops-response"},
                                       {Symptom::kWrongAnswer, "halfclose-drops-response"}};

constexpr Blame kSuccessorBlames[] = {{Symptom::kNoAnswer, "buffer-not-reset"},
                                      {Symptom::kWrongAnswer, "buffer-not-reset"}};

constexpr std::string_view kPartial =
    "send() takes what fits and returns how much that was; the rest is sent at EPOLLOUT: send(2), "
    "epoll(7)";

constexpr Check kChecks[] = {
    {.id = "write.slow-reader.tiny-window",
     .when = "a peer with the smallest buffers reads a large answer a few bytes at a time",
     .must = "send every byte, in order, and close",
     .because = kPartial,
     .needs = {},
     .blames = kSlowBlames,
     .run = run_tiny_window},
    {.id = "write.slow-reader.stall",
     .when = "a peer with the smallest buffers stops reading at an offset of a large answer, then "
             "goes on",
     .must = "wait without spinning, then send the rest",
     .because = kPartial,
     .needs = {},
     .blames = kSlowBlames,
     .run = run_stall},
    {.id = "write.slow-reader.half-closed",
     .when = "a peer ends its sending side while most of a large answer waits for room",
     .must = "wait without spinning, then send the rest or end the connection",
     .because =
         "EPOLLRDHUP and EPOLLIN stay reported after the end of input, at every wait, for as "
         "long as they are asked for: epoll_ctl(2), epoll(7)",
     .needs = {},
     .blames = kHalfClosedBlames,
     .run = run_half_closed},
    {.id = "write.slow-reader.successor",
     .when = "a peer goes while its answer waits for room, and another asks for the same",
     .must = "send the other all of its answer",
     .because = "the lowest free number is given again at once: what is kept by number must go "
                "with its connection: accept(2)",
     .needs = {},
     .blames = kSuccessorBlames,
     .run = run_successor},
};

}  // namespace

std::span<const Check> write_checks() { return kChecks; }

}  // namespace e3
