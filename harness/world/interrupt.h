// SPDX-License-Identifier: MIT
// Ctrl-C: a flag that every wait looks at, so that programs are stopped and reports are written on
// the way out.
#pragma once

namespace e3 {

struct Interrupted {};  // thrown by throw_if_interrupted()

// From now on SIGINT and SIGTERM set the flag and break waits. Call once, from main.
void catch_interrupts();
void throw_if_interrupted();

}  // namespace e3
