// SPDX-License-Identifier: MIT
// The inside of one simulated machine: what the objects of the model share. Kernel is its outside.
#pragma once

#include <cstdint>

#include "block.h"
#include "descriptor_table.h"
#include "epoll_instance.h"
#include "event_fd.h"
#include "kernel_config.h"
#include "network.h"
#include "object_pool.h"
#include "tcp_socket.h"
#include "timer_queue.h"
#include "unix_socket.h"
#include "virtual_clock.h"

namespace e3::sim {

class Machine {
 public:
  explicit Machine(const KernelConfig& settings)
      : config(settings),
        clock(settings.monotonic_start, settings.realtime_start - settings.monotonic_start),
        descriptors(settings.descriptor_limit),
        network(*this) {}

  // A fresh socket of `family`; only SOCK_NONBLOCK of `flags` matters.
  StreamSocket& new_socket(int family, int flags);
  bool has_two_free_descriptors();

  // Makes signal `number` pending for the process.
  void raise(int number);
  void reset();

  // How many open file descriptions the process holds.
  std::size_t open_files = 0;

  KernelConfig config;
  VirtualClock clock;
  TimerQueue timers;
  DescriptorTable descriptors;
  Network network;
  Block block;
  std::uint64_t pending_signals = 0;  // bit (number - 1)

  ObjectPool<EpollItem> epoll_items;
  ObjectPool<EpollInstance> epoll_instances;
  ObjectPool<EventFd> event_fds;
  ObjectPool<TcpSocket> tcp_sockets;
  ObjectPool<UnixSocket> unix_sockets;
};

}  // namespace e3::sim
