// SPDX-License-Identifier: MIT
// What the interposed functions share: whose turn it is, and the shape of results.
#pragma once

#include <cerrno>
#include <utility>

#include "harness/world/system_calls.h"

namespace e3::interpose {

// See answer_with(). Asked for at every call: without the detour that libraries loaded later need.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local SystemCalls* answering;

// Lends the kernel to one call; inside it the real functions are in force.
class Turn {
 public:
  Turn() : kernel_(answering) {
    if (kernel_ != nullptr) answering = nullptr;
  }
  ~Turn() {
    if (kernel_ != nullptr) answering = kernel_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  explicit operator bool() const { return kernel_ != nullptr; }
  bool owns(int fd) const { return kernel_ != nullptr && kernel_->answers(fd); }
  SystemCalls* operator->() const { return kernel_; }

 private:
  SystemCalls* kernel_;
};

// Before a preloaded program's main begins, nothing answers yet.
struct BeforeMain {
  bool now = false;
  // What clocks say then: the time at which the simulation will begin.
  VirtualTime monotonic{0};
  VirtualTime realtime{0};
  const char* made = nullptr;  // the first call that has made something real, which the simulation
                               // will know nothing of
};
extern constinit BeforeMain before_main;

inline void note_made(const char* call) {
  if (before_main.now && before_main.made == nullptr) before_main.made = call;
}

// From the kernel's form (negative errno) to libc's (-1 and errno).
template <typename Result = int>
Result returned(long result) {
  if (result >= 0) return static_cast<Result>(result);
  errno = static_cast<int>(-result);
  return -1;
}

// A linker takes an object out of a static library only if something names it; each file of
// interposed functions is named through one of these.
void link_sockets();
void link_descriptors();
void link_bytes();
void link_files();
void link_readiness();
void link_clocks();
void link_fortified();
void link_randomness();
void link_processes();
void link_signals();
void link_limits();
void link_refused();
void link_raw_system_calls();

// The next target sees the same randomness again.
void restart_randomness();

}  // namespace e3::interpose
