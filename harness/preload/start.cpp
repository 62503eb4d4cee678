// SPDX-License-Identifier: MIT
// glibc's start code calls __libc_start_main with the program's main function. This definition,
// found before glibc's, passes on another.
#include <dlfcn.h>

#include <cstdlib>

#include "harness/preload/inside.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/interpose/turn.h"

namespace {

using Main = int (*)(int, char**, char**);
using StartMain = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);

Main program_main = nullptr;

// Comes before the program's own constructors.
const bool begun = [] {
  e3::interpose::before_main = {.now = true,
                                .monotonic = e3::VirtualTime(e3::SimKernel::kUptime),
                                .realtime = e3::VirtualTime(e3::SimKernel::kEpochAtStart)};
  return true;
}();

// Everything is loaded and constructed by now, as it is when main begins.
int main_instead(int argc, char** argv, char** environment) {
  e3::interpose::before_main.now = !begun;
  unsetenv("LD_PRELOAD");  // the program's environment is as if it ran by itself
  e3::preload::run_inside({program_main, argc, argv, environment});
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's own name.
extern "C" int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                                 void (*loader_fini)(), void* stack_end) {
  program_main = main;
  const auto real = reinterpret_cast<StartMain>(dlsym(RTLD_NEXT, "__libc_start_main"));
  if (real == nullptr) std::abort();  // not glibc
  return real(main_instead, argc, argv, init, fini, loader_fini, stack_end);
}
// NOLINTEND(bugprone-reserved-identifier)
