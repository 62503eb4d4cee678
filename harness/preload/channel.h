// SPDX-License-Identifier: MIT
// The program's end of the connection to e3.
#pragma once

#include <optional>
#include <string>

#include "harness/preload/messages.h"

namespace e3::preload {

class Channel {
 public:
  // The one that the environment names, which then no longer does. Ends the process, saying why,
  // where there is none.
  static Channel take();

  // Throw BadMessage. No question: e3 asks no more.
  Order order();
  std::optional<Question> question();
  void send(const Reply& reply) const;
  int descriptor() const { return fd_; }

 private:
  explicit Channel(int fd) : fd_(fd) {}
  template <typename Message>
  bool receive(Message& message);

  int fd_;
  std::string stream_;  // received, and not taken yet
};

}  // namespace e3::preload
