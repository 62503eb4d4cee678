// SPDX-License-Identifier: MIT
#include "harness/faults/legal_results.h"

#include <array>
#include <cerrno>
#include <iterator>

namespace e3 {
namespace {

using enum CallKind;
using enum History;
constexpr Role kListener = Role::kListener;
constexpr Role kConn = Role::kConnection;
constexpr Tier kLinux = Tier::kLinux;
constexpr Tier kPosix = Tier::kPosix;
constexpr Tier kHostile = Tier::kHostile;

// Not here, because Linux's TCP cannot: EINTR from a non-blocking recv(2) or send(2) (tcp_recvmsg
// says EAGAIN before it looks for signals), EINTR from epoll_ctl(2), a short read with more to come
// and no edge, ENOMEM from send(2) (it waits for memory, or says EAGAIN).
constexpr LegalResult kResults[] = {
    {kSocket, Role::kAny, EMFILE, kLinux, kNoDescriptors, "socket(2)"},
    {kSocket, Role::kAny, ENFILE, kLinux, kNothing, "socket(2)"},
    {kSocket, Role::kAny, ENOBUFS, kLinux, kNothing, "socket(2)"},
    {kSocket, Role::kAny, ENOMEM, kLinux, kNothing, "socket(2)"},
    {kSocket, Role::kAny, EAFNOSUPPORT, kLinux, kNothing, "socket(2)"},
    {kBind, Role::kSocket, EADDRINUSE, kLinux, kNothing, "bind(2)"},
    {kBind, Role::kSocket, EACCES, kLinux, kNothing, "bind(2)"},
    {kBind, Role::kSocket, EADDRNOTAVAIL, kLinux, kNothing, "bind(2)"},
    {kListen, Role::kSocket, EADDRINUSE, kLinux, kNothing, "listen(2)"},

    {kAccept, kListener, EMFILE, kLinux, kNoDescriptors, "accept(2)"},
    {kAccept, kListener, ENFILE, kLinux, kNothing, "accept(2)"},
    {kAccept, kListener, ENOBUFS, kLinux, kNothing, "accept(2)"},
    {kAccept, kListener, ENOMEM, kLinux, kNothing, "accept(2)"},
    {kAccept, kListener, ECONNABORTED, kLinux, kConnectionAborted, "accept(2)"},
    {kAccept, kListener, EPROTO, kLinux, kConnectionAborted, "accept(2)"},
    {kAccept, kListener, EHOSTUNREACH, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, ENETDOWN, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, ENETUNREACH, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, EHOSTDOWN, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, ENONET, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, ENOPROTOOPT, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, EOPNOTSUPP, kLinux, kConnectionAborted, "accept(2), Error handling"},
    {kAccept, kListener, EPERM, kLinux, kConnectionAborted, "accept(2), firewall rules"},
    {kAccept, kListener, EINTR, kPosix, kNothing, "POSIX accept()"},

    {kReceive, kConn, 0, kLinux, kBytesLate, "recv(2): whatever data is available"},
    {kReceive, kConn, EAGAIN, kLinux, kBytesLate, "select(2), BUGS"},
    {kReceive, kConn, ECONNRESET, kLinux, kConnectionFailed, "tcp(7); tcp_reset()"},
    {kReceive, kConn, ETIMEDOUT, kLinux, kConnectionFailed, "tcp(7)"},
    {kReceive, kConn, EHOSTUNREACH, kLinux, kConnectionFailed, "tcp_write_err(), sk_err_soft"},
    {kReceive, kConn, EINTR, kPosix, kNothing, "POSIX recv()"},
    {kReceive, kConn, ENOBUFS, kPosix, kNothing, "POSIX recv()"},
    {kReceive, kConn, ENOMEM, kPosix, kNothing, "POSIX recv()"},
    {kReceive, kConn, EIO, kHostile, kNothing, "POSIX recv(): file system errors"},

    {kTransmit, kConn, 0, kLinux, kNoSpace, "send(2); tcp_sendmsg_locked()"},
    {kTransmit, kConn, EAGAIN, kLinux, kNoSpace, "send(2); tcp_sendmsg_locked()"},
    {kTransmit, kConn, EPIPE, kLinux, kConnectionFailed, "send(2); tcp_reset()"},
    {kTransmit, kConn, ECONNRESET, kLinux, kConnectionFailed, "send(2); tcp_reset()"},
    {kTransmit, kConn, ETIMEDOUT, kLinux, kConnectionFailed, "tcp(7)"},
    {kTransmit, kConn, EHOSTUNREACH, kLinux, kConnectionFailed, "tcp_write_err(), sk_err_soft"},
    {kTransmit, kConn, EINTR, kPosix, kNothing, "POSIX send()"},
    {kTransmit, kConn, ENOBUFS, kPosix, kNothing, "POSIX send()"},
    {kTransmit, kConn, ENOMEM, kPosix, kNothing, "POSIX send()"},
    {kTransmit, kConn, EIO, kHostile, kNothing, "POSIX send(): file system errors"},

    {kSendfile, kConn, 0, kLinux, kNoSpace, "sendfile(2)"},
    {kSendfile, kConn, EAGAIN, kLinux, kNoSpace, "sendfile(2)"},
    {kSendfile, kConn, EPIPE, kLinux, kConnectionFailed, "send(2); tcp_reset()"},
    {kSendfile, kConn, ECONNRESET, kLinux, kConnectionFailed, "send(2); tcp_reset()"},
    {kSendfile, kConn, ETIMEDOUT, kLinux, kConnectionFailed, "tcp(7)"},
    {kSendfile, kConn, EHOSTUNREACH, kLinux, kConnectionFailed, "tcp_write_err(), sk_err_soft"},
    {kSendfile, kConn, EIO, kLinux, kNothing, "sendfile(2): reading the file failed"},
    {kSendfile, kConn, ENOMEM, kLinux, kNothing, "sendfile(2)"},

    {kShutdown, kConn, ENOTCONN, kLinux, kConnectionFailed, "shutdown(2); inet_shutdown()"},
    {kClose, kConn, EINTR, kPosix, kDone, "close(2): the descriptor is closed all the same"},
    {kClose, kConn, EIO, kHostile, kDone, "close(2)"},
    {kGetpeername, kConn, ENOTCONN, kLinux, kConnectionFailed, "getpeername(2); inet_getname()"},
    {kSetsockopt, kConn, EINVAL, kPosix, kNothing, "POSIX setsockopt(): the socket is shut down"},
    {kEpollCreate, Role::kAny, EMFILE, kLinux, kNoDescriptors, "epoll_create1(2)"},
    {kEpollCreate, Role::kAny, ENFILE, kLinux, kNothing, "epoll_create1(2)"},
    {kEpollCreate, Role::kAny, ENOMEM, kLinux, kNothing, "epoll_create1(2)"},
    {kEpollAdd, kListener, ENOMEM, kLinux, kNothing, "epoll_ctl(2)"},
    {kEpollAdd, kListener, ENOSPC, kLinux, kNothing, "epoll_ctl(2): max_user_watches"},
    {kEpollAdd, kConn, ENOMEM, kLinux, kNothing, "epoll_ctl(2)"},
    {kEpollAdd, kConn, ENOSPC, kLinux, kNothing, "epoll_ctl(2): max_user_watches"},
    {kEpollWait, Role::kEpoll, EINTR, kLinux, kSignal, "epoll_wait(2); signal(7), SIGCONT"},
    {kPoll, Role::kAny, EINTR, kLinux, kSignal, "poll(2)"},
    {kEventfd, Role::kAny, EMFILE, kLinux, kNoDescriptors, "eventfd(2)"},
    {kEventfd, Role::kAny, ENFILE, kLinux, kNothing, "eventfd(2)"},
    {kEventfd, Role::kAny, ENOMEM, kLinux, kNothing, "eventfd(2)"},
    {kTimerfdCreate, Role::kAny, EMFILE, kLinux, kNoDescriptors, "timerfd_create(2)"},
    {kTimerfdCreate, Role::kAny, ENFILE, kLinux, kNothing, "timerfd_create(2)"},
    {kTimerfdCreate, Role::kAny, ENOMEM, kLinux, kNothing, "timerfd_create(2)"},
    {kSignalfd, Role::kAny, EMFILE, kLinux, kNoDescriptors, "signalfd(2)"},
    {kSignalfd, Role::kAny, ENFILE, kLinux, kNothing, "signalfd(2)"},
    {kSignalfd, Role::kAny, ENOMEM, kLinux, kNothing, "signalfd(2)"},
};

// Where the rows of each call begin; behind the last call, where they end.
constexpr auto kBegins = [] {
  std::array<std::size_t, kCallKinds + 1> begins{};
  std::size_t row = 0;
  for (std::size_t call = 0; call < kCallKinds; ++call) {
    begins[call] = row;
    while (row < std::size(kResults) && static_cast<std::size_t>(kResults[row].call) == call) ++row;
  }
  begins[kCallKinds] = row;
  return begins;
}();
static_assert(kBegins[kCallKinds] == std::size(kResults), "the rows are in the order of the calls");

}  // namespace

std::string_view to_string(Tier tier) {
  switch (tier) {
    case Tier::kLinux:
      return "linux";
    case Tier::kPosix:
      return "posix";
    case Tier::kHostile:
      return "hostile";
  }
  return "unknown";
}

std::span<const LegalResult> legal_results() { return kResults; }

std::span<const LegalResult> legal_results(CallKind call) {
  const auto index = static_cast<std::size_t>(call);
  return std::span(kResults).subspan(kBegins[index], kBegins[index + 1] - kBegins[index]);
}

std::vector<LegalResult> legal_results(CallKind call, Role role, Tier tier) {
  std::vector<LegalResult> rows;
  for (const LegalResult& row : legal_results(call)) {
    if (row.role == role && row.tier <= tier) rows.push_back(row);
  }
  return rows;
}

}  // namespace e3
