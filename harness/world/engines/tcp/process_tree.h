// SPDX-License-Identifier: MIT
// What /proc tells about a program and its descendants (proc(5)): servers that fork workers are
// looked at as a whole.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace e3 {

class ProcessTree {
 public:
  explicit ProcessTree(pid_t root) : root_(root) {}

  // The root (while it lives) and everything below it.
  std::vector<pid_t> members() const;
  // Processor time of all threads of all members so far.
  struct ProcessorTime {
    std::chrono::nanoseconds used{0};
    std::chrono::nanoseconds waited{0};  // able to run, while others did
  };
  ProcessorTime processor_time() const;
  // Whether every thread sleeps, waiting for something.
  bool is_asleep() const;
  // Whether every thread has been stopped by a signal.
  bool is_stopped() const;
  std::size_t descriptors() const { return descriptors_of(members()); }
  static std::size_t descriptors_of(const std::vector<pid_t>& processes);
  // Whether a member has one of these sockets open; true also where that cannot be seen.
  bool has_one_of(const std::vector<std::uint64_t>& socket_inodes) const;
  // Bytes of memory that are in use, shared ones with each process; and how many threads there are.
  std::size_t resident() const;
  std::size_t threads() const;
  // Sends `signal` to every member, the root first.
  void signal(int signal) const;

 private:
  // `states`: letters as in /proc/PID/stat.
  bool no_thread_is(std::string_view states) const;

  pid_t root_;
};

}  // namespace e3
