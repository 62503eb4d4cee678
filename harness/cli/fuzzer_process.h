// SPDX-License-Identifier: MIT
// One running libFuzzer program, and what it says.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace e3::cli {

// What libFuzzer reports of itself.
struct FuzzerFigures {
  std::uint64_t executions = 0;
  std::uint64_t per_second = 0;
  std::uint64_t coverage = 0;
  std::uint64_t corpus = 0;
};

struct ProcessEnd {
  int code = 0;
  int signal = 0;  // not 0: it was ended by this one
};

class FuzzerProcess {
 public:
  // Throws std::system_error when the program cannot be started.
  explicit FuzzerProcess(const std::vector<std::string>& command);
  ~FuzzerProcess();  // ends the program
  FuzzerProcess(const FuzzerProcess&) = delete;
  FuzzerProcess& operator=(const FuzzerProcess&) = delete;

  // Where its output comes from, for poll(2); -1 once there is no more.
  int output() const { return output_; }
  // Reads what there is. Call when output() is readable.
  void read_output();
  const FuzzerFigures& figures() const { return figures_; }
  // The last lines of what it said.
  const std::vector<std::string>& lines() const { return lines_; }
  // After its output has ended, once.
  ProcessEnd wait();

 private:
  void take_line(std::string line);

  pid_t pid_ = -1;
  int output_ = -1;
  std::string partial_;
  std::vector<std::string> lines_;
  FuzzerFigures figures_;
};

}  // namespace e3::cli
