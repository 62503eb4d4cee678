// SPDX-License-Identifier: MIT
// One run of a program that has the harness preloaded, carrying out one order. It does not outlive
// this object.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/preload/messages.h"
#include "harness/world/engines/tcp/captured_output.h"

namespace e3::preload {

struct Launch {
  std::string file;                // what is executed
  std::vector<std::string> words;  // its arguments, the name first
  std::string preload;             // LD_PRELOAD
};

class PreloadedProcess {
 public:
  // Throws TargetUnavailable when the program cannot be executed; std::system_error.
  PreloadedProcess(const Launch& launch, const Order& order);
  ~PreloadedProcess();
  PreloadedProcess(const PreloadedProcess&) = delete;
  PreloadedProcess& operator=(const PreloadedProcess&) = delete;

  // The next reply; none when the program has ended, or has said nothing for `patience`: it is
  // then killed, and timed_out(). Throws Interrupted; BadMessage.
  std::optional<Reply> next_reply(std::chrono::milliseconds patience);
  bool timed_out() const { return timed_out_; }

  // How it ended; waits for that. As waitpid(2) tells it, and in words.
  int status();
  std::string death();
  const CapturedOutput& output() const { return output_; }

 private:
  CapturedOutput output_;
  int channel_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
  bool timed_out_ = false;
  std::string stream_;  // received, and not taken yet
};

}  // namespace e3::preload
