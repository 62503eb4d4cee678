// SPDX-License-Identifier: MIT
// An owned file descriptor: closed exactly once, by whoever owns it last, also while an exception
// unwinds.
#pragma once

#include <unistd.h>

#include <utility>

namespace e3::server {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Descriptor former(std::exchange(fd_, std::exchange(other.fd_, -1)));
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  // The descriptor, or -1. Zero is a descriptor like any other.
  int get() const noexcept { return fd_; }
  bool is_open() const noexcept { return fd_ >= 0; }

  // Never retried on EINTR: Linux has released the number by then (close(2), NOTES).
  void reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace e3::server
