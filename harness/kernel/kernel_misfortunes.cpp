// SPDX-License-Identifier: MIT
// What may befall a process: each leaves the machine as Linux would be left, so that whatever the
// process asks next has a true answer.
#include "kernel.h"
#include "machine.h"
#include "socket_call.h"

namespace e3::sim {

bool Kernel::abort_pending(int listener) {
  const SocketCall call(*machine_, listener);
  if (!call.ok()) return false;
  StreamSocket* child = call.socket().take_pending();
  if (child == nullptr) return false;
  child->abort();
  child->drop_reference();
  return true;
}

bool Kernel::fail_connection(int fd, int error) {
  const SocketCall call(*machine_, fd);
  return call.ok() && call.socket().fail(error);
}

bool Kernel::more_may_arrive(int fd) const {
  const SocketCall call(*machine_, fd);
  return call.ok() && call.socket().more_may_arrive();
}

void Kernel::announce_arrival(int fd) {
  const SocketCall call(*machine_, fd);
  if (call.ok()) call.socket().wake(kWakeReadable);
}

bool Kernel::fill_send_buffer(int fd) {
  const SocketCall call(*machine_, fd);
  return call.ok() && call.socket().hold_writer();
}

}  // namespace e3::sim
