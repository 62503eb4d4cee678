// SPDX-License-Identifier: MIT
// The program's end of the connection to e3.
#pragma once

#include "harness/preload/messages.h"

namespace e3::preload {

class Channel {
 public:
  // The one that the environment names, which then no longer does. Ends the process, saying why,
  // where there is none.
  static Channel take();

  Order order() const;  // throws BadMessage
  void send(const Reply& reply) const;
  int descriptor() const { return fd_; }

 private:
  explicit Channel(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace e3::preload
