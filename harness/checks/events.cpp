// SPDX-License-Identifier: MIT
// Events: what epoll_wait() reports at once, in which order, and what it reports only once.
#include <fmt/format.h>

#include <cerrno>

#include "harness/checks/catalogue.h"
#include "harness/checks/crowd.h"
#include "harness/checks/session.h"
#include "harness/checks/strike.h"

namespace e3 {
namespace {

constexpr std::size_t kInBatch = 12;  // fewer than servers commonly ask for at once

// All are accepted; then all have something to say before the server looks.
void run_full_batch(Session& session) {
  std::vector<std::size_t> sizes{15, 16, 17, 31, 32, 33, 63, 64, 65, 90};
  const std::size_t most = crowd_that_is_served(session, sizes.back());
  std::erase_if(sizes, [most](std::size_t size) { return size > most; });
  if (sizes.empty()) throw NotShown{fmt::format("the target serves {} at once", most)};
  session.sweep({"ready at once:", "batches"}, sizes, [&](std::size_t count) {
    play_crowd(session, count, [&] {
      std::vector<Peer> peers = connect_crowd(session.world(), count);
      session.world().hold();
      for (Peer& peer : peers) session.send_request(peer);
      session.world().release();
      for (Peer& peer : peers) session.expect_answer(peer);
    });
  });
}

// One event has its turn before, or after, all others.
class OneOutOfTurn final : public EventOrder {
 public:
  OneOutOfTurn(std::size_t which, bool first) : which_(which), first_(first) {}

  std::size_t next(std::size_t waiting, std::size_t reported) override {
    if (first_) return reported == 0 && which_ < waiting ? which_ : 0;
    return which_ == 0 && waiting > 1 ? 1 : 0;  // the first of the queue comes last
  }

 private:
  std::size_t which_;
  bool first_;
};

// Old connections have requests, a new one arrives and another one goes away, all in one report.
void run_order(Session& session) {
  const std::size_t count = crowd_that_is_served(session, kInBatch + 2) - 2;
  const auto run_one = [&](EventOrder& order) {
    World& world = session.world();
    std::vector<Peer> peers = connect_crowd(session.world(), count);
    Peer leaver = world.connect();
    world.settle();
    world.hold();
    session.send_request(peers.front());
    leaver.close();
    Peer newcomer = world.connect();
    session.send_request(newcomer);
    for (std::size_t i = 1; i < peers.size(); ++i) session.send_request(peers[i]);
    world.order_events(&order);
    world.release();
    world.settle();
    world.order_events(nullptr);
    for (Peer& peer : peers) session.expect_answer(peer);
    session.expect_answer(newcomer);
  };
  session.sweep({"event that comes first:", "orders"}, Session::spread(count + 1, count + 2),
                [&](std::size_t which) {
                  for (const bool first : {true, false}) {
                    OneOutOfTurn order(which, first);
                    run_one(order);
                  }
                });
}

// The connection becomes readable and writable in one event while part of the answer is unsent.
void run_both_ways(Session& session) {
  const std::string& request = session.request_that_fills_buffers();
  const std::size_t total = session.answer_to(request).bytes.size();
  const bool echo = session.profile().peer_ends;
  session.sweep(
      {"bytes read before:", "moments"}, {1, total / 4, total / 2}, [&](std::size_t read) {
        World& world = session.world();
        Peer peer = world.connect({.tiny_buffers = true});
        std::size_t sent =
            peer.send(std::string_view(request).substr(0, request.size() - (echo ? 1 : 0)));
        peer.receive_up_to(read);
        world.hold();
        if (echo && sent == request.size() - 1) sent += peer.send(request.substr(sent));
        if (!echo) peer.shutdown_write();  // the end of input is readable, too
        while (peer.receive_now(65536) > 0) {
        }
        world.release();
        while (sent < request.size() && peer.receive(1024) > 0) {
          sent += peer.send(std::string_view(request).substr(sent));
        }
        session.finish_request(peer);
        session.receive_answer(peer);
        // A server may give up on a peer that has ended its side: that is no event forgotten.
        const bool given_up = !echo && peer.ending() != Ending::kOpen;
        if (!given_up) session.expect_answer(peer, request);
      });
}

// A signal ends the wait; a spawned program is stopped and continued, which does the same.
void run_interrupted_wait(Session& session) {
  const Fault fault{.call = CallKind::kEpollWait, .role = Role::kEpoll, .error = EINTR};
  session.sweep({"signals:", "series"}, {1, 3}, [&](std::size_t signals) {
    World& world = session.world();
    if (!world.can_inject(fault) && !world.abilities().can_hold) {
      throw NotShown{"this engine cannot interrupt the target"};
    }
    Peer peer = world.connect();
    peer.send(std::string_view(session.request()).substr(0, session.request().size() / 2));
    world.settle();
    for (std::size_t i = 0; i < signals; ++i) {
      if (world.can_inject(fault)) {
        world.inject(fault);
      } else {
        world.hold();
        world.release();
      }
      world.settle();
    }
    peer.send(std::string_view(session.request()).substr(session.request().size() / 2));
    session.finish_request(peer);
    session.expect_answer(peer);
  });
}

constexpr Blame kBatchBlames[] = {{Symptom::kNoAnswer, "maxevents-truncation"},
                                  {Symptom::kSpins, "maxevents-truncation"},
                                  {Symptom::kDeaf, "maxevents-truncation"}};
constexpr Blame kOrderBlames[] = {{Symptom::kNoAnswer, "batch-abandoned"},
                                  {Symptom::kNotEnded, "batch-abandoned"},
                                  {Symptom::kWrongAnswer, "stale-event-fd-reuse"},
                                  {Symptom::kLeaks, "batch-abandoned"},
                                  {Symptom::kDeaf, "batch-abandoned"}};
constexpr Blame kBothBlames[] = {{Symptom::kNoAnswer, "in-xor-out"},
                                 {Symptom::kNotEnded, "in-xor-out"}};
constexpr Blame kInterruptBlames[] = {{Symptom::kDied, "eintr-wait"},
                                      {Symptom::kNoAnswer, "eintr-wait"},
                                      {Symptom::kDeaf, "eintr-wait"}};

constexpr Check kChecks[] = {
    {.id = "events.full-batch",
     .when = "as many connections have a request at once as epoll_wait() can report, or one more",
     .must = "serve every one of them",
     .because =
         "maxevents bounds one report, not what is ready; the rest comes with the next call: "
         "epoll_wait(2)",
     .needs = {},
     .blames = kBatchBlames,
     .run = run_full_batch},
    {.id = "events.order",
     .when = "requests, a new connection and a hang-up are reported at once, in different orders",
     .must = "act on every event of the report",
     .because =
         "which of several peers is heard first is the network's choice; an edge is reported "
         "once: epoll(7)",
     .needs = {.event_order = true},
     .blames = kOrderBlames,
     .run = run_order},
    {.id = "events.both-ways",
     .when =
         "a connection whose answer is partly unsent becomes readable and writable in one event",
     .must = "send the rest of the answer, or end the connection",
     .because = "EPOLLIN and EPOLLOUT come together in one event, and that edge is not repeated: "
                "epoll_ctl(2), epoll(7)",
     .needs = {},
     .blames = kBothBlames,
     .run = run_both_ways},
    {.id = "events.interrupted-wait",
     .when = "a signal interrupts epoll_wait(), or the process is stopped and continued",
     .must = "wait again",
     .because = "epoll_wait() fails with EINTR after any handled signal, SA_RESTART or not, and "
                "after SIGCONT: signal(7)",
     .needs = {},
     .blames = kInterruptBlames,
     .run = run_interrupted_wait},
};

}  // namespace

std::span<const Check> event_checks() { return kChecks; }

}  // namespace e3
