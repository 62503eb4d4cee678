// SPDX-License-Identifier: MIT
#include "socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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

Nanoseconds from_timeval(const timeval& time) {
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
  switch (name) {
    case SO_REUSEADDR:
      options.reuse_address = value != 0;
      return 0;
    case SO_REUSEPORT:
      options.reuse_port = value != 0;
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

// The integer options of tcp(7) that only have to be remembered; nullptr for others.
int* tcp_option(SocketOptions& options, int name) {
  switch (name) {
    case TCP_NODELAY:
      return &options.no_delay;
    case TCP_CORK:
      return &options.cork;
    case TCP_QUICKACK:
      return &options.quick_ack;
    case TCP_KEEPIDLE:
      return &options.keep_idle;
    case TCP_KEEPINTVL:
      return &options.keep_interval;
    case TCP_KEEPCNT:
      return &options.keep_count;
    case TCP_USER_TIMEOUT:
      return &options.user_timeout;
    case TCP_DEFER_ACCEPT:
      return &options.defer_accept;
    case TCP_LINGER2:
      return &options.linger_fin;
    default:
      return nullptr;
  }
}

bool is_flag(int name) { return name == TCP_NODELAY || name == TCP_CORK || name == TCP_QUICKACK; }

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
  const bool is_unix = socket.local_address().family() == AF_UNIX;
  if (level == SOL_SOCKET && (name == SO_LINGER || name == SO_RCVTIMEO || name == SO_SNDTIMEO)) {
    return set_structure(options, name, value, length);
  }
  if (level != SOL_SOCKET && is_unix) return -EOPNOTSUPP;
  if (length < sizeof(int)) return -EINVAL;
  int number = 0;
  std::memcpy(&number, value, sizeof number);
  if (level == SOL_SOCKET) return set_integer(socket, name, number);
  const bool is_ipv6 = socket.local_address().family() == AF_INET6;
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && is_ipv6) {
    if (socket.local_address().port() != 0) return -EINVAL;  // bound already
    options.ipv6_only = number != 0 ? 1 : 0;
    return 0;
  }
  if (level != IPPROTO_TCP) return -ENOPROTOOPT;
  if (name == TCP_NOTSENT_LOWAT) {
    options.not_sent_low_water = number == 0 ? UINT_MAX : static_cast<unsigned>(number);
    return 0;
  }
  int* option = tcp_option(options, name);
  if (option == nullptr) return -ENOPROTOOPT;
  *option = is_flag(name) && number != 0 ? 1 : number;
  return 0;
}

long get_socket_option(StreamSocket& socket, int level, int name, void* value, socklen_t* length) {
  if (static_cast<int>(*length) < 0) return -EINVAL;
  SocketOptions& options = socket.options();
  if (level == SOL_SOCKET) return get_socket_level(socket, name, value, length);
  if (socket.local_address().family() == AF_UNIX) return -EOPNOTSUPP;
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
    return give_int(options.ipv6_only, value, length);
  }
  if (level != IPPROTO_TCP) return -EOPNOTSUPP;
  if (name == TCP_NOTSENT_LOWAT) {
    return give(&options.not_sent_low_water, sizeof options.not_sent_low_water, value, length);
  }
  const int* option = tcp_option(options, name);
  return option == nullptr ? -ENOPROTOOPT : give_int(*option, value, length);
}

}  // namespace e3::sim
