// SPDX-License-Identifier: MIT
// Starting a program of the user's, and what to call its end.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace e3 {

struct ChildStart {
  std::string file;                // what is executed; looked for in PATH when it holds no '/'
  std::vector<std::string> words;  // its arguments, the name first
  std::vector<std::string> environment;  // "NAME=value"
  int output = -1;                       // becomes its standard output and standard error
  bool random_addresses = true;          // as the machine is set; false: never
};

// e3's own environment, as entries.
std::vector<std::string> own_environment();

// The program runs in a process group of its own, with no input, and dies with e3. Throws
// TargetUnavailable when it cannot be executed; std::system_error.
pid_t start_child(ChildStart start);

// "exit code 3" or "killed by SIGSEGV"; `status` is waitpid(2)'s.
std::string ending_in_words(int status);

}  // namespace e3
