// SPDX-License-Identifier: MIT
// What a program writes to standard output and error, kept in memory.
#pragma once

#include <cstddef>
#include <string>

namespace e3 {

class CapturedOutput {
 public:
  CapturedOutput();  // throws std::system_error
  ~CapturedOutput();
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  int descriptor() const { return memory_; }  // for the program; closed at exec(3)
  // The last `limit` bytes, or as many from the beginning of a report of what the program died of,
  // as a sanitizer's; fit for one line of a terminal.
  std::string tail(std::size_t limit = 400) const;
  // The same, with its lines, for as many as fit; control characters are blotted out.
  std::string lines(std::size_t limit) const;

 private:
  std::string last(std::size_t limit) const;

  int memory_;
};

}  // namespace e3
