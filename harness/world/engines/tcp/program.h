// SPDX-License-Identifier: MIT
// A target that e3 starts and stops. Nothing of it outlives this object.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/world/engines/tcp/captured_output.h"
#include "harness/world/engines/tcp/process_tree.h"

namespace e3 {

struct ProgramOptions {
  std::string command;     // words as a shell splits them; {port} stands for the port
  std::uint16_t port = 0;  // 0: a free one is taken
  std::chrono::milliseconds ready_timeout{10'000};
};

class Program {
 public:
  // Starts the command and waits until something listens on the port. Throws
  // std::invalid_argument for a bad command, TargetUnavailable when it never listens.
  explicit Program(const ProgramOptions& options);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::uint16_t port() const { return port_; }
  const ProcessTree& tree() const { return tree_; }

  // "exit code 3" or "killed by SIGSEGV", once it has ended; what it printed last is added.
  std::optional<std::string> death();
  // Sends SIGTERM to all of it; death() tells when it has ended.
  void ask_to_end() const;

 private:
  // False: the port is not free, or is so no more.
  bool start_on_a_port(const ProgramOptions& options);
  void start(const std::string& command);
  // False: the port was taken by somebody else in the meantime, and the program has ended.
  bool becomes_ready(std::chrono::milliseconds timeout);
  bool listens();
  void stop();
  struct Survivors {
    std::vector<pid_t> processes;
    bool are_all = true;  // or there are more, of which it cannot be told yet
  };
  Survivors survivors(const std::vector<pid_t>& before) const;

  std::uint16_t port_ = 0;
  std::string mark_;  // in the environment of everything it starts
  CapturedOutput output_;
  pid_t pid_ = -1;
  ProcessTree tree_{-1};
  std::optional<std::string> death_;
};

}  // namespace e3
