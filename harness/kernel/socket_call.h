// SPDX-License-Identifier: MIT
// The first question of every socket call: is that descriptor a socket?
#pragma once

#include <cerrno>

#include "machine.h"

namespace e3::sim {

class SocketCall {
 public:
  SocketCall(Machine& machine, int fd) {
    const Descriptor* descriptor = machine.descriptors.find(fd);
    if (descriptor == nullptr) {
      error_ = -EBADF;
    } else if (descriptor->file->kind() != FileKind::kSocket) {
      error_ = -ENOTSOCK;
    } else {
      socket_ = static_cast<StreamSocket*>(descriptor->file);
    }
  }

  bool ok() const { return socket_ != nullptr; }
  long error() const { return error_; }  // -EBADF or -ENOTSOCK
  StreamSocket& socket() const { return *socket_; }

 private:
  StreamSocket* socket_ = nullptr;
  long error_ = 0;
};

}  // namespace e3::sim
