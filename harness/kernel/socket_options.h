// SPDX-License-Identifier: MIT
// Socket options: socket(7), tcp(7). An accepted socket starts with its listener's values.
#pragma once

#include <sys/socket.h>

#include <array>
#include <climits>
#include <cstddef>

#include "virtual_clock.h"

namespace e3::sim {

class StreamSocket;

struct SocketOptions {
  // Bytes a socket accepts beyond what the peer can take, and bytes it can hold unread; twice what
  // setsockopt(2) was given, as getsockopt(2) shows it. Half of the receive buffer is the window.
  int send_buffer = 2'621'440;
  int receive_buffer = 131'072;
  int receive_low_water = 1;
  linger linger_close{};
  Nanoseconds receive_timeout = 0;  // SO_RCVTIMEO; zero: none
  Nanoseconds send_timeout = 0;
  bool reuse_address = false;
  bool reuse_port = false;
  bool keep_alive = false;
  bool out_of_band_inline = false;
  int no_delay = 0;
  int cork = 0;
  int quick_ack = 1;
  int keep_idle = 7200;  // seconds
  int keep_interval = 75;
  int keep_count = 9;
  int user_timeout = 0;  // milliseconds
  int defer_accept = 0;  // seconds; connections are accepted without waiting for data all the same
  int linger_fin = 60;   // TCP_LINGER2, seconds
  unsigned not_sent_low_water = UINT_MAX;
  int ipv6_only = 0;
  // These change nothing that a process could see here, and are only remembered.
  int broadcast = 0;
  int priority = 0;
  int pass_credentials = 0;
  int max_segment = 0;
  int syn_count = 6;
  int fast_open = 0;
  int type_of_service = 0;
  int time_to_live = 64;
  int traffic_class = 0;
  int hop_limit = 64;
  int debug = 0;
  int dont_route = 0;
  int timestamp = 0;
  int mark = 0;
  int busy_poll = 0;
  int free_bind = 0;
  int transparent = 0;
  int mtu_discover = 1;  // IP_PMTUDISC_WANT
  int packet_info = 0;
  int receive_errors = 0;
  int bind_without_port = 0;
  int fast_open_connect = 0;
  int thin_linear_timeouts = 0;
  int save_syn = 0;
  int in_queue_message = 0;                                  // TCP_INQ
  std::array<char, 16> congestion{'c', 'u', 'b', 'i', 'c'};  // TCP_CA_NAME_MAX
};

// setsockopt(2) and getsockopt(2) on a simulated socket. 0 or a negative errno.
long set_socket_option(StreamSocket& socket, int level, int name, const void* value,
                       socklen_t length);
long get_socket_option(StreamSocket& socket, int level, int name, void* value, socklen_t* length);

}  // namespace e3::sim
