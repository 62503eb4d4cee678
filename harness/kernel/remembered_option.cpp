// SPDX-License-Identifier: MIT
#include "remembered_option.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <climits>
#include <iterator>

namespace e3::sim {
namespace {

constexpr bool kFlag = true;
constexpr RememberedOption kRemembered[] = {
    {IPPROTO_TCP, TCP_NODELAY, &SocketOptions::no_delay, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_TCP, TCP_CORK, &SocketOptions::cork, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_TCP, TCP_QUICKACK, &SocketOptions::quick_ack, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_TCP, TCP_KEEPIDLE, &SocketOptions::keep_idle, 1, 32767},
    {IPPROTO_TCP, TCP_KEEPINTVL, &SocketOptions::keep_interval, 1, 32767},
    {IPPROTO_TCP, TCP_KEEPCNT, &SocketOptions::keep_count, 1, 127},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, &SocketOptions::user_timeout, 0, INT_MAX},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, &SocketOptions::defer_accept, INT_MIN, INT_MAX},
    {IPPROTO_TCP, TCP_LINGER2, &SocketOptions::linger_fin, INT_MIN, INT_MAX},
    {IPPROTO_TCP, TCP_SYNCNT, &SocketOptions::syn_count, 1, 255},
    {IPPROTO_TCP, TCP_FASTOPEN, &SocketOptions::fast_open, 0, INT_MAX},
    {IPPROTO_IP, IP_TOS, &SocketOptions::type_of_service, 0, 255},
    {IPPROTO_IP, IP_TTL, &SocketOptions::time_to_live, 1, 255},
    {IPPROTO_IPV6, IPV6_TCLASS, &SocketOptions::traffic_class, 0, 255},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, &SocketOptions::hop_limit, 1, 255},
    {SOL_SOCKET, SO_BROADCAST, &SocketOptions::broadcast, INT_MIN, INT_MAX, kFlag},
    {SOL_SOCKET, SO_PRIORITY, &SocketOptions::priority, 0, 6},
    {SOL_SOCKET, SO_DEBUG, &SocketOptions::debug, INT_MIN, INT_MAX, kFlag},
    {SOL_SOCKET, SO_DONTROUTE, &SocketOptions::dont_route, INT_MIN, INT_MAX, kFlag},
    {SOL_SOCKET, SO_TIMESTAMP, &SocketOptions::timestamp, INT_MIN, INT_MAX, kFlag},
    {SOL_SOCKET, SO_MARK, &SocketOptions::mark, INT_MIN, INT_MAX},
    {SOL_SOCKET, SO_BUSY_POLL, &SocketOptions::busy_poll, 0, INT_MAX},
    {IPPROTO_IP, IP_FREEBIND, &SocketOptions::free_bind, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_IP, IP_TRANSPARENT, &SocketOptions::transparent, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_IP, IP_MTU_DISCOVER, &SocketOptions::mtu_discover, 0, IP_PMTUDISC_OMIT},
    {IPPROTO_IP, IP_PKTINFO, &SocketOptions::packet_info, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_IP, IP_RECVERR, &SocketOptions::receive_errors, INT_MIN, INT_MAX, kFlag},
    {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &SocketOptions::bind_without_port, INT_MIN, INT_MAX,
     kFlag},
    {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &SocketOptions::fast_open_connect, 0, 1},
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, &SocketOptions::thin_linear_timeouts, 0, 1},
    {IPPROTO_TCP, TCP_SAVE_SYN, &SocketOptions::save_syn, 0, 2},
    {IPPROTO_TCP, TCP_INQ, &SocketOptions::in_queue_message, 0, 1},
};

// Linux counts retransmissions of the answer to the SYN, each twice as late, and tells their time.
int in_retransmissions(int seconds) {
  int total = 0;
  for (int timeout = 1; total < seconds; timeout = std::min(2 * timeout, 120)) total += timeout;
  return total;
}

}  // namespace

const RememberedOption* find_remembered(int level, int name) {
  const auto* found = std::find_if(
      std::begin(kRemembered), std::end(kRemembered),
      [=](const RememberedOption& row) { return row.level == level && row.name == name; });
  return found != std::end(kRemembered) ? found : nullptr;
}

int as_remembered(const RememberedOption& option, int value) {
  if (option.is_flag) return value != 0 ? 1 : 0;
  if (option.level != IPPROTO_TCP) return value;
  if (option.name == TCP_DEFER_ACCEPT) return in_retransmissions(value);
  if (option.name == TCP_LINGER2) return std::clamp(value, -1, 120);
  return value;
}

}  // namespace e3::sim
