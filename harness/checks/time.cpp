// SPDX-License-Identifier: MIT
// Time: nobody may hold a connection for ever by doing nothing, and whoever gets on, however
// slowly, must not be cut off.
#include <fmt/format.h>

#include <chrono>

#include "harness/checks/catalogue.h"
#include "harness/checks/crowd.h"
#include "harness/checks/padding.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr VirtualTime kPatience = 10min;  // longer than common time-outs
constexpr VirtualTime kDripPause = 1s;
constexpr std::size_t kDrips = 600;

std::vector<std::size_t> prefixes(const Session& session) {
  return {1, session.request().size() / 2, session.request().size() - 1};
}

// Real minutes: whoever has to wait for the server's time-out waits beside the others.
bool waits_together(Session& session) { return !session.world().abilities().virtual_time; }

// Where a request is whatever comes before the peer ends, a pause may be one between two requests.
void require_requests_with_an_end(const Session& session) {
  if (session.profile().peer_ends) throw NotApplicable{"no request is unfinished"};
}

// In real time there must be an end to the waiting.
void require_a_time_out(Session& session) {
  require_requests_with_an_end(session);
  if (session.world().abilities().virtual_time || session.profile().time_out) return;
  throw NotShown{
      "may take real minutes: give the profile the server's time_out_ms, use --preload, or link it "
      "in"};
}

void run_silent(Session& session) {
  require_a_time_out(session);
  if (waits_together(session)) throw NotShown{"waits together with the peers of time.unfinished"};
  session.sweep({"bytes sent:", "silences"}, {0}, [&](std::size_t) {
    World& world = session.world();
    const auto before = world.health().descriptors;
    Peer peer = world.connect();
    world.settle();
    world.allow_busy_wait(false);
    session.expect_end(peer);
    world.allow_busy_wait(true);
    // A peer that has gone without a word does not answer an end with its own.
    if (!before || !world.abilities().virtual_time) return;
    world.advance(kPatience);
    Session::require(world.health().descriptors <= before, Symptom::kNotEnded,
                     "the server frees the connection, whatever its peer does",
                     "it is still held 10 virtual minutes after its end was sent");
  });
}

void run_unfinished(Session& session) {
  require_requests_with_an_end(session);
  // One after another where that costs nothing.
  std::vector<std::size_t> lengths = prefixes(session);
  const bool together = waits_together(session);
  if (together) lengths.insert(lengths.begin(), 0);  // time.silent's
  const std::vector<std::size_t> points = together ? std::vector{lengths.back()} : lengths;
  session.sweep({"bytes sent:", "silences"}, points, [&](std::size_t most) {
    std::vector<Peer> peers;
    const std::vector<std::size_t> sent = together ? lengths : std::vector{most};
    for (const std::size_t length : sent) {
      peers.push_back(session.world().connect());
      peers.back().send(std::string_view(session.request()).substr(0, length));
    }
    session.world().settle();
    session.expect_quiet();  // in real time nobody else looks while it waits
    require_a_time_out(session);
    for (std::size_t i = 0; i < peers.size(); ++i) {
      try {
        session.expect_end(peers[i]);
      } catch (Violation& violation) {
        violation.actual += fmt::format(", {} bytes of the request sent", sent[i]);
        throw;
      }
    }
  });
}

// A byte now and then: each is progress, and the request never becomes complete.
void run_drip(Session& session) {
  require_requests_with_an_end(session);
  require_right_padding(session);
  session.sweep({"bytes, one a second:", "drips"}, {kDrips}, [&](std::size_t count) {
    World& world = session.world();
    Peer peer = world.connect();
    peer.send(std::string_view(session.request()).substr(0, session.profile().pad_at.value_or(1)));
    for (std::size_t i = 0; i < count; ++i) {
      peer.send("e");
      world.settle();
      world.advance(kDripPause);
      if (peer.receive_now(1) > 0 || peer.ending() != Ending::kOpen) return;
    }
    throw Violation{Symptom::kNotEnded, "the server ends the connection",
                    fmt::format("still open after {} bytes, one a second", count), true};
  });
}

void run_slow_sender(Session& session) {
  constexpr std::size_t kPieces = 5;
  const std::string& request = session.request();
  session.sweep({"pieces:", "requests"}, {kPieces}, [&](std::size_t) {
    World& world = session.world();
    Peer peer = world.connect();
    const std::size_t piece = (request.size() + kPieces - 1) / kPieces;
    for (std::size_t begin = 0; begin < request.size(); begin += piece) {
      if (begin > 0) world.advance(250ms);
      peer.send(std::string_view(request).substr(begin, piece));
      world.settle();
    }
    session.finish_request(peer);
    session.expect_answer(peer);
  });
}

// Nobody ever reads the rest of the answer.
void run_stalled_reader(Session& session) {
  const std::string& request = session.large_request();
  const std::size_t total = session.answer_to(request).bytes.size();
  session.sweep({"request of size", "requests"}, {request.size()}, [&](std::size_t) {
    World& world = session.world();
    const auto before = world.health().descriptors;
    Peer peer = session.ask_with_tiny_buffers(request);
    world.settle();
    if (world.health().descriptors == before)
      throw NotApplicable{"the answer fits into the buffers"};
    world.advance(kPatience);
    if (world.health().descriptors == before) return;
    peer.receive_to_end();
    Session::require(peer.received().size() < total, Symptom::kNotEnded,
                     "the server gives up on a peer that does not read",
                     "the rest is sent after 10 virtual minutes");
  });
}

// Asks for as much as servers commonly allow in one request line, so that there are several buffers
// full of answer.
constexpr std::size_t kLongTarget = 7900;

std::string longest_request(Session& session) {
  const std::string& large = session.large_request();
  if (!session.profile().pad_at) return large;
  std::string longest = longer_request(session, std::string(kLongTarget, 'e'));
  const bool longer =
      session.answer_to(longest).bytes.size() > session.answer_to(large).bytes.size();
  return longer ? longest : large;
}

void run_slow_reader(Session& session) {
  const std::string request = longest_request(session);
  const std::size_t total = session.answer_to(request).bytes.size();
  session.sweep({"bytes every 400 ms:", "speeds"}, {1000}, [&](std::size_t step) {
    Peer peer = session.ask_with_tiny_buffers(request);
    session.world().settle();
    while (peer.received().size() < total && peer.receive(step) > 0) {
      session.world().settle();
      session.world().advance(400ms);
    }
    session.expect_answer(peer, request);
  });
}

// Idle connections for a minute: the loop should sleep.
void run_idle(Session& session) {
  constexpr std::size_t kIdle = 50;
  constexpr std::size_t kWakesPerSecond = 100;  // some servers have a clock that ticks
  session.sweep({"connections:", "crowds"}, {kIdle}, [&](std::size_t count) {
    World& world = session.world();
    const std::vector<Peer> peers = connect_crowd(world, count);
    world.record_calls();
    world.advance(1min);
    std::size_t wakes = 0;
    for (const CallSite& site : world.recorded_calls()) {
      if (site.call == CallKind::kEpollWait || site.call == CallKind::kPoll) ++wakes;
    }
    Session::require(wakes <= 60 * kWakesPerSecond + count, Symptom::kSpins,
                     "a loop without work sleeps", fmt::format("{} wake-ups in a minute", wakes));
  });
}

constexpr Blame kHeadBlames[] = {{Symptom::kNotEnded, "header-timeout-missing"},
                                 {Symptom::kSpins, "timeout-round-down-spin", true}};
constexpr Blame kSenderBlames[] = {{Symptom::kNoAnswer, "slow-peer-cut-off"},
                                   {Symptom::kNotEnded, "slow-peer-cut-off"}};
constexpr Blame kStalledBlames[] = {{Symptom::kNotEnded, "stalled-writer-no-timeout"}};
constexpr Blame kReaderBlames[] = {{Symptom::kNoAnswer, "idle-timer-not-reset"},
                                   {Symptom::kNotEnded, "idle-timer-not-reset"}};
constexpr Blame kIdleBlames[] = {{Symptom::kSpins, "idle-wakeups"}};

constexpr std::string_view kScarce =
    "connections are scarce, and a silent one cannot be told from a dead one without a time-out "
    "(RFC 9112, section 9.5)";
constexpr std::string_view kProgress =
    "a time-out is for peers that do nothing: it begins anew, "
    "or is long enough, for those that get on (RFC 9112, "
    "section 9.5)";

constexpr Check kChecks[] = {
    {.id = "time.silent",
     .when = "a peer connects and says nothing",
     .must = "end the connection after a while",
     .because = kScarce,
     .needs = {},
     .blames = kHeadBlames,
     .run = run_silent,
     .level = Level::kShould},
    {.id = "time.unfinished",
     .when = "a peer sends part of a request and then nothing",
     .must = "end the connection after a while",
     .because = kScarce,
     .needs = {},
     .blames = kHeadBlames,
     .run = run_unfinished,
     .level = Level::kShould},
    {.id = "time.drip",
     .when = "a peer sends a byte a second for ten minutes, and never a whole request",
     .must = "end the connection before",
     .because = "a time-out that every byte begins anew is none: a crowd of such peers holds every "
                "connection there is (CWE-400)",
     .needs = {.virtual_time = true},
     .blames = kHeadBlames,
     .run = run_drip,
     .level = Level::kShould},
    {.id = "time.slow-sender",
     .when = "a request comes in five pieces within a second",
     .must = "answer it",
     .because = kProgress,
     .needs = {.virtual_time = true},
     .blames = kSenderBlames,
     .run = run_slow_sender},
    {.id = "time.stalled-reader",
     .when = "a peer never reads the rest of a large answer",
     .must = "end the connection after a while",
     .because = kScarce,
     .needs = {.virtual_time = true},
     .blames = kStalledBlames,
     .run = run_stalled_reader,
     .level = Level::kShould},
    {.id = "time.slow-reader",
     .when = "a peer reads a large answer slowly and steadily for some seconds",
     .must = "send all of it",
     .because = kProgress,
     .needs = {.tcp = true, .virtual_time = true},  // AF_UNIX takes a segment's room back whole
     .blames = kReaderBlames,
     .run = run_slow_reader},
    {.id = "time.idle",
     .when = "connections are idle for a minute",
     .must = "sleep, but for timers",
     .because = "a wait that ends without an event costs power and delays others; epoll_wait() "
                "sleeps until there is something to do: epoll_wait(2)",
     .needs = {.faults = true, .virtual_time = true},
     .blames = kIdleBlames,
     .run = run_idle},
};

}  // namespace

std::span<const Check> time_checks() { return kChecks; }

}  // namespace e3
