// SPDX-License-Identifier: MIT
// A small level-triggered HTTP/1.0 server that is correct, or has exactly one known bug: the proof
// that each check fails when it must, and that it does not fail otherwise.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace e3::mutants {

enum class Bug {
  kNone,
  // Null servers: they do nothing worth testing, so nothing may pass.
  kNeverAnswers,
  kClosesAtAccept,
  kAnswers400ToAll,
  // One bug each.
  kAcceptsOncePerEdge,      // the rest of a burst is left in the queue
  kForgetsBetweenReads,     // looks for the end of the head in the last read only
  kAnswersFirstRead,        // takes whatever the first read brings for the request
  kIgnoresShortWrite,       // closes after the first send, whatever it took
  kNeverWaitsToWrite,       // keeps the rest but never asks for EPOLLOUT
  kRetriesFullBuffer,       // calls send again and again while the buffer is full
  kReadsEofForEver,         // takes recv() == 0 for "nothing now"
  kDropsAnswerAtHalfClose,  // closes at end of input without answering
  kKeepsHalfOpen,           // never closes when input ends before the request
  kLeaksOnAbruptClose,      // forgets the descriptor when recv or send fails
  kIgnoresHangup,           // EPOLLERR and EPOLLHUP are skipped
  kRaisesSigpipe,           // sends without MSG_NOSIGNAL
  kClosesTwice,             // closes a failed connection a second time
  kDiesWithoutTarget,       // an exception escapes from a request line without a target
  kDiesOnBinary,            // an exception escapes from a byte above 127
  kDiesWithoutColon,        // an exception escapes from a header without a colon
  kCountsCharacters,        // Content-Length counts UTF-8 characters
};

struct BugName {
  Bug bug;
  std::string_view name;
};
std::span<const BugName> bug_names();

/// Serves on 127.0.0.1:`port` (0: a free one) and prints nothing. Returns only by exception:
/// std::system_error when it cannot listen, std::runtime_error where a bug lets one escape, and
/// whatever else is thrown through an interposed libc call; its descriptors are closed then.
void serve_tiny(Bug bug, std::uint16_t port);

}  // namespace e3::mutants
