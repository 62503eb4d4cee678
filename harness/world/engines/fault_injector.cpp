// SPDX-License-Identifier: MIT
#include "harness/world/engines/fault_injector.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "harness/faults/fault_match.h"

namespace e3 {
namespace {

bool makes_descriptors(CallKind call) {
  switch (call) {
    case CallKind::kSocket:
    case CallKind::kAccept:
    case CallKind::kDup:
    case CallKind::kPipe:
    case CallKind::kSocketpair:
    case CallKind::kEpollCreate:
    case CallKind::kEventfd:
    case CallKind::kTimerfdCreate:
    case CallKind::kSignalfd:
      return true;
    default:
      return false;
  }
}

bool waits_for_events(CallKind call) {
  return call == CallKind::kEpollWait || call == CallKind::kPoll;
}

}  // namespace

bool FaultInjector::can_inject(const Fault& fault) const {
  if (objection_to(fault)) return false;
  const auto rows = legal_results(fault.call);
  return std::any_of(rows.begin(), rows.end(), [&](const LegalResult& row) {
    return stands_for(fault, row) && kernel_->can_show(row.history);
  });
}

void FaultInjector::inject(const Fault& fault) {
  plan_.add(fault);
  // A target that sleeps already is in the very call that comes next.
  if (waiting_ && !signal_) signal_ = plan_.count(wait_.call, wait_.role);
}

void FaultInjector::clear() {
  plan_.clear();
  signal_ = {};
  no_descriptors_ = false;
  connections_struck_.clear();
  struck_elsewhere_ = false;
}

std::optional<std::size_t> FaultInjector::connections_struck() const {
  if (struck_elsewhere_) return std::nullopt;
  return connections_struck_.size();
}

void FaultInjector::record_calls() {
  recording_ = true;
  sites_.clear();
  ordinals_ = std::make_unique<Ordinals>();
}

FaultInjector::Verdict FaultInjector::verdict_on(const Call& call) {
  Verdict verdict;
  verdict.bytes = call.bytes;
  if (no_descriptors_ && makes_descriptors(call.kind)) {
    verdict.result = -EMFILE;
    verdict.struck = true;
    return verdict;
  }
  const FaultPlan::Due due = plan_.count(call.kind, call.on.role());
  return due ? strike(call, due) : verdict;
}

FaultInjector::Verdict FaultInjector::strike(const Call& call, const FaultPlan::Due& due) {
  Verdict verdict;
  verdict.bytes = call.bytes;
  if (due.result->history == History::kSignal) {
    signal_ = due;  // strikes when the call is about to sleep
    return verdict;
  }
  if (!come_to_pass(call, due)) return verdict;
  if (due.result->error == 0) {
    verdict.bytes = due.length;
    verdict.cut_short = due;
    return verdict;
  }
  plan_.strike(due);
  verdict.struck = true;
  note_victim(call);
  const int error = due.result->error;
  switch (due.result->history) {
    case History::kDone:
      verdict.error_when_done = error;
      break;
    case History::kConnectionFailed:
      break;  // the call finds out by itself
    case History::kBytesLate:
      kernel_->announce_arrival(call.fd);
      verdict.result = -error;
      break;
    default:
      verdict.result = -error;
  }
  return verdict;
}

void FaultInjector::note_victim(const Call& call) {
  if (call.on.role() != Role::kConnection) {
    struck_elsewhere_ = true;
  } else if (std::find(connections_struck_.begin(), connections_struck_.end(), call.on) ==
             connections_struck_.end()) {
    connections_struck_.push_back(call.on);
  }
}

// What precedes the call. False when it cannot happen just now.
bool FaultInjector::come_to_pass(const Call& call, const FaultPlan::Due& due) {
  const bool cut_short = due.result->error == 0;
  switch (due.result->history) {
    case History::kNothing:
    case History::kDone:
    case History::kSignal:
      return true;
    case History::kNoDescriptors:
      no_descriptors_ = call.connections != 0;
      return no_descriptors_;
    case History::kConnectionAborted:
      return kernel_->abort_pending(call.fd);
    case History::kConnectionFailed:
      return kernel_->fail_connection(call.fd, due.result->error);
    case History::kBytesLate:
      if (cut_short) {
        constexpr int kWholeOrNothing = MSG_WAITALL | MSG_PEEK | MSG_OOB;
        return (call.flags & kWholeOrNothing) == 0 && due.length < call.bytes &&
               kernel_->more_may_arrive(call.fd);
      }
      return !would_sleep(call) && kernel_->more_may_arrive(call.fd);
    case History::kNoSpace:
      if (would_sleep(call)) return false;
      // A short write fills the buffer when it is done.
      return cut_short ? due.length < call.bytes : kernel_->fill_send_buffer(call.fd);
  }
  return false;
}

bool FaultInjector::would_sleep(const Call& call) {
  return (call.flags & MSG_DONTWAIT) == 0 &&
         (kernel_->fcntl(call.fd, F_GETFL, 0) & O_NONBLOCK) == 0;
}

bool FaultInjector::end(const Call& call, const Verdict& verdict, long result) {
  bool struck = verdict.struck;
  if (verdict.cut_short && result == static_cast<long>(verdict.bytes)) {
    plan_.strike(verdict.cut_short);
    struck = true;
    if (call.kind == CallKind::kReceive) {
      kernel_->announce_arrival(call.fd);
    } else {
      kernel_->fill_send_buffer(call.fd);
    }
  }
  if (call.kind == CallKind::kClose && result >= 0) descriptor_closed();
  if (!waits_for_events(call.kind)) note_site(call.kind, call.on.role(), result);
  return struck;
}

bool FaultInjector::end_wait(long result) {
  const bool struck = signal_struck_ && result == -EINTR;
  if (struck) plan_.strike(signal_);
  signal_ = {};
  signal_struck_ = false;
  note_site(wait_.call, wait_.role, result);
  return struck;
}

void FaultInjector::note_site(CallKind call, Role role, long result) {
  if (!recording_) return;
  std::uint32_t& ordinal =
      (*ordinals_)[static_cast<std::size_t>(call)][static_cast<std::size_t>(role)];
  sites_.push_back({call, role, ++ordinal, result});
}

}  // namespace e3
