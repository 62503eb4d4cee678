// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_kernel.h"

#include <fmt/format.h>

namespace e3 {

void InProcessKernel::unmodelled(const char* call) {
  turn_->halt(fmt::format("it called {}, which the {} engine does not model; use --engine tcp",
                          call, engine()));
}

}  // namespace e3
