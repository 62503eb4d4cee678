// SPDX-License-Identifier: MIT
// The file of a listening Unix domain socket (unix(7)): made by bind, and removed by nobody unless
// its server does.
#pragma once

#include <sys/stat.h>

#include <string>
#include <utility>

namespace e3::server {

class SocketFile {
 public:
  SocketFile() = default;  // no file

  // Binds `fd` to `path`. A socket file that nobody listens on any more is replaced; any other file
  // is left alone. Two servers that replace one file in the same moment may both succeed, and the
  // later one is then found under the path. Throws std::system_error: EADDRINUSE, ENAMETOOLONG and
  // what bind(2) lists.
  SocketFile(int fd, const std::string& path);

  SocketFile(SocketFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), identity_(other.identity_) {}
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();  // removes the file, unless another has taken its place

 private:
  std::string path_;
  struct stat identity_ {};
};

}  // namespace e3::server
