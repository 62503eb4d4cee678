// SPDX-License-Identifier: MIT
// System calls of this test program that do what a test says: time that is moved by hand, and calls
// that fail as told. Everything else goes to the kernel. Definitions in a program win over those of
// libc.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace e3::server {

struct ScriptedCalls {
  // Time stands still while is_active, however slow the machine is, and moves by this.
  std::chrono::nanoseconds elapsed{};
  std::optional<std::chrono::nanoseconds> wall_clock;  // what each said when it was first read
  std::optional<std::chrono::nanoseconds> monotonic_clock;
  std::chrono::nanoseconds wall_clock_jump{};  // added to what the wall clock says
  std::deque<int> accept_errors;  // taken one per accept4(2), before the kernel is asked
  std::deque<int> epoll_ctl_errors;
  std::deque<int> epoll_wait_errors;
  std::deque<int> recv_errors;
  std::deque<int> send_errors;
  std::deque<int> shutdown_errors;
  std::size_t send_size_max = 0;  // 0: no limit
  int empty_sends = 0;            // how many are still to take no byte at all
  std::deque<std::uint64_t>
      stale_tokens;              // reported by the next epoll_wait(2), one per call, with EPOLLIN
  std::uint64_t last_token = 0;  // of the last registration
  int recv_calls = 0;
  int accept_calls = 0;
  int epoll_wait_calls = 0;
  int longest_wait_ms = 0;  // asked for; no call really waits while is_active
  int last_wait_ms = 0;
  bool is_active = false;  // else every call is the kernel's
};

ScriptedCalls& scripted_calls();

}  // namespace e3::server
