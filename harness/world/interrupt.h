// SPDX-License-Identifier: MIT
// Ctrl-C: a flag that every wait looks at, so that programs are stopped and reports are written on
// the way out.
#pragma once

namespace e3 {

struct Interrupted {};  // thrown by throw_if_interrupted()

// From now on SIGINT, SIGTERM and SIGHUP set the flag and break waits. Call it before anything is
// started that must not be left behind.
void catch_interrupts();
// From now on a write to a reader that is gone fails, and ends nothing: what was started is stopped
// on the way out. Not where the server runs in this process: SIGPIPE is the server's.
void survive_broken_pipes();
void throw_if_interrupted();

}  // namespace e3
