// SPDX-License-Identifier: MIT
#include "socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

#include "remembered_option.h"
#include "stream_socket.h"

namespace e3::sim {

namespace {

// Limits of setsockopt(2) before doubling: net.core.wmem_max and rmem_max; and after it, the
// kernel's own minima.
constexpr int kBufferMax = 212'992;
constexpr int kSendBufferMin = 4'608;
constexpr int kReceiveBufferMin = 2'304;

int doubled_buffer(int wanted, int least) {
  return std::max(2 * std::clamp(wanted, 0, kBufferMax), least);
}

// Zero: none. Below zero no time is left, which Linux takes as well.
Nanoseconds from_timeval(const timeval& time) {
  if (time.tv_sec < 0) return 1;
  if (time.tv_sec >= kNever / kSecond) return 0;
  return static_cast<Nanoseconds>(time.tv_sec) * kSecond + time.tv_usec * 1'000;
}

long give(const void* value, std::size_t size, void* to, socklen_t* length) {
  const auto given = static_cast<socklen_t>(std::min<std::size_t>(size, *length));
  std::memcpy(to, value, given);
  *length = given;
  return 0;
}

long give_int(int value, void* to, socklen_t* length) {
  return give(&value, sizeof value, to, length);
}

long set_low_water(StreamSocket& socket, int value) {
  SocketOptions& options = socket.options();
  if (socket.local_address().family() == AF_UNIX) {
    options.receive_low_water = value < 0 ? INT_MAX : std::max(value, 1);
    return 0;
  }
  options.receive_low_water = value < 0 ? options.receive_buffer / 2 : value;
  options.receive_low_water =
      std::clamp(options.receive_low_water, 1, std::max(1, options.receive_buffer / 2));
  socket.low_water_changed();
  return 0;
}

long set_integer(StreamSocket& socket, int name, int value) {
  SocketOptions& options = socket.options();
  const bool is_unix = socket.local_address().family() == AF_UNIX;
  switch (name) {
    case SO_REUSEADDR:
      options.reuse_address = value != 0;
      return 0;
    case SO_REUSEPORT:
      if (is_unix) return -EOPNOTSUPP;
      options.reuse_port = value != 0;
      return 0;
    case SO_PASSCRED:
      if (!is_unix) return -EOPNOTSUPP;
      options.pass_credentials = value != 0 ? 1 : 0;
      return 0;
    case SO_KEEPALIVE:
      options.keep_alive = value != 0;
      return 0;
    case SO_OOBINLINE:
      options.out_of_band_inline = value != 0;
      return 0;
    case SO_SNDBUF:
      options.send_buffer = doubled_buffer(value, kSendBufferMin);
      return 0;
    case SO_RCVBUF:
      options.receive_buffer = doubled_buffer(value, kReceiveBufferMin);
      socket.receive_buffer_changed();
      return 0;
    case SO_RCVLOWAT:
      return set_low_water(socket, value);
    default:
      return -ENOPROTOOPT;
  }
}

long set_structure(SocketOptions& options, int name, const void* value, socklen_t length) {
  if (name == SO_LINGER) {
    if (length < sizeof(linger)) return -EINVAL;
    std::memcpy(&options.linger_close, value, sizeof(linger));
    return 0;
  }
  if (length < sizeof(timeval)) return -EINVAL;
  timeval time{};
  std::memcpy(&time, value, sizeof time);
  if (time.tv_usec < 0 || time.tv_usec >= 1'000'000) return -EDOM;
  (name == SO_RCVTIMEO ? options.receive_timeout : options.send_timeout) = from_timeval(time);
  return 0;
}

long set_congestion(SocketOptions& options, const void* value, socklen_t length) {
  if (length < 1) return -EINVAL;
  std::array<char, 16> name{};
  std::memcpy(name.data(), value, std::min<std::size_t>(length, name.size() - 1));
  const std::string_view wanted(name.data());
  if (wanted != "cubic" && wanted != "reno") return -ENOENT;  // what every kernel has
  options.congestion = name;
  return 0;
}

// The smallest and largest that Linux takes; zero: whatever the path allows.
long set_max_segment(SocketOptions& options, int value) {
  if (value != 0 && (value < 88 || value > 32767)) return -EINVAL;
  options.max_segment = value;
  return 0;
}

// Loopback's, and a connection's own; else what the process has asked for, or RFC 9293's least.
int max_segment(const StreamSocket& socket) {
  const bool idle = socket.state() == SocketState::kClosed || socket.listening();
  if (!idle) return 32768;
  return socket.options().max_segment != 0 ? socket.options().max_segment : 536;
}

// Which options a socket has at all depends on its family.
bool knows_level(int family, int level) {
  if (level == SOL_SOCKET) return true;
  if (level == IPPROTO_IPV6) return family == AF_INET6;
  return family != AF_UNIX && (level == IPPROTO_TCP || level == IPPROTO_IP);
}

long get_socket_level(StreamSocket& socket, int name, void* value, socklen_t* length) {
  const SocketOptions& options = socket.options();
  switch (name) {
    case SO_ERROR:
      return give_int(socket.take_error(), value, length);
    case SO_TYPE:
      return give_int(SOCK_STREAM, value, length);
    case SO_DOMAIN:
      return give_int(socket.local_address().family(), value, length);
    case SO_PROTOCOL:
      return give_int(socket.local_address().family() == AF_UNIX ? 0 : IPPROTO_TCP, value, length);
    case SO_ACCEPTCONN:
      return give_int(socket.listening() ? 1 : 0, value, length);
    case SO_REUSEADDR:
      return give_int(options.reuse_address ? 1 : 0, value, length);
    case SO_REUSEPORT:
      return give_int(options.reuse_port ? 1 : 0, value, length);
    case SO_PASSCRED:
      return give_int(options.pass_credentials, value, length);
    case SO_SNDLOWAT:
      return give_int(1, value, length);
    case SO_KEEPALIVE:
      return give_int(options.keep_alive ? 1 : 0, value, length);
    case SO_OOBINLINE:
      return give_int(options.out_of_band_inline ? 1 : 0, value, length);
    case SO_SNDBUF:
      return give_int(options.send_buffer, value, length);
    case SO_RCVBUF:
      return give_int(options.receive_buffer, value, length);
    case SO_RCVLOWAT:
      return give_int(options.receive_low_water, value, length);
    case SO_LINGER:
      return give(&options.linger_close, sizeof options.linger_close, value, length);
    case SO_RCVTIMEO:
    case SO_SNDTIMEO: {
      const Nanoseconds time = name == SO_RCVTIMEO ? options.receive_timeout : options.send_timeout;
      const timeval answer{time / kSecond, time % kSecond / 1'000};
      return give(&answer, sizeof answer, value, length);
    }
    default:
      return -ENOPROTOOPT;
  }
}

}  // namespace

long set_socket_option(StreamSocket& socket, int level, int name, const void* value,
                       socklen_t length) {
  SocketOptions& options = socket.options();
  const int family = socket.local_address().family();
  if (level == SOL_SOCKET && (name == SO_LINGER || name == SO_RCVTIMEO || name == SO_SNDTIMEO)) {
    return set_structure(options, name, value, length);
  }
  if (level != SOL_SOCKET && family == AF_UNIX) return -EOPNOTSUPP;
  if (level == IPPROTO_TCP && name == TCP_CONGESTION) {
    return set_congestion(options, value, length);
  }
  if (length < sizeof(int)) return -EINVAL;
  if (value == nullptr) return -EFAULT;
  int number = 0;
  std::memcpy(&number, value, sizeof number);
  if (!knows_level(family, level)) return -ENOPROTOOPT;
  if (const RememberedOption* option = find_remembered(level, name); option != nullptr) {
    const bool in_use = !socket.listening() && socket.state() != SocketState::kClosed;
    if (option->value == &SocketOptions::fast_open && in_use) return -EINVAL;
    if (number < option->least || number > option->most) return -EINVAL;
    options.*option->value = as_remembered(*option, number);
    return 0;
  }
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
    if (socket.local_address().port() != 0) return -EINVAL;  // bound already
    options.ipv6_only = number != 0 ? 1 : 0;
    return 0;
  }
  if (level == IPPROTO_TCP && name == TCP_MAXSEG) return set_max_segment(options, number);
  if (level == IPPROTO_TCP && name == TCP_NOTSENT_LOWAT) {
    options.not_sent_low_water = number == 0 ? UINT_MAX : static_cast<unsigned>(number);
    return 0;
  }
  return level == SOL_SOCKET ? set_integer(socket, name, number) : -ENOPROTOOPT;
}

long get_socket_option(StreamSocket& socket, int level, int name, void* value, socklen_t* length) {
  if (static_cast<int>(*length) < 0) return -EINVAL;
  if (value == nullptr) return -EFAULT;
  const SocketOptions& options = socket.options();
  if (!knows_level(socket.local_address().family(), level)) return -EOPNOTSUPP;
  if (const RememberedOption* option = find_remembered(level, name); option != nullptr) {
    return give_int(options.*option->value, value, length);
  }
  if (level == SOL_SOCKET) return get_socket_level(socket, name, value, length);
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
    return give_int(options.ipv6_only, value, length);
  }
  if (level != IPPROTO_TCP) return -ENOPROTOOPT;
  switch (name) {
    case TCP_NOTSENT_LOWAT:
      return give(&options.not_sent_low_water, sizeof options.not_sent_low_water, value, length);
    case TCP_CONGESTION:
      return give(options.congestion.data(), options.congestion.size(), value, length);
    case TCP_MAXSEG:
      return give_int(max_segment(socket), value, length);
    default:
      return -ENOPROTOOPT;
  }
}

}  // namespace e3::sim
