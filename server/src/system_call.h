// SPDX-License-Identifier: MIT
// A system call that must succeed.
#pragma once

#include <cerrno>
#include <system_error>

namespace e3::server {

// Throws std::system_error with `error`, which is errno unless given, and the name of the call.
[[noreturn]] inline void throw_system_error(const char* call, int error = errno) {
  throw std::system_error(error, std::generic_category(), call);
}

inline void require(bool succeeded, const char* call) {
  if (!succeeded) throw_system_error(call);
}

}  // namespace e3::server
