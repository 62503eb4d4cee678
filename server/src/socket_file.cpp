// SPDX-License-Identifier: MIT
#include "e3/server/socket_file.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "e3/server/descriptor.h"
#include "system_call.h"

namespace e3::server {

namespace {

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw_system_error("bind", ENAMETOOLONG);
  path.copy(address.sun_path, path.size());
  return address;
}

bool is_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

SocketFile::SocketFile(int fd, const std::string& path) {
  const sockaddr_un address = unix_address(path);
  const auto bind = [&] {
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  };
  if (!bind()) {
    const int error = errno;
    if (error != EADDRINUSE || !is_stale(path, address)) throw_system_error("bind", error);
    ::unlink(path.c_str());
    require(bind(), "bind");
  }
  if (::lstat(path.c_str(), &identity_) == 0) path_ = path;
}

SocketFile::~SocketFile() {
  struct stat present {};
  if (path_.empty() || ::lstat(path_.c_str(), &present) != 0) return;
  if (present.st_dev == identity_.st_dev && present.st_ino == identity_.st_ino) {
    ::unlink(path_.c_str());
  }
}

}  // namespace e3::server
