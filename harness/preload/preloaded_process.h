// SPDX-License-Identifier: MIT
// One run of a program that has the harness preloaded, carrying out one order. It does not outlive
// this object.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "harness/preload/launch.h"
#include "harness/preload/messages.h"
#include "harness/world/engines/tcp/captured_output.h"

namespace e3::preload {

class PreloadedProcess {
 public:
  // Throws TargetUnavailable when the program cannot be executed; std::system_error.
  PreloadedProcess(const Launch& launch, const Order& order);
  ~PreloadedProcess();
  PreloadedProcess(const PreloadedProcess&) = delete;
  PreloadedProcess& operator=(const PreloadedProcess&) = delete;

  void ask(const Question& question);
  // The next reply; none when the program has ended, or has said nothing for `patience`: it is
  // then killed, and timed_out(). Throws Interrupted; BadMessage.
  std::optional<Reply> next_reply(std::chrono::milliseconds patience);
  bool timed_out() const { return timed_out_; }
  bool loaded() const { return loaded_; }  // the library is in it
  // To be added to what is said of a failure, where it may be the reason; else empty.
  std::string hint() const;

  // How it ended; waits a while for that, and then ends it. As waitpid(2) tells it.
  int status();
  // It had to be ended, for it had cut the connection to us and gone on.
  bool out_of_sight() const { return out_of_sight_; }
  // How it, or a copy of it, ended with `status`, in words.
  std::string death(int status) const;
  const CapturedOutput& output() const { return output_; }

 private:
  CapturedOutput output_;
  int channel_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
  bool timed_out_ = false;
  bool loaded_ = false;
  std::string made_earlier_;  // before main
  bool out_of_sight_ = false;
  std::string stream_;  // received, and not taken yet
};

// For one that ended, or timed out, before it was ready.
[[noreturn]] void throw_never_ready(PreloadedProcess& process, const PreloadOptions& options);

}  // namespace e3::preload
