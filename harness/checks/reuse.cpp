// SPDX-License-Identifier: MIT
// Reuse: a connection that serves more than one request. Nothing of the one before may be left.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/flood.h"
#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/padding.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kRequests = 20;
// Longer by so many bytes: within a small buffer, and beyond it; fewer than any limit of a line.
constexpr std::size_t kLonger[] = {16, 1000};

// HTTP servers may end a connection after so many requests, and then say so in the last answer.
bool says_last(Session& session, std::string_view answer) {
  if (!session.profile().is_http) return false;
  const auto connection = field_value(answer.substr(0, answer.find("\r\n\r\n")), "Connection");
  return connection && equal_ignoring_case(*connection, "close");
}

// The answer to `request` behind the `before` bytes that came already. False where the connection
// ends instead: between two answers it may.
bool expect_next(Session& session, Peer& peer, const std::string& request, std::size_t before) {
  const Answer& wanted = session.answer_to(request);
  const std::string got = session.receive_behind(peer, before, wanted);
  if (got.empty() && peer.ending() != Ending::kOpen) return false;
  if (const auto differs = compare_beginning(got, wanted)) {
    if (says_last(session, got)) return false;
    throw *differs;
  }
  const bool open = peer.ending() == Ending::kOpen;
  Session::require(
      got.size() == wanted.bytes.size(), Symptom::kNoAnswer,
      fmt::format("{} bytes, as on a connection of its own", wanted.bytes.size()),
      fmt::format("{} bytes, then {}", got.size(), open ? "nothing" : to_string(peer.ending())));
  return true;
}

bool ask_next(Session& session, Peer& peer, const std::string& request) {
  session.answer_to(request);  // on a connection of its own
  const std::size_t before = peer.received().size();
  peer.send(request);
  return expect_next(session, peer, request, before);
}

// The same, behind whose answer the connection is kept: HTTP/1.0's is not.
std::string as_kept(Session& session, const std::string& request) {
  const std::string_view line = std::string_view(request).substr(0, request.find("\r\n"));
  if (!session.profile().is_http || line.ends_with("HTTP/1.1")) return request;
  HttpTraits traits = persistent_traits(session);
  take_over_request(request, traits);
  return expanded(kPlainGet, traits);
}

void require_kept_open(Session& session, const std::string& request) {
  if (session.profile().peer_ends || session.answer_to(request).ending != Ending::kOpen) {
    throw NotApplicable{"the target ends the connection with its answer"};
  }
}

// The undisturbed way to ask twice. The violation where the second is not answered.
std::optional<Violation> silence_for_second(Session& session, const std::string& request) {
  require_kept_open(session, request);
  Peer peer = session.world().connect();
  bool goes_on = true;
  try {
    for (int asked = 0; asked < 2 && goes_on; ++asked) goes_on = ask_next(session, peer, request);
  } catch (const Violation& violation) {
    if (violation.symptom == Symptom::kNoAnswer) return violation;
    throw NotApplicable{"the second request on a connection is answered otherwise"};
  }
  if (!goes_on) throw NotApplicable{"the target ends the connection behind its answer"};
  return std::nullopt;
}

// Returns the plain request. Throws NotShown.
std::string require_second_answered(Session& session) {
  std::string request = as_kept(session, session.request());
  if (silence_for_second(session, request)) {
    throw NotShown{"the second request on a connection is not answered: see reuse.sequential"};
  }
  return request;
}

void run_sequential(Session& session) {
  const std::string request = as_kept(session, session.request());
  const auto silence = silence_for_second(session, request);
  session.sweep({"requests:", "connections"}, {kRequests}, [&](std::size_t count) {
    if (silence) return session.warn(*silence);  // it may be a protocol of one request
    Peer peer = session.world().connect();
    for (std::size_t i = 0; i < count; ++i) {
      if (!ask_next(session, peer, request)) return;
    }
  });
}

void run_shorter(Session& session) {
  const std::string request = require_second_answered(session);
  std::vector<std::string> longer;
  for (const std::size_t bytes : kLonger) {
    longer.push_back(as_kept(session, longer_request(session, std::string(bytes, 'e'))));
    require_kept_open(session, longer.back());
  }
  session.sweep(
      {"pieces", "second requests"}, {0, 1, 2, 3},
      [&](std::size_t point) {
        Peer peer = session.world().connect();
        if (!ask_next(session, peer, longer[point / 2])) return;
        const std::size_t before = peer.received().size();
        const std::size_t first = point % 2 == 0 ? 0 : request.size() / 2;
        if (first > 0) {
          peer.send(std::string_view(request).substr(0, first));
          session.world().settle();
        }
        peer.send(std::string_view(request).substr(first));
        expect_next(session, peer, request, before);
      },
      [](std::size_t point) {
        return fmt::format("{} bytes longer, then {}", kLonger[point / 2],
                           point % 2 == 0 ? "in one piece" : "in two");
      });
}

void run_after_slow_answer(Session& session) {
  const std::string request = require_second_answered(session);
  const std::string large = as_kept(session, session.request_that_fills_buffers());
  require_kept_open(session, large);
  session.sweep({"request of size", "requests"}, {large.size()}, [&](std::size_t) {
    Peer peer = session.ask_with_tiny_buffers(large);
    session.expect_quiet();
    if (expect_next(session, peer, large, 0)) ask_next(session, peer, request);
  });
}

// Returns the plain request, two of which in one segment get two answers. Throws NotShown.
std::string require_two_answered_at_once(Session& session) {
  if (!session.profile().masks.empty()) {
    throw NotShown{"the profile masks parts of answers: two together cannot be told apart"};
  }
  std::string request = require_second_answered(session);
  Peer peer = session.world().connect();
  peer.send(request + request);
  const std::size_t one = session.answer_to(request).size;
  peer.receive_up_to(2 * one);
  if (peer.received().size() < 2 * one) {
    throw NotShown{"two requests in one segment get no two answers: see read.coalesced"};
  }
  return request;
}

// How many answers have come that are like `one`, up to the first that is not.
std::size_t count_alike(Session& session, std::string_view received, const Answer& one) {
  std::size_t count = 0;
  while (received.size() >= one.size &&
         masked(session.profile(), received.substr(0, one.size)) == one.bytes) {
    received.remove_prefix(one.size);
    ++count;
  }
  return count;
}

// More than one read takes, and more answers than one writev() does; read as they come.
void run_pipelined(Session& session) {
  const std::string request = require_two_answered_at_once(session);
  const Answer& one = session.answer_to(request);
  session.sweep({"requests:", "pipelines"}, {100, 3000}, [&](std::size_t count) {
    std::string requests;
    for (std::size_t i = 0; i < count; ++i) requests += request;
    Peer peer = session.world().connect();
    Session::send_rest(peer, requests, peer.send(requests), 4096);
    peer.receive_up_to(count * one.size);
    const std::size_t answered = count_alike(session, peer.received(), one);
    if (answered == count) return;
    const std::string rest = peer.received().substr(answered * one.size);
    if (says_last(session, rest)) return;
    Session::require(rest.size() < one.size, Symptom::kWrongAnswer, "the same answer to each",
                     fmt::format("{}, then another: {}", answered, quoted(rest, 60)));
    const bool open = peer.ending() == Ending::kOpen;
    const Violation lost{
        Symptom::kNoAnswer, fmt::format("{} answers", count),
        fmt::format("{}, then {}", answered, open ? "nothing" : to_string(peer.ending())), open};
    if (open || answered == 0) throw lost;
    session.warn(lost);  // a server may have its limits
  });
}

void run_behind_large(Session& session) {
  const std::string request = require_two_answered_at_once(session);
  const std::string large = as_kept(session, session.request_that_fills_buffers());
  require_kept_open(session, large);
  session.sweep(
      {"second request", "ways"}, {0, 1},
      [&](std::size_t later) {
        Peer peer = session.ask_with_tiny_buffers(later != 0 ? large : large + request);
        session.expect_quiet();
        if (later != 0) {
          peer.send(request);
          session.expect_quiet();
        }
        const std::size_t size = session.answer_to(large).size;
        if (expect_next(session, peer, large, 0)) expect_next(session, peer, request, size);
      },
      [](std::size_t later) {
        return later != 0 ? "second request while the answer waits" : "second request with it";
      });
}

constexpr std::size_t kPiece = 65536;
// Who handles one request in each turn of its loop must not seem to spin.
constexpr std::size_t kRequestsInPiece = 100;
constexpr std::size_t kMostKept = 8 << 20;

std::string piece_of_flood(const std::string& request, bool spins_are_seen) {
  std::string piece;
  const std::size_t most = spins_are_seen ? kRequestsInPiece * request.size() : kPiece;
  while (piece.size() < std::min(kPiece, most)) piece += request;
  return piece;
}

void run_unread(Session& session) {
  const std::string request = as_kept(session, session.request());
  require_kept_open(session, request);
  const bool spins_are_seen = session.world().abilities().virtual_time;  // by counting calls
  const std::string piece = piece_of_flood(request, spins_are_seen);
  session.sweep({"bytes:", "floods"}, {flood_size(session)}, [&](std::size_t total) {
    World& world = session.world();
    const World::Usage before = world.usage();
    // Tiny, for in this process the buffers count as well.
    Peer peer = world.connect({.tiny_buffers = true});
    for (std::size_t sent = 0; sent < total;) {
      const std::size_t taken = peer.send(piece);
      sent += taken;
      if (taken < piece.size()) return;  // it stops reading, or has ended
      if (spins_are_seen) world.settle();
      if (!grew(before, world.usage(), kMostKept)) continue;
      throw Violation{Symptom::kUnbounded, "a limit to what waits to be sent",
                      fmt::format("{} bytes of requests were taken, and more than {} "
                                  "MiB are kept",
                                  sent, kMostKept >> 20)};
    }
  });
}

constexpr std::size_t kRound = 500;  // requests
constexpr std::size_t kRounds = 20;  // caches and pools settle before
constexpr std::size_t kGrowth = 32;  // bytes for each request: less than any copy of it

// Whether a connection takes more memory with each request, while it is there.
void run_memory(Session& session) {
  const std::string request = require_second_answered(session);
  if (session.world().usage().resident == 0) throw NotShown{"memory cannot be seen here"};
  session.sweep({"requests in a round:", "connections"}, {kRound}, [&](std::size_t count) {
    World& world = session.world();
    std::optional<Peer> peer;
    const auto usage_after_a_round = [&] {
      for (std::size_t i = 0; i < count; ++i) {
        // Enough on one connection, it may say.
        if (!peer || peer->ending() != Ending::kOpen) peer.emplace(world.connect());
        peer->forget_received();
        if (!ask_next(session, *peer, request)) peer.reset();
      }
      return world.usage();
    };
    const World::Usage first = usage_after_a_round();
    World::Usage before = first;
    bool quiet = false;  // one round may use what another has freed
    for (std::size_t round = 1; round < kRounds; ++round) {
      const World::Usage now = usage_after_a_round();
      const bool grows = grew(before, now, kGrowth * count);
      if (!grows && quiet) return;
      quiet = !grows;
      before = now;
    }
    throw Violation{Symptom::kUnbounded, "what a request took is used again, or given back",
                    fmt::format("after each of {} rounds more: {} KiB, from {} KiB", kRounds,
                                before.resident >> 10, first.resident >> 10)};
  });
}

constexpr Blame kLeftBlames[] = {{Symptom::kWrongAnswer, "buffer-not-reset"},
                                 {Symptom::kExtraAnswer, "buffer-not-reset"},
                                 {Symptom::kNoAnswer, "buffer-not-reset"}};
constexpr Blame kManyBlames[] = {{Symptom::kNoAnswer, "coalesced-requests"},
                                 {Symptom::kWrongAnswer, "pipeline-order"}};
constexpr Blame kSlowBlames[] = {{Symptom::kNoAnswer, "in-not-restored"},
                                 {Symptom::kWrongAnswer, "partial-write-truncated"},
                                 {Symptom::kSpins, "out-left-armed-spin"}};
constexpr Blame kOrderBlames[] = {{Symptom::kWrongAnswer, "pipeline-order"},
                                  {Symptom::kExtraAnswer, "pipeline-order"},
                                  {Symptom::kNoAnswer, "coalesced-requests"},
                                  {Symptom::kSpins, "out-left-armed-spin"}};

constexpr Blame kMemoryBlames[] = {{Symptom::kUnbounded, "request-memory-leak"}};
constexpr Blame kUnreadBlames[] = {{Symptom::kUnbounded, "slow-reader-unbounded"}};

constexpr std::string_view kFresh =
    "a request is what its own bytes say, and a connection what has happened on it: what was there "
    "before is over (RFC 9293, section 3.3)";

constexpr Check kChecks[] = {
    {.id = "reuse.sequential",
     .when = "twenty like requests come on one connection, each after the answer before it",
     .must = "answer each as the first, or end the connection",
     .because = kFresh,
     .needs = {},
     .blames = kLeftBlames,
     .run = run_sequential},
    {.id = "reuse.shorter",
     .when = "a request follows a longer one that has been answered, on the same connection",
     .must = "answer it as on a connection of its own",
     .because = kFresh,
     .needs = {},
     .blames = kLeftBlames,
     .run = run_shorter},
    {.id = "reuse.after-slow-answer",
     .when = "a request follows a large answer that had to wait for its reader",
     .must = "answer it as on a connection of its own",
     .because = "EPOLL_CTL_MOD replaces the interest: whoever asks for EPOLLOUT alone while an "
                "answer waits hears of no input until it asks for EPOLLIN again: epoll_ctl(2)",
     .needs = {},
     .blames = kSlowBlames,
     .run = run_after_slow_answer},
    {.id = "reuse.behind-large",
     .when =
         "a request comes in one piece with one before it whose large answer waits for room, or "
         "while that waits",
     .must = "send the whole of the large answer, then the other",
     .because = "a stream has one order, and nothing else says which answer is whose (RFC 9293, "
                "section 3.3)",
     .needs = {},
     .blames = kOrderBlames,
     .run = run_behind_large},
    {.id = "reuse.pipelined",
     .when = "thousands of like requests come at once on one connection, and answers are read",
     .must = "answer all; to end the connection before is worth a warning",
     .because = "what a read has taken in is reported by no event: whoever leaves some of it for "
                "later must come back by itself (epoll(7)); writev() takes no more than IOV_MAX "
                "parts (writev(2))",
     .needs = {},
     .blames = kManyBlames,
     .run = run_pipelined},
    {.id = "reuse.unread",
     .when = "a peer sends whole requests without end and reads no answer",
     .must = "stop reading, or end the connection, before it keeps 8 MiB",
     .because = "what waits to be sent takes memory; what is not read stays with the sender (RFC "
                "9293, section 3.8.6)",
     .needs = {},
     .blames = kUnreadBlames,
     .run = run_unread,
     .level = Level::kShould},
    {.id = "reuse.memory",
     .when = "thousands of like requests come on one connection, each after the answer before it",
     .must = "use no more memory with every one of them",
     .because = "what is kept for each request until the connection ends is kept for days: proxies "
                "and clients of services hold theirs open (RFC 9112, section 9.3)",
     .needs = {.virtual_time = true},  // an answer may take 40 ms in real time, by tcp(7)
     .blames = kMemoryBlames,
     .run = run_memory},
};

}  // namespace

std::span<const Check> reuse_checks() { return kChecks; }

}  // namespace e3
