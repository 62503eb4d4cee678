// SPDX-License-Identifier: MIT
// The target's own time-out: it ends its own connection, when it is due, whatever else happens.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/crowd.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr VirtualTime kLongest = 10min;  // longer than common time-outs
constexpr VirtualTime kStep = 250ms;
constexpr VirtualTime kShortest = 1s;  // less is no time-out, but a refusal

// Half a request: the rest is being waited for.
Peer begin_request(Session& session) {
  Peer peer = session.world().connect();
  peer.send(std::string_view(session.request()).substr(0, session.request().size() / 2));
  session.world().settle();
  return peer;
}

void expect_rest_answered(Session& session, Peer& peer) {
  peer.send(std::string_view(session.request()).substr(session.request().size() / 2));
  session.finish_request(peer);
  session.expect_answer(peer);
}

bool has_ended(Peer& peer) {
  while (peer.receive_now(4096) > 0) continue;
  return peer.ending() != Ending::kOpen;
}

// How long an unfinished request is waited for. Throws NotApplicable where there is no end to that.
VirtualTime time_out(Session& session) {
  if (session.profile().peer_ends) throw NotApplicable{"no request is unfinished"};
  Peer peer = begin_request(session);
  for (VirtualTime waited = 0s; waited < kLongest; waited += kStep) {
    if (has_ended(peer)) {
      if (waited < kShortest) throw NotApplicable{"an unfinished request is not waited for"};
      return waited;
    }
    session.world().advance(kStep);
  }
  throw NotApplicable{"an unfinished request is waited for longer than ten minutes"};
}

// One becomes overdue while its neighbours, by descriptor, are not: one before it, one behind.
void run_neighbour(Session& session) {
  const VirtualTime bound = time_out(session);
  session.sweep({"time-outs", "time-outs"}, {1}, [&](std::size_t) {
    World& world = session.world();
    Peer first = begin_request(session);
    Peer overdue = begin_request(session);
    first.close();
    world.settle();
    world.advance(bound * 3 / 4);
    Peer before = begin_request(session);
    Peer behind = begin_request(session);
    world.advance(bound / 2);
    has_ended(overdue);
    expect_rest_answered(session, before);
    expect_rest_answered(session, behind);
  });
}

constexpr std::size_t kCrowd = 250;

// All places are taken by peers that say nothing, and become free by nothing but their time-outs.
void run_crowd(Session& session) {
  const VirtualTime bound = time_out(session);
  session.sweep({"silent connections:", "crowds"}, {kCrowd}, [&](std::size_t count) {
    World& world = session.world();
    std::vector<Peer> crowd = crowd_that_fits(world, count);
    for (Peer& peer : crowd) peer.send(session.request().substr(0, 1));
    world.settle();
    world.advance(bound + bound / 2);
    crowd.clear();
    settle_crowd(world);
  });
}

// The next to come gets the place of one that has left shortly before its time was out.
void run_successor(Session& session) {
  const VirtualTime bound = time_out(session);
  session.sweep(
      {"leave by", "ways"}, {0, 1},
      [&](std::size_t by_reset) {
        World& world = session.world();
        Peer leaver = begin_request(session);
        world.advance(bound * 3 / 4);
        by_reset != 0 && world.abilities().tcp ? leaver.reset() : leaver.close();
        world.settle();
        Peer successor = begin_request(session);
        world.advance(bound / 2);
        expect_rest_answered(session, successor);
      },
      [](std::size_t by_reset) { return by_reset != 0 ? "leave by reset" : "leave by close"; });
}

const Fault kSignal{.call = CallKind::kEpollWait, .role = Role::kEpoll, .error = EINTR};

void signal_while(Session& session, Peer& peer, VirtualTime between, VirtualTime bound) {
  World& world = session.world();
  const std::size_t before = world.faults_struck();
  for (VirtualTime waited = 0s; waited < 2 * bound + 2s; waited += between) {
    if (has_ended(peer)) return;
    world.advance(between);
    world.clear_faults();
    world.inject(kSignal);
    world.settle();
  }
  if (world.faults_struck() == before) {
    throw NotApplicable{"the target does not wait in epoll_wait()"};
  }
  throw Violation{Symptom::kNotEnded, "the time-out comes as without signals",
                  fmt::format("still open after twice its {:g} virtual seconds",
                              std::chrono::duration<double>(bound).count()),
                  true};
}

// Whoever waits for the whole time-out again after each signal never sees it.
void run_interrupted(Session& session) {
  if (!session.world().can_inject(kSignal)) {
    throw NotShown{"this engine cannot interrupt the target"};
  }
  const VirtualTime bound = time_out(session);
  const VirtualTime between = std::max<VirtualTime>(bound / 1000, 90ms);
  session.sweep({"milliseconds between signals:", "series"},
                {static_cast<std::size_t>(between / 1ms)}, [&](std::size_t) {
                  Peer peer = begin_request(session);
                  signal_while(session, peer, between, bound);
                });
}

// The wall clock is set while a request is half there: by more than the time-out, but by less than
// makes servers start anew (lighttpd: half an hour).
void run_clock_set(Session& session) {
  const VirtualTime bound = time_out(session);
  session.sweep(
      {"set", "ways"}, {0, 1},
      [&](std::size_t index) {
        World& world = session.world();
        const VirtualTime step = std::clamp<VirtualTime>(2 * bound, 2min, 25min);
        const VirtualTime by = index == 0 ? step : -step;
        Peer peer = begin_request(session);
        world.advance(bound / 4);
        if (!world.step_realtime(by)) throw NotShown{"this engine cannot set the clock"};
        world.settle();
        if (by > 0s) {
          world.advance(bound / 4);
          expect_rest_answered(session, peer);
        } else {
          world.advance(bound + bound / 4 + 2s);
          Session::require(has_ended(peer), Symptom::kNotEnded,
                           "the time-out comes when that much time has passed",
                           "it does not come, for the clock has been set back");
        }
        peer.close();
        world.settle();
        world.step_realtime(-by);
      },
      [](std::size_t index) { return index == 0 ? "set forth" : "set back"; });
}

constexpr Blame kNeighbourBlames[] = {{Symptom::kNoAnswer, "timeout-ends-another"},
                                      {Symptom::kNotEnded, "timeout-ends-another"}};
constexpr Blame kCrowdBlames[] = {{Symptom::kDeaf, "accept-paused-forever"}};
constexpr Blame kSuccessorBlames[] = {{Symptom::kNoAnswer, "timer-after-close"},
                                      {Symptom::kNotEnded, "timer-after-close"}};
constexpr Blame kInterruptBlames[] = {{Symptom::kNotEnded, "eintr-extends-timeout"},
                                      {Symptom::kDied, "eintr-wait"},
                                      {Symptom::kDeaf, "eintr-wait"}};
constexpr Blame kClockBlames[] = {{Symptom::kNoAnswer, "clock-jump"},
                                  {Symptom::kNotEnded, "clock-jump"},
                                  {Symptom::kSpins, "clock-jump"}};

constexpr std::string_view kOwn =
    "a time-out says that this peer has done nothing for so long (RFC 9112, section 9.5); "
    "descriptors are used again at once, the lowest first: open(2)";

constexpr Check kChecks[] = {
    {.id = "time.neighbour",
     .when = "a connection's time is out while two that came later are in the midst of a request",
     .must = "go on serving those two",
     .because = kOwn,
     .needs = {.virtual_time = true},
     .blames = kNeighbourBlames,
     .run = run_neighbour},
    {.id = "time.crowd",
     .when = "peers that say nothing take all places, until their time is out",
     .must = "serve whoever comes then",
     .because = "a server that stops accepting at its limit must go on however a place becomes "
                "free; no event tells it: epoll(7)",
     .needs = {.virtual_time = true},
     .blames = kCrowdBlames,
     .run = run_crowd},
    {.id = "time.successor",
     .when = "a peer leaves shortly before its time is out, and another gets its descriptor",
     .must = "give the other the whole of its time",
     .because = kOwn,
     .needs = {.virtual_time = true},
     .blames = kSuccessorBlames,
     .run = run_successor},
    {.id = "time.interrupted",
     .when = "signals interrupt the wait again and again while an unfinished request is waited for",
     .must = "end the connection when its time is out, as without signals",
     .because =
         "what is left of a wait that ends with EINTR is less than the whole: epoll_wait(2), "
         "signal(7)",
     .needs = {.faults = true, .virtual_time = true},
     .blames = kInterruptBlames,
     .run = run_interrupted,
     .level = Level::kShould},
    {.id = "time.clock-set",
     .when = "the wall clock is set forth or back by minutes while a request is half there",
     .must = "neither end the connection early nor keep it longer",
     .because = "CLOCK_REALTIME is set by administrators and by NTP; CLOCK_MONOTONIC is not: "
                "clock_gettime(2)",
     .needs = {.virtual_time = true},
     .blames = kClockBlames,
     .run = run_clock_set,
     .level = Level::kShould},
};

constexpr Cause kCauses[] = {
    {.slug = "timeout-ends-another",
     .what = "when one connection's time is out, another is ended",
     .evidence = "xrootd/xrootd#1928, libevent/libevent#1781",
     .fix = "look up the connection by what the timer is of, not by its place in a list that has "
            "changed since"},
    {.slug = "timer-after-close",
     .what = "the timer of a closed connection ends the next one with its descriptor",
     .evidence = "EarthScope/ringserver#81",
     .fix = "cancel the timer where the descriptor is closed"},
    {.slug = "eintr-extends-timeout",
     .what = "each signal begins the wait anew, and time-outs never come",
     .evidence = "oven-sh/bun#34780",
     .fix = "keep deadlines, not durations: compute what is left before each wait"},
    {.slug = "clock-jump",
     .what = "time-outs are measured with a clock that can be set",
     .evidence = "h2o/h2o#2321, eventmachine/eventmachine#496, ceph/ceph#8231",
     .fix = "measure time-outs with CLOCK_MONOTONIC"},
};

}  // namespace

std::span<const Check> timer_checks() { return kChecks; }
std::span<const Cause> timer_causes() { return kCauses; }

}  // namespace e3
