// SPDX-License-Identifier: MIT
// The inside of one simulated machine: what the objects of the model share. Kernel is its outside.
#pragma once

#include <cstdint>

#include "block.h"
#include "descriptor_table.h"
#include "epoll_instance.h"
#include "event_fd.h"
#include "faults/event_order.h"
#include "kernel_config.h"
#include "network.h"
#include "object_pool.h"
#include "pipe.h"
#include "signal_fd.h"
#include "tcp_socket.h"
#include "timer_fd.h"
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
  EventOrder* event_order = nullptr;  // nullptr: Linux's
  std::uint64_t pending_signals = 0;  // bit (number - 1)
  IntrusiveList<SignalFd, &SignalFd::in_machine> signal_fds_open;

  ObjectPool<EpollItem> epoll_items;
  ObjectPool<EpollInstance> epoll_instances;
  ObjectPool<EventFd> event_fds;
  ObjectPool<TimerFd> timer_fds;
  ObjectPool<SignalFd> signal_fds;
  ObjectPool<PipeEnd> pipe_ends;
  ObjectPool<PipeBuffer> pipe_buffers;
  ObjectPool<TcpSocket> tcp_sockets;
  ObjectPool<UnixSocket> unix_sockets;
};

}  // namespace e3::sim
