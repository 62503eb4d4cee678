// SPDX-License-Identifier: MIT
// One epoll instance and the eventfd that wakes it. It knows descriptors and tokens, nothing of
// what they mean.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "e3/server/descriptor.h"

namespace e3::server {

class Loop {
 public:
  // The token that wait() reports after wake(). No other registration may use it.
  static constexpr std::uint64_t kWakeToken = 0;

  Loop();  // throws std::system_error

  // Registers a descriptor, or changes what is asked for it. False, with errno set, when the kernel
  // refuses. Both look at the present state, so readiness from before the call is reported too.
  // Closing a descriptor ends its registration, unless it has a duplicate.
  bool add(int fd, std::uint32_t events, std::uint64_t token) {
    return control(EPOLL_CTL_ADD, fd, events, token);
  }
  bool modify(int fd, std::uint32_t events, std::uint64_t token) {
    return control(EPOLL_CTL_MOD, fd, events, token);
  }

  // One epoll_wait(2). A negative timeout waits for ever. A signal ends the wait with no events:
  // the caller looks at its clock again. The span holds until the next call. Throws
  // std::system_error.
  std::span<const epoll_event> wait(int timeout_ms);

  // Makes the present or next wait() return. Async-signal-safe, from any thread.
  void wake() noexcept;
  void acknowledge_wake();  // call when kWakeToken was reported

 private:
  bool control(int operation, int fd, std::uint32_t events, std::uint64_t token);

  Descriptor epoll_;
  Descriptor wake_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace e3::server
