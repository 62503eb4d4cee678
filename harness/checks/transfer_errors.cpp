// SPDX-License-Identifier: MIT
// Receiving, sending and closing, while the calls fail: some failures say "later", some end the
// connection, none ends the server.
#include <cerrno>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"
#include "harness/checks/strike.h"

namespace e3 {
namespace {

constexpr std::uint32_t kFirstCalls = 3;  // strike the first, the second and the third of a kind

std::vector<Fault> faults_of(CallKind call, const std::vector<int>& errors,
                             std::uint32_t calls = 1) {
  std::vector<Fault> faults;
  for (const int error : errors) {
    for (std::uint32_t nth = 1; nth <= calls; ++nth) {
      faults.push_back({.call = call, .role = Role::kConnection, .error = error, .nth = nth});
    }
  }
  return faults;
}

// Sends in two fragments, so that there is more than one read.
void ask(Session& session, Peer& peer, const std::string& request) {
  peer.send(std::string_view(request).substr(0, request.size() / 2));
  session.world().settle();
  peer.send(std::string_view(request).substr(request.size() / 2));
  session.finish_request(peer);
}

// The whole answer, or any beginning of it; or instead an answer that says what went wrong.
enum class Owed { kAnswer, kBeginning, kBeginningOrRefusal };

bool is_refusal(Session& session, const Peer& peer) {
  return session.profile().is_http && peer.ending() != Ending::kOpen &&
         http_status(peer.received()) >= 400;
}

void expect_beginning(Session& session, const Peer& peer, const std::string& request) {
  // Where a mask begins and ends cannot be told in part of an answer.
  if (!session.profile().masks.empty()) return;
  const std::string got = masked(session.profile(), peer.received());
  if (const auto differs = compare_beginning(got, session.answer_to(request))) throw *differs;
}

void run_struck(Session& session, const std::vector<Fault>& wanted, Owed owed) {
  const std::vector<Fault> faults = showable(session, wanted);
  const std::string& request = session.large_request();
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < faults.size(); ++i) points.push_back(i);
  bool any = false;
  session.sweep(
      {"call", "calls"}, points,
      [&](std::size_t index) {
        const Strike strike(session, faults[index]);
        Peer peer = session.world().connect();
        ask(session, peer, request);
        if (owed == Owed::kAnswer) {
          session.expect_answer(peer, request);
        } else {
          peer.receive_up_to(session.answer_to(request).bytes.size() + 1);
          const bool refused = owed == Owed::kBeginningOrRefusal && is_refusal(session, peer);
          if (!refused) expect_beginning(session, peer, request);
        }
        strike.warn_of_calls_in_vain(session, "a pause, or the end of the connection");
        peer.close();  // some targets close only then
        session.world().settle();
        any = any || strike.happened();
      },
      [&](std::size_t index) { return to_string(faults[index]); });
  if (!any) throw NotApplicable{"the target makes no call that could fail so"};
}

void run_receive_later(Session& session) {
  run_struck(session, faults_of(CallKind::kReceive, {EAGAIN}, kFirstCalls), Owed::kAnswer);
}

void run_receive_interrupted(Session& session) {
  run_struck(session, faults_of(CallKind::kReceive, {EINTR}, kFirstCalls), Owed::kAnswer);
}

void run_receive_failed(Session& session) {
  run_struck(session,
             faults_of(CallKind::kReceive, {ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOBUFS, ENOMEM}),
             Owed::kBeginningOrRefusal);
}

void run_send_later(Session& session) {
  run_struck(session, faults_of(CallKind::kTransmit, {EAGAIN}, kFirstCalls), Owed::kAnswer);
}

void run_send_interrupted(Session& session) {
  run_struck(session, faults_of(CallKind::kTransmit, {EINTR}, kFirstCalls), Owed::kAnswer);
}

void run_send_short(Session& session) {
  std::vector<Fault> faults;
  for (const std::size_t length : {1U, 7U, 100U, 1000U}) {
    for (const std::uint32_t times : {1U, 3U, Fault::kAlways}) {
      faults.push_back({.call = CallKind::kTransmit,
                        .role = Role::kConnection,
                        .length = length,
                        .times = times});
    }
  }
  run_struck(session, faults, Owed::kAnswer);
}

void run_send_failed(Session& session) {
  std::vector<Fault> faults =
      faults_of(CallKind::kTransmit, {EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS, ENOMEM});
  faults.push_back(faults_of(CallKind::kTransmit, {ENOBUFS}).front());
  faults.back().times = kInVain;
  run_struck(session, faults, Owed::kBeginning);
}

void run_close_failed(Session& session) {
  std::vector<Fault> faults = faults_of(CallKind::kShutdown, {ENOTCONN});
  for (const Fault& fault : faults_of(CallKind::kGetpeername, {ENOTCONN})) faults.push_back(fault);
  for (const Fault& fault : faults_of(CallKind::kClose, {EINTR})) faults.push_back(fault);
  run_struck(session, faults, Owed::kBeginning);
}

constexpr Blame kLaterBlames[] = {{Symptom::kNoAnswer, "eagain-as-error"},
                                  {Symptom::kWrongAnswer, "eagain-as-error"},
                                  {Symptom::kNotEnded, "eagain-as-error"},
                                  {Symptom::kDied, "eagain-as-error"}};
constexpr Blame kInterruptedBlames[] = {{Symptom::kNoAnswer, "eintr-io"},
                                        {Symptom::kWrongAnswer, "eintr-io"},
                                        {Symptom::kNotEnded, "eintr-io"},
                                        {Symptom::kDied, "eintr-io"}};
constexpr Blame kShortBlames[] = {{Symptom::kNoAnswer, "partial-write-truncated"},
                                  {Symptom::kWrongAnswer, "writev-advance"},
                                  {Symptom::kNotEnded, "out-not-armed"}};
constexpr Blame kFailedBlames[] = {{Symptom::kDied, "econnreset-kills"},
                                   {Symptom::kSpins, "hup-err-ignored-spin"},
                                   {Symptom::kDeaf, "reset-leaves-deaf"}};
constexpr Blame kSendFailedBlames[] = {{Symptom::kDied, "econnreset-kills"},
                                       {Symptom::kSpins, "enobufs-spin"},
                                       {Symptom::kDeaf, "reset-leaves-deaf"}};
constexpr Blame kCloseBlames[] = {{Symptom::kDied, "shutdown-enotconn"},
                                  {Symptom::kMisuse, "double-close"}};

constexpr std::string_view kLater =
    "readiness is a hint: the call may still find nothing, and "
    "says EAGAIN: select(2), \"BUGS\"";
constexpr std::string_view kDead =
    "ECONNRESET, ETIMEDOUT, EPIPE and their kin are about one connection: tcp(7), send(2)";

constexpr Check kReadChecks[] = {
    {.id = "read.error.would-block",
     .when = "recv() says EAGAIN although the connection was reported as readable",
     .must = "wait for the next event, then answer",
     .because = kLater,
     .needs = {.faults = true},
     .blames = kLaterBlames,
     .run = run_receive_later},
    {.id = "read.error.interrupted",
     .when = "a signal interrupts recv()",
     .must = "call it again, then answer",
     .because = "EINTR says that nothing was done, not that nothing can be: recv(2), signal(7)",
     .needs = {.faults = true},
     .blames = kInterruptedBlames,
     .run = run_receive_interrupted,
     .level = Level::kShould},
    {.id = "read.error.failed",
     .when = "recv() fails as on a connection that has died",
     .must = "drop that connection, free the descriptor, serve others",
     .because = kDead,
     .needs = {.faults = true},
     .blames = kFailedBlames,
     .run = run_receive_failed},
};

constexpr Check kWriteChecks[] = {
    {.id = "write.error.would-block",
     .when = "send() says EAGAIN at once",
     .must = "wait for EPOLLOUT, then send every byte",
     .because = "a full buffer is no error; EPOLLOUT tells when there is room: send(2), epoll(7)",
     .needs = {.faults = true},
     .blames = kLaterBlames,
     .run = run_send_later},
    {.id = "write.error.interrupted",
     .when = "a signal interrupts send()",
     .must = "call it again, and send every byte once",
     .because = "EINTR says that nothing was sent, not that nothing can be: send(2), signal(7)",
     .needs = {.faults = true},
     .blames = kInterruptedBlames,
     .run = run_send_interrupted,
     .level = Level::kShould},
    {.id = "write.error.short",
     .when = "send() takes less than it is given, once or every time",
     .must = "send every byte once, in order",
     .because = "send() takes what fits and returns how much that was: send(2)",
     .needs = {.faults = true},
     .blames = kShortBlames,
     .run = run_send_short},
    {.id = "write.error.failed",
     .when = "send() fails as on a connection that has died, or for want of memory",
     .must = "send nothing wrong, drop that connection, serve others",
     .because = kDead,
     .needs = {.faults = true},
     .blames = kSendFailedBlames,
     .run = run_send_failed},
};

constexpr Check kCloseChecks[] = {
    {.id = "close.error",
     .when =
         "shutdown() or getpeername() finds the connection gone, or a signal interrupts close()",
     .must = "survive it, and close the descriptor once",
     .because = "a connection can die at any moment (ENOTCONN: shutdown(2)); after EINTR from "
                "close() the descriptor is closed all the same: close(2)",
     .needs = {.faults = true},
     .blames = kCloseBlames,
     .run = run_close_failed},
};

}  // namespace

std::span<const Check> read_error_checks() { return kReadChecks; }
std::span<const Check> write_error_checks() { return kWriteChecks; }
std::span<const Check> close_error_checks() { return kCloseChecks; }

}  // namespace e3
