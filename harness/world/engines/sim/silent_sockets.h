// SPDX-License-Identifier: MIT
// Sockets that carry no stream, as a resolver's for UDP: the real kernel's, for the model has none.
// In the simulation there is nobody who would send them anything, so whoever watches them waits in
// vain.
#pragma once

#include <sys/types.h>

#include <map>
#include <utility>

namespace e3 {

class SilentSockets {
 public:
  static bool is_one(int fd);

  // As epoll_ctl(2) with such a socket.
  long control(int epoll, int operation, int fd);

 private:
  // By epoll instance and descriptor: the inode, for what was closed watches nothing.
  std::map<std::pair<int, int>, ino_t> watched_;
};

}  // namespace e3
