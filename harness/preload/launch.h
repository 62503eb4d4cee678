// SPDX-License-Identifier: MIT
// How a program is started with the harness preloaded, and what its end means.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/profile.h"
#include "harness/invariants/invariants.h"
#include "harness/preload/messages.h"

namespace e3::preload {

struct PreloadOptions {
  std::string command;     // words as a shell splits them; {port}: the port
  std::uint16_t port = 0;  // 0: any, since no real one is used
  std::chrono::milliseconds ready_timeout{10'000};
  // How long the program may compute on end; it is given ten times as long for a whole case.
  std::chrono::milliseconds timeout{2000};
};

struct Launch {
  std::string file;                // what is executed
  std::vector<std::string> words;  // its arguments, the name first
  std::string preload;             // LD_PRELOAD
};

// Throws std::invalid_argument, saying what to do instead, for a program into which nothing can be
// preloaded.
Launch launch_of(const PreloadOptions& options);
// To answer questions; for a case its id and strictness are still to be filled in.
Order order_of(const PreloadOptions& options, const Profile& profile, std::uint64_t seed);
std::string description_of(const PreloadOptions& options);
// For how long the program may compute without a call, in processor time.
std::chrono::seconds computing_limit(const PreloadOptions& options);
// For how long e3 waits until it is done with one case, or one question, in real time.
std::chrono::seconds patience(const PreloadOptions& options);
// Why nothing can be concluded when that is over.
std::string not_done(const PreloadOptions& options);

// Where libe3-preload.so is, beside the program that runs: empty when it is not there.
std::string find_preload_library();

// Why nothing can be concluded of a program that makes this call.
std::string beyond(std::string_view call);
// A call that the simulated kernel does not model has ended it; otherwise empty. `status` is as
// waitpid(2) tells it.
std::string_view trapped_call(int status);
// What it means that the program has ended, in these words, while it was judged.
Violation violation_by_end(const std::string& in_words);

}  // namespace e3::preload
