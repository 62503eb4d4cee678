// SPDX-License-Identifier: MIT
// Interposed: how a process ends itself. A target that is linked in would end e3 with it, and its
// exit status would be the verdict. _Exit is left alone: libFuzzer calls it when a target crashes.
#include <cstdlib>

#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::Turn;
namespace real = e3::real;

namespace {

bool exits_are_deaths = false;

void end_target(const char* call, int status) {
  if (!exits_are_deaths) return;
  if (Turn kernel; kernel) kernel->exited(call, status);
}

}  // namespace

extern "C" {

void exit(int status) noexcept {
  end_target("exit", status);
  real::exit(status);
  std::abort();
}

void _exit(int status) {
  end_target("_exit", status);
  real::_exit(status);
  std::abort();
}

void quick_exit(int status) noexcept {
  end_target("quick_exit", status);
  real::quick_exit(status);
  std::abort();
}

}  // extern "C"

namespace e3::interpose {
void take_exits_for_deaths() { exits_are_deaths = true; }
void link_endings() {}
}  // namespace e3::interpose
