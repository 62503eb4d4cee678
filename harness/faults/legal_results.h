// SPDX-License-Identifier: MIT
// Which results, other than success, a kernel may give to each call, and what must have happened
// for it to do so. A bare errno with nothing behind it makes correct edge-triggered servers hang;
// therefore each row names the history that goes with it, and the kernel below the target goes on
// from there as Linux would.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/faults/call_site.h"

namespace e3 {

enum class Tier : std::uint8_t {
  kLinux,    // Linux does it, to a process that uses non-blocking sockets
  kPosix,    // POSIX allows it and other kernels do it
  kHostile,  // no kernel should; a robust server survives it all the same
};

std::string_view to_string(Tier tier);

// What happened in the kernel.
enum class History : std::uint8_t {
  // The call failed and changed nothing.
  kNothing,
  // The call did its work and reports an error all the same (close(2)).
  kDone,
  // A signal ended the wait. Only a call that would sleep is interrupted: what is ready is
  // reported.
  kSignal,
  // The process has no free descriptor left, until it closes one.
  kNoDescriptors,
  // The oldest connection in the queue was aborted by its peer: it is gone, and its peer sees so.
  kConnectionAborted,
  // The connection failed with this error, just before the call; both ends are dead from here on.
  kConnectionFailed,
  // Bytes that were announced arrive only after this call: they stay, and are a new edge.
  kBytesLate,
  // The send buffer is full until the peer reads; if the peer has nothing to read, space comes back
  // at once. Either way it is an edge.
  kNoSpace,
};

// One row of the table. An `error` of 0 stands for a short count of at least one byte.
struct LegalResult {
  CallKind call;
  Role role;
  int error;
  Tier tier;
  History history;
  std::string_view source;  // the manual page or the kernel function that says so
};

// The whole table, in the order of the calls.
std::span<const LegalResult> legal_results();
std::span<const LegalResult> legal_results(CallKind call);
// The rows for one call, up to and including `tier`.
std::vector<LegalResult> legal_results(CallKind call, Role role, Tier tier);

}  // namespace e3
