// SPDX-License-Identifier: MIT
#include "machine.h"

namespace e3::sim {

StreamSocket& Machine::new_socket(int family, int flags) {
  if (family == AF_UNIX) {
    UnixSocket& socket = unix_sockets.take(this);
    socket.create(flags);
    return socket;
  }
  TcpSocket& socket = tcp_sockets.take(this);
  socket.create(flags, family);
  return socket;
}

void Machine::raise(int number) {
  pending_signals |= std::uint64_t{1} << (number - 1);
  for (SignalFd* file = signal_fds_open.front(); file != nullptr;
       file = decltype(signal_fds_open)::next(*file)) {
    file->wake(kWakeAll);
  }
}

void Machine::reset() {
  clock = VirtualClock(config.monotonic_start, config.realtime_start - config.monotonic_start);
  timers.reset();
  descriptors.reset();
  network.reset();
  block = {};
  event_order = nullptr;
  pending_signals = 0;
  open_files = 0;
  epoll_items.reset();
  epoll_instances.reset();
  event_fds.reset();
  timer_fds.reset();
  signal_fds.reset();
  signal_fds_open.clear();
  pipe_ends.reset();
  pipe_buffers.reset();
  tcp_sockets.reset();
  unix_sockets.reset();
}

}  // namespace e3::sim
