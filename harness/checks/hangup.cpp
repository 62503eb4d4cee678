// SPDX-License-Identifier: MIT
// Hanging up: a peer may leave at any byte, politely or not; that ends its connection and nothing
// else.
#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kAnswerOffsets = 32;
constexpr std::size_t kQueuedResets = 30;

Peer send_prefix(Session& session, std::size_t length) {
  Peer peer = session.world().connect();
  peer.send(std::string_view(session.request()).substr(0, length));
  session.world().settle();
  return peer;
}

std::vector<std::size_t> offsets_of_request(const Session& session) {
  return Session::offsets(0, session.request().size() + 1);
}

void run_fin(Session& session) {
  session.sweep({"offset", "offsets"}, offsets_of_request(session), [&](std::size_t offset) {
    send_prefix(session, offset).close();
    session.world().settle();
  });
}

// Some protocols take the end of input for "forget it".
void require_that_half_close_has_an_effect(const Session& session) {
  if (session.profile().half_close == HalfClose::kMayClose) {
    throw NotApplicable{"the profile lets the server close when the peer ends its side"};
  }
}

// With or without an answer, and without waiting for a time-out that would be longer than e3's.
void expect_close(Session& session, Peer& peer) {
  session.expect_end(peer);
  Session::require(peer.ending() != Ending::kOpen, Symptom::kNotEnded,
                   "the server ends the connection", "still open");
}

void run_half_close(Session& session) {
  require_that_half_close_has_an_effect(session);
  session.sweep({"offset", "offsets"}, offsets_of_request(session), [&](std::size_t offset) {
    Peer peer = send_prefix(session, offset);
    peer.shutdown_write();
    session.world().settle();
    if (session.profile().half_close == HalfClose::kCloses) {
      expect_close(session, peer);
    } else if (offset == session.request().size()) {
      session.expect_answer(peer);
    } else {
      session.expect_end(peer);
    }
  });
}

// Whether the target ends the connection of a peer that sent part of a request and then ended its
// side, without waiting for a time-out of its own.
bool ends_at_once(Session& session, std::size_t offset, bool together) {
  World& world = session.world();
  Peer peer = world.connect();
  world.settle();
  if (together) world.hold();
  peer.send(std::string_view(session.request()).substr(0, offset));
  if (!together) world.settle();
  peer.shutdown_write();
  if (together) world.release();
  peer.receive_to_end();
  return peer.ending() != Ending::kOpen;
}

void run_end_at_once(Session& session) {
  const std::size_t size = session.request().size();
  session.sweep({"offset", "offsets"}, {1, size / 2, size - 1}, [&](std::size_t offset) {
    if (!ends_at_once(session, offset, false)) return;  // it waits for a time-out; see half-close
    Session::require(ends_at_once(session, offset, true), Symptom::kNotEnded,
                     "the connection ends, as it does when the end of input comes later",
                     "still open");
  });
}

// The request and the end of input are both there when the server first looks.
void run_half_close_at_once(Session& session) {
  require_that_half_close_has_an_effect(session);
  session.sweep({"request of size", "requests"}, {session.request().size()}, [&](std::size_t) {
    World& world = session.world();
    world.hold();
    Peer peer = world.connect();
    peer.send(session.request());
    peer.shutdown_write();
    world.release();
    session.profile().half_close == HalfClose::kCloses ? expect_close(session, peer)
                                                       : session.expect_answer(peer);
  });
}

void run_reset(Session& session) {
  session.sweep({"offset", "offsets"}, offsets_of_request(session), [&](std::size_t offset) {
    send_prefix(session, offset).reset();
    session.world().settle();
  });
}

// Resets that arrive while the connection still waits to be accepted.
void run_reset_in_queue(Session& session) {
  session.sweep({"resets:", "queues"}, {kQueuedResets, 1}, [&](std::size_t count) {
    World& world = session.world();
    world.hold();
    for (std::size_t i = 0; i < count; ++i) world.connect().reset();
    world.release();
    world.settle();
  });
}

// Closing with unread bytes in the receive queue is abrupt on every kind of stream socket.
void run_unread(Session& session) {
  const std::string& request = session.large_request();
  session.sweep({"request of size", "requests"}, {request.size()}, [&](std::size_t) {
    Peer peer = session.world().connect({.tiny_buffers = true});
    peer.send(request);
    session.finish_request(peer);
    // A request that was read is not yet answered: without this, a slow server sees a polite close.
    session.world().wait_readable(peer.wire());
    peer.close();
    session.world().settle();
  });
}

// The peer has gone before the server looks. The first write may succeed; a later one gets EPIPE.
void run_gone_before_answer(Session& session) {
  const std::string& request = session.large_request();
  session.sweep({"request of size", "requests"}, {session.request().size(), request.size()},
                [&](std::size_t size) {
                  World& world = session.world();
                  world.hold();
                  Peer peer = world.connect({.tiny_buffers = true});
                  peer.send(size == request.size() ? request : session.request());
                  peer.close();
                  world.release();
                  world.settle();
                });
}

void run_during_answer(Session& session) {
  const std::string& request = session.large_request();
  const std::size_t total = session.answer_to(request).bytes.size();
  session.sweep({"byte of the answer", "bytes of the answer"},
                Session::spread(total, kAnswerOffsets), [&](std::size_t offset) {
                  for (const bool abortive : {false, true}) {
                    Peer peer = session.world().connect({.tiny_buffers = true});
                    peer.send(request);
                    session.finish_request(peer);
                    peer.receive_up_to(offset);
                    abortive ? peer.reset() : peer.close();
                    session.world().settle();
                  }
                });
}

// Whoever dies of SIGPIPE is known by it; any other death may have any cause.
constexpr Blame kFinBlames[] = {{Symptom::kSpins, "eof-spin"}};
constexpr Blame kHalfCloseBlames[] = {{Symptom::kSpins, "eof-spin"},
                                      {Symptom::kNoAnswer, "halfclose-drops-response"},
                                      {Symptom::kWrongAnswer, "halfclose-drops-response"},
                                      {Symptom::kNotEnded, "halfclose-leak"},
                                      {Symptom::kLeaks, "halfclose-leak"}};
constexpr Blame kEndAtOnceBlames[] = {{Symptom::kSpins, "eof-spin"},
                                      {Symptom::kNotEnded, "et-short-read-misses-eof"}};
constexpr Blame kResetBlames[] = {{Symptom::kSpins, "hup-err-ignored-spin"},
                                  {Symptom::kDied, "econnreset-kills"},
                                  {Symptom::kDeaf, "reset-leaves-deaf"}};

constexpr Check kChecks[] = {
    {.id = "close.hangup.fin",
     .when = "the peer closes after each number of bytes of its request",
     .must = "close its side, free the descriptor, serve others",
     .because = "recv() returns 0 at end of input, not an error: recv(2)",
     .needs = {},
     .blames = kFinBlames,
     .run = run_fin},
    {.id = "close.hangup.half-close",
     .when = "the peer ends its sending side after each number of bytes of its request",
     .must = "answer a complete request; end the connection of an incomplete one",
     .because = "end of input is not loss of interest: what was asked before it is still owed "
                "(RFC 9293, section 3.6); an incomplete message cannot become complete (RFC 9112, "
                "section 8)",
     .needs = {},
     .blames = kHalfCloseBlames,
     .run = run_half_close},
    {.id = "close.hangup.half-close-at-once",
     .when = "a complete request and the end of input arrive before the server looks",
     .must = "answer the request, then close",
     .because = "EPOLLRDHUP and EPOLLIN come in one event; the bytes before the end of input are "
                "still to be read: epoll_ctl(2)",
     .needs = {},
     .blames = kHalfCloseBlames,
     .run = run_half_close_at_once},
    {.id = "close.hangup.end-at-once",
     .when = "part of a request and the end of input arrive before the server looks",
     .must = "end the connection as if the end of input had come later",
     .because = "the end comes in one event with the bytes before it: a short read is not the last "
                "where EPOLLRDHUP was reported: epoll_ctl(2), epoll(7)",
     .needs = {},
     .blames = kEndAtOnceBlames,
     .run = run_end_at_once},
    {.id = "close.hangup.reset",
     .when = "the peer resets the connection after each number of bytes of its request",
     .must = "drop the connection, free the descriptor, serve others",
     .because = "a reset ends one connection (RFC 9293, section 3.5.2): recv() gives ECONNRESET "
                "once, epoll reports EPOLLERR and EPOLLHUP whether asked or not: epoll_ctl(2)",
     .needs = {.tcp = true},
     .blames = kResetBlames,
     .run = run_reset},
    {.id = "close.hangup.reset-in-queue",
     .when = "peers connect and reset before the server has accepted them",
     .must = "drop those connections and serve others",
     .because = "a connection may be reset before accept() returns it; accept() may then fail, or "
                "hand out a socket that is already dead: accept(2)",
     .needs = {.tcp = true},
     .blames = kResetBlames,
     .run = run_reset_in_queue},
    {.id = "close.hangup.unread",
     .when = "the peer sends its request and closes without reading any of the answer",
     .must = "survive the failing write, free the descriptor, serve others",
     .because = "writing to a closed connection gives EPIPE or ECONNRESET, and SIGPIPE unless "
                "MSG_NOSIGNAL is set: send(2)",
     .needs = {},
     .blames = kFinBlames,
     .run = run_unread},
    {.id = "close.hangup.gone-before-answer",
     .when = "the peer sends its request and has closed before the server looks",
     .must = "survive the failing writes, free the descriptor, serve others",
     .because =
         "on TCP the first write to a closed peer succeeds and brings a reset, the next gives "
         "EPIPE, and SIGPIPE unless MSG_NOSIGNAL is set: send(2)",
     .needs = {},
     .blames = kFinBlames,
     .run = run_gone_before_answer},
    {.id = "close.hangup.during-answer",
     .when = "the peer reads part of a large answer, then closes or resets",
     .must = "drop what is unsent, free the descriptor, serve others",
     .because = "writing to a closed connection gives EPIPE or ECONNRESET, and SIGPIPE unless "
                "MSG_NOSIGNAL is set: send(2)",
     .needs = {},
     .blames = kResetBlames,
     .run = run_during_answer},
};

}  // namespace

std::span<const Check> hangup_checks() { return kChecks; }

}  // namespace e3
