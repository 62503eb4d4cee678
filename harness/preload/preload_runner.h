// SPDX-License-Identifier: MIT
// Runs cases inside an unmodified program: the harness is preloaded into it and carries a simulated
// kernel along; the program is started once for each case.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/preload/messages.h"
#include "harness/preload/preloaded_process.h"

namespace e3::preload {

struct PreloadOptions {
  std::string command;     // words as a shell splits them; {port}: the port
  std::uint16_t port = 0;  // 0: any, since no real one is used
  std::chrono::milliseconds ready_timeout{10'000};
  // How long the program may compute on end; it is given ten times as long for a whole case.
  std::chrono::milliseconds timeout{2000};
};

class PreloadRunner final : public CaseRunner {
 public:
  // Throws std::invalid_argument, saying what to do instead, for a program into which nothing can
  // be preloaded.
  PreloadRunner(const PreloadOptions& options, const RunOptions& run);

  CheckResult run_one(const CheckCase& which) override;
  EngineFacts facts() override { return facts_; }
  std::string description() const;

 private:
  Order order_for(const CheckCase& which) const;
  std::chrono::seconds processor_time() const;
  [[noreturn]] void throw_never_ready(PreloadedProcess& process) const;
  CheckResult ended(PreloadedProcess& process, const CheckCase& which,
                    std::vector<std::string> transcript) const;

  PreloadOptions options_;
  const RunOptions* run_;
  Launch launch_;
  EngineFacts facts_;
};

// Where libe3-preload.so is, beside the program that runs: empty when it is not there.
std::string find_preload_library();

}  // namespace e3::preload
