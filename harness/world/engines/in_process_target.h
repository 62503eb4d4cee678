// SPDX-License-Identifier: MIT
// A server that is linked into the harness's own program.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "harness/world/fiber.h"

namespace e3 {

struct InProcessTarget {
  std::string name;
  // Makes the server, listens and runs until stopped. Called once for each world, on a stack of its
  // own; its sockets, epoll and clock calls are answered by the engine. An exception that
  // escapes counts as the server's death.
  std::function<void()> serve;
  // Asks the serve() in progress to return; called from outside of it. May be empty: the harness
  // then unwinds the server out of its wait.
  std::function<void()> stop;
  // False: it may be built so that nothing can unwind it, and is abandoned where it waits.
  bool unwindable = true;
  std::size_t stack_bytes = Fiber::kStackBytes;
};

}  // namespace e3
