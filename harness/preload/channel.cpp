// SPDX-License-Identifier: MIT
#include "harness/preload/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace e3::preload {

Channel Channel::take() {
  const char* number = std::getenv(kChannelVariable);
  const int fd = number != nullptr ? std::atoi(number) : -1;
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    std::fputs("libe3-preload.so is loaded by e3 --preload, and of no use by itself\n", stderr);
    std::_Exit(EXIT_FAILURE);
  }
  unsetenv(kChannelVariable);
  return Channel(fd);
}

// False: e3 says no more.
template <typename Message>
bool Channel::receive(Message& message) {
  std::array<char, 65536> part;
  while (!preload::take(stream_, message)) {
    const ssize_t got = ::recv(fd_, part.data(), part.size(), 0);
    if (got <= 0) return false;
    stream_.append(part.data(), static_cast<std::size_t>(got));
  }
  return true;
}

Order Channel::order() {
  Order order;
  if (!receive(order)) throw BadMessage("there is no order");
  return order;
}

std::optional<Question> Channel::question() {
  Question question;
  if (!receive(question)) return std::nullopt;
  return question;
}

void Channel::send(const Reply& reply) const {
  const std::string bytes = encoded(reply);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t taken = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (taken <= 0) return;  // e3 has gone, or does not want to know
    sent += static_cast<std::size_t>(taken);
  }
}

}  // namespace e3::preload
