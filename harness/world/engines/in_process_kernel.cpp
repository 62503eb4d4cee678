// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_kernel.h"

#include <fmt/format.h>

namespace e3 {

// What can be had without the kernel's help.
bool InProcessKernel::can_show(History history) const {
  return history == History::kNothing || history == History::kDone || history == History::kSignal ||
         history == History::kNoDescriptors;
}

void InProcessKernel::unmodelled(const char* call) {
  turn_->halt(
      fmt::format("it called {}, which the {} engine does not model; test it as a program "
                  "over TCP: e3 run --spawn 'CMD {{port}}'",
                  call, engine()));
}

}  // namespace e3
