// SPDX-License-Identifier: MIT
// Which call, on what: the words in which faults and transcripts speak of the target's calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace e3 {

// One kind for all spellings of a call: read, recv, readv and recvmsg are kReceive.
enum class CallKind : std::uint8_t {
  kSocket,
  kBind,
  kListen,
  kAccept,
  kConnect,
  kReceive,
  kTransmit,
  kSendfile,
  kShutdown,
  kClose,
  kDup,
  kPipe,
  kSocketpair,
  kGetsockname,
  kGetpeername,
  kGetsockopt,
  kSetsockopt,
  kFcntl,
  kIoctl,
  kEpollCreate,
  kEpollAdd,
  kEpollModify,
  kEpollDelete,
  kEpollWait,
  kPoll,
  kEventfd,
  kTimerfdCreate,
  kTimerfdSettime,
  kTimerfdGettime,
  kSignalfd,
  kClock,
  kSleep,
};
inline constexpr std::size_t kCallKinds = static_cast<std::size_t>(CallKind::kSleep) + 1;

// What a descriptor is to the server. A duplicate has the role of its original.
enum class Role : std::uint8_t {
  kAny,  // in a fault: every role; of a call: no descriptor of ours
  kSocket,
  kListener,
  kConnection,
  kPair,
  kPipe,
  kEpoll,
  kEvent,
  kTimer,
  kSignal,
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::kSignal) + 1;

// The words of fault texts: "accept", "recv", "send", "epoll_ctl_add", ...; "listener", "conn", ...
std::string_view to_string(CallKind call);
std::string_view to_string(Role role);
std::optional<CallKind> call_kind_named(std::string_view name);
std::optional<Role> role_named(std::string_view name);

// One call that a target made. For epoll_ctl(2), `role` is that of the descriptor it is about.
struct CallSite {
  CallKind call = CallKind::kSocket;
  Role role = Role::kAny;
  std::uint32_t ordinal = 1;  // the n-th call of this kind on this role since recording began
  long result = 0;            // raw Linux: negative errno on failure

  friend bool operator==(const CallSite&, const CallSite&) = default;
};

}  // namespace e3
