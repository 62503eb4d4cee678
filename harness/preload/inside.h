// SPDX-License-Identifier: MIT
// The part that is loaded into the program: start.cpp takes the place of the program's main
// function and hands it to run_inside().
#pragma once

namespace e3::preload {

struct ProgramMain {
  int (*function)(int, char**, char**) = nullptr;
  int argc = 0;
  char** argv = nullptr;
  char** environment = nullptr;
};

// What to do with the program instead of running it. Each library that is preloaded defines its
// own; libe3-preload.so carries out the order of e3.
[[noreturn]] void run_inside(const ProgramMain& program);

}  // namespace e3::preload
