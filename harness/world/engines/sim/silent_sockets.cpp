// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/silent_sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

#include "harness/world/interpose/real_calls.h"

namespace e3 {

bool SilentSockets::is_one(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return real::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_STREAM;
}

long SilentSockets::control(int epoll, int operation, int fd) {
  struct stat status {};
  if (real::fstat(fd, &status) != 0) return -errno;
  const auto found = watched_.find({epoll, fd});
  const bool is_watched = found != watched_.end() && found->second == status.st_ino;
  if (operation == EPOLL_CTL_ADD) {
    if (is_watched) return -EEXIST;
    watched_[{epoll, fd}] = status.st_ino;
    return 0;
  }
  if (!is_watched) return -ENOENT;
  if (operation == EPOLL_CTL_DEL) watched_.erase(found);
  return 0;
}

}  // namespace e3
