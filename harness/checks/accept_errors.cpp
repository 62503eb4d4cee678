// SPDX-License-Identifier: MIT
// Accepting, while accept() fails: an error of one connection, or a shortage that passes, is no
// reason to stop.
#include <cerrno>
#include <chrono>
#include <optional>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"
#include "harness/checks/strike.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// Servers may pause after a shortage; common pauses are between 10 ms and a second.
constexpr VirtualTime kPause = 30s;

// The answer must come, if need be after a pause in accepting.
void expect_answer_in_time(Session& session, Peer& peer) {
  World& world = session.world();
  world.settle();
  if (peer.receive_now(1) == 0 && peer.ending() == Ending::kOpen) world.advance(kPause);
  try {
    session.expect_answer(peer);
  } catch (const Violation& violation) {
    if (!peer.received().empty()) throw;
    throw Violation{Symptom::kNotAccepted, "the waiting connection is served", violation.actual,
                    violation.waits_for_ever};
  }
}

std::vector<Fault> accept_faults(const std::vector<int>& errors) {
  std::vector<Fault> faults;
  faults.reserve(errors.size());
  for (const int error : errors) {
    faults.push_back({.call = CallKind::kAccept, .role = Role::kListener, .error = error});
  }
  return faults;
}

void expect_another_served(Session& session) {
  Peer another = session.world().connect();
  session.send_request(another);
  expect_answer_in_time(session, another);
}

// Servers that keep a spare descriptor accept with it, only to close at once.
bool turned_away(Peer& peer) { return peer.receive_now(1) == 0 && peer.ending() != Ending::kOpen; }

// With none left in the whole system they may be turned away as with none left in the process: one,
// or, as libuv does, all that wait.
void expect_answers_or_ends(Session& session, const std::vector<Peer*>& peers, const Fault& fault) {
  session.world().settle();
  bool all_stayed = true;
  for (Peer* peer : peers) {
    if (fault.error == ENFILE && turned_away(*peer)) {
      all_stayed = false;
    } else {
      expect_answer_in_time(session, *peer);
    }
  }
  if (!all_stayed) expect_another_served(session);
}

// Two wait in the queue; accept() fails once with each error.
void run_once_each(Session& session, const std::vector<int>& errors, bool first_is_lost) {
  const std::vector<Fault> faults = showable(session, accept_faults(errors));
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < faults.size(); ++i) points.push_back(i);
  session.sweep(
      {"error", "errors"}, points,
      [&](std::size_t index) {
        World& world = session.world();
        world.hold();
        Peer first = world.connect();
        Peer second = world.connect();
        session.send_request(first);
        session.send_request(second);
        const Strike strike(session, faults[index]);
        world.release();
        std::vector<Peer*> owed{&second};
        if (!first_is_lost) owed.insert(owed.begin(), &first);
        expect_answers_or_ends(session, owed, faults[index]);
        strike.require_happened();
        if (!first_is_lost) world.advance(kPause);  // it may rest, though all have been served
      },
      [&](std::size_t index) { return to_string(faults[index]); });
}

void run_connection_error(Session& session) {
  run_once_each(session, {ECONNABORTED, EPROTO, EHOSTUNREACH, ENETDOWN, EPERM}, true);
}

// accept() goes on failing while no time passes: whoever calls again at once is busy in vain.
void run_lasting_shortage(Session& session) {
  Fault lasting = accept_faults({ENFILE}).front();
  lasting.times = kInVain;
  const std::vector<Fault> faults = showable(session, {lasting});
  session.sweep({"connections waiting:", "queues"}, {1, 2}, [&](std::size_t count) {
    World& world = session.world();
    const Strike strike(session, faults.front());
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < count; ++i) {
      peers.push_back(world.connect());
      session.send_request(peers.back());
    }
    world.settle();
    strike.warn_of_calls_in_vain(session, "a pause before the next attempt");
    strike.require_happened();
    world.clear_faults();  // a descriptor is free again
    bool all_stayed = true;
    for (Peer& peer : peers) {
      const bool stayed = !turned_away(peer);
      if (stayed) expect_answer_in_time(session, peer);
      all_stayed = all_stayed && stayed;
    }
    if (!all_stayed) expect_another_served(session);
    world.advance(kPause);
  });
}

void run_shortage(Session& session) { run_once_each(session, {ENFILE, ENOBUFS, ENOMEM}, false); }

void run_interrupted(Session& session) { run_once_each(session, {EINTR}, false); }

struct Waiting {
  Peer peer;
  bool has_sent;  // false: the queue was full, it has yet to get in
};

std::vector<Waiting> let_wait(Session& session, std::size_t count) {
  std::vector<Waiting> waiting;
  for (std::size_t i = 0; i < count; ++i) {
    waiting.push_back({session.world().connect(), false});
    waiting.back().has_sent = waiting.back().peer.send(session.request()) != 0;
    if (waiting.back().has_sent) session.finish_request(waiting.back().peer);
  }
  return waiting;
}

// No descriptor is free until a connection that holds one is closed.
void run_out_of_descriptors(Session& session) {
  const std::vector<Fault> faults = showable(session, accept_faults({EMFILE}));
  session.sweep({"connections waiting:", "queues"}, {1, 2, 20}, [&](std::size_t count) {
    World& world = session.world();
    Peer holder = world.connect();
    world.settle();
    const Strike strike(session, faults.front());
    std::vector<Waiting> waiting = let_wait(session, count);
    session.expect_quiet();
    world.advance(1s);
    session.expect_quiet();
    strike.require_happened();
    std::vector<Waiting*> still_waiting;
    for (Waiting& each : waiting) {
      if (!turned_away(each.peer)) still_waiting.push_back(&each);
    }
    holder.close();
    for (Waiting* each : still_waiting) {
      if (!each->has_sent) {
        world.advance(kPause);
        session.send_request(each->peer);
      }
      expect_answer_in_time(session, each->peer);
    }
    if (still_waiting.size() < count) expect_another_served(session);
  });
}

// epoll_ctl() refuses the accepted connection: it must be closed, or be served in another way.
void run_not_registered(Session& session) {
  std::vector<Fault> faults;
  for (const int error : {ENOSPC, ENOMEM}) {
    faults.push_back({.call = CallKind::kEpollAdd, .role = Role::kConnection, .error = error});
  }
  faults = showable(session, faults);
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < 2 * faults.size(); ++i) points.push_back(i);
  session.sweep(
      {"error", "errors"}, points,
      [&](std::size_t point) {
        World& world = session.world();
        const Strike strike(session, faults[point / 2]);
        world.hold();
        Peer peer = world.connect();
        peer.send(session.request().substr(0, 1));  // not all: there is something to wait for
        std::optional<Peer> another;                // in the same edge; it gets the descriptor
        if (point % 2 == 1) {
          another.emplace(world.connect());
          session.send_request(*another);
        }
        world.release();
        world.settle();
        strike.require_happened();
        if (another) expect_answer_in_time(session, *another);
        session.expect_end(peer);
        world.advance(kPause);  // what is left of it may be found by a timer
      },
      [&](std::size_t point) {
        return to_string(faults[point / 2]) + (point % 2 == 1 ? ", another behind it" : "");
      });
}

constexpr Blame kConnectionErrorBlames[] = {{Symptom::kDied, "accept-transient-fatal"},
                                            {Symptom::kNotAccepted, "accept-transient-fatal"},
                                            {Symptom::kDeaf, "accept-transient-fatal"}};
constexpr Blame kShortageBlames[] = {{Symptom::kDied, "accept-emfile-fatal"},
                                     {Symptom::kSpins, "accept-emfile-spin"},
                                     {Symptom::kNotAccepted, "accept-emfile-lost-edge"},
                                     {Symptom::kDeaf, "accept-emfile-lost-edge"}};
constexpr Blame kRegisterBlames[] = {{Symptom::kNotAccepted, "accept-emfile-lost-edge"},
                                     {Symptom::kNotEnded, "register-fail-leak"},
                                     {Symptom::kLeaks, "register-fail-leak"},
                                     {Symptom::kSpins, "register-fail-leak"}};

constexpr Check kChecks[] = {
    {.id = "accept.error.connection",
     .when = "accept() fails once with the error of a connection that was lost in the queue, with "
             "another connection behind it",
     .must = "go on accepting",
     .because = "accept() passes on errors of the waiting connection; they are to be treated like "
                "EAGAIN: accept(2), \"Error handling\"",
     .needs = {.faults = true},
     .blames = kConnectionErrorBlames,
     .run = run_connection_error},
    {.id = "accept.error.interrupted",
     .when = "a signal interrupts accept() once, with connections waiting",
     .must = "call it again",
     .because = "EINTR says that nothing was done, not that nothing can be: accept(2), signal(7)",
     .needs = {.faults = true},
     .blames = kConnectionErrorBlames,
     .run = run_interrupted},
    {.id = "accept.error.shortage",
     .when = "accept() fails once for want of memory or of descriptors in the system, and nothing "
             "else happens",
     .must = "serve the waiting connections, if need be after a pause; for want of descriptors it "
             "may turn them away and serve the next",
     .because = "the connections stay in the queue, and their edge has been reported: accept(2), "
                "epoll(7)",
     .needs = {.faults = true},
     .blames = kShortageBlames,
     .run = run_shortage},
    {.id = "accept.error.lasting-shortage",
     .when = "accept() fails for want of descriptors in the system, whenever it is called, until "
             "one is free",
     .must = "pause before it tries again, and serve those who wait when it can, or turn them away",
     .because = "ENFILE leaves the connection in the queue: a level-triggered listener is ready "
                "all the while: accept(2), epoll(7)",
     .needs = {.faults = true},
     .blames = kShortageBlames,
     .run = run_lasting_shortage,
     .level = Level::kShould},
    {.id = "accept.error.out-of-descriptors",
     .when = "connections wait while every descriptor is in use, until one is closed",
     .must = "serve them then, or turn them away at once; never spin",
     .because = "EMFILE leaves the connection in the queue: a level-triggered listener is ready "
                "for ever, an edge-triggered one never again: accept(2), epoll(7)",
     .needs = {.faults = true},
     .blames = kShortageBlames,
     .run = run_out_of_descriptors},
    {.id = "accept.error.not-registered",
     .when = "epoll_ctl() refuses an accepted connection for want of memory or watches",
     .must = "end that connection and free its descriptor",
     .because =
         "EPOLL_CTL_ADD can fail with ENOSPC and ENOMEM; a connection that is not watched is "
         "never heard of again: epoll_ctl(2)",
     .needs = {.faults = true},
     .blames = kRegisterBlames,
     .run = run_not_registered},
};

}  // namespace

std::span<const Check> accept_error_checks() { return kChecks; }

}  // namespace e3
