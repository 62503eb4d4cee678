// SPDX-License-Identifier: MIT
// The integer options of a socket that only have to be remembered, with what Linux lets them be.
#pragma once

#include "socket_options.h"

namespace e3::sim {

struct RememberedOption {
  int level;
  int name;
  int SocketOptions::*value;
  int least;
  int most;
  bool is_flag = false;  // becomes 0 or 1
};

// Null: it is none of these.
const RememberedOption* find_remembered(int level, int name);
// What becomes of a value that is within its limits.
int as_remembered(const RememberedOption& option, int value);

}  // namespace e3::sim
