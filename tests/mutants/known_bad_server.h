// SPDX-License-Identifier: MIT
// A deliberately broken server: the proof that e3's checks can fail. known_bad_server.cpp lists its
// bugs. Never put it on a network that others reach.
#pragma once

namespace e3::mutants {

/// Serves until a bug ends it; usage: `[--port N]`, where 0 (the default) takes a free port. Binds
/// 127.0.0.1 and prints `listening on 127.0.0.1:PORT`.
///
/// Never returns once it listens. Returns 2 on a bad command line. Throws whatever its bugs let
/// escape (std::out_of_range, std::range_error, std::system_error), and lets exceptions of any
/// other type, thrown by an interposed libc call, pass through it. Descriptors are then left open.
/// Keeps no state outside the call, so it may be called again.
int known_bad_main(int argc, char** argv);

}  // namespace e3::mutants
