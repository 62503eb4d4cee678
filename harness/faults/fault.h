// SPDX-License-Identifier: MIT
// One fault to be: which call is struck, when, and with what result. Data, so that it can be
// written into scenarios, enumerated, shrunk and replayed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "harness/faults/legal_results.h"

namespace e3 {

struct Fault {
  static constexpr std::uint32_t kAlways = std::numeric_limits<std::uint32_t>::max();
  // How often in a row a call may at most be told to try again, by EINTR or EAGAIN.
  static constexpr std::uint32_t kTriesMax = 1000;

  CallKind call = CallKind::kReceive;
  Role role = Role::kAny;  // kAny: every role for which the table has this result
  int error = 0;           // an errno; 0: a short count
  std::size_t length = 1;  // of a short count: at most so many bytes are moved; at least 1
  // The first call that is struck, counted from the injection on: 1 is the next such call, or the
  // epoll_wait(2) that the target sleeps in. A call to which the fault cannot happen (nothing was
  // queued, nobody sleeps, the end of the stream is known) leaves it to the next one.
  std::uint32_t nth = 1;
  // How many calls in a row are struck. EMFILE ignores it: it lasts until a descriptor is closed.
  std::uint32_t times = 1;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// "recv conn #2 ECONNRESET", "send conn short=3 x4", "accept listener EMFILE", "recv short=1
// always": CALL [ROLE] [#NTH] (ERRNO | short=BYTES) [xTIMES | always].
std::string to_string(const Fault& fault);
// The reverse; nullopt for what is not in that form.
std::optional<Fault> parse_fault(std::string_view text);

// Why no kernel of any tier can do this; nullopt when the table allows it.
std::optional<std::string> objection_to(const Fault& fault);

}  // namespace e3
