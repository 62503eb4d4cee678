// SPDX-License-Identifier: MIT
// A small HTTP/1.0 server that is correct, or has exactly one known bug: the proof that each check
// fails when it must, and that it does not fail otherwise. Level-triggered, but where a bug needs
// edges.
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
  kAnswersOnceThenHangs,
  kAnswersFirstRead,  // takes whatever the first read brings for the request
  // One bug each: accepting.
  kAcceptsOncePerEdge,        // the rest of a burst is left in the queue
  kSpinsOutOfDescriptors,     // leaves the listener armed when accept fails with EMFILE
  kSpinsInFullSystem,         // leaves it armed when accept fails with ENFILE
  kForgetsOutOfDescriptors,   // disarms it then, and never arms it again
  kDiesOutOfDescriptors,      // throws when accept fails with EMFILE and its kin
  kDiesOfAbortedConnection,   // throws when accept fails with ECONNABORTED and its kin
  kStopsAtAbortedConnection,  // disarms the listener then
  kStopsAtUnregistered,       // edge-triggered; leaves the queue behind a connection so refused
  kLeaksUnregistered,         // forgets a connection that epoll_ctl refuses
  kNeverResumesAccepting,     // disarms the listener at its limit of connections, for ever
  kLosesSlots,                // counts a failed connection as open for ever
  // Reading.
  kForgetsBetweenReads,      // looks for the end of the head in the last read only
  kRemembersOneRead,         // looks for it in the last two reads only
  kWantsTerminatorLast,      // sees the end of the head only where nothing follows it
  kAwaitsMoreAfterFullRead,  // takes a read that filled its buffer for the first of several
  kTakesAnyLength,           // has no limit to the size of a head
  kTakesEagainForError,      // drops the connection when recv says EAGAIN
  kDropsInterruptedRead,     // ... or EINTR
  kDiesOfReceiveError,       // throws when recv fails
  // Writing.
  kIgnoresShortWrite,       // closes after the first send, whatever it took
  kNeverWaitsToWrite,       // keeps the rest but never asks for EPOLLOUT
  kKeepsWatchingTheEnd,     // asks for EPOLLRDHUP, too, while it waits for room
  kRetriesFullBuffer,       // calls send again and again while the buffer is full
  kRetriesWithoutMemory,    // ... or while there is no memory for it
  kTakesFullForError,       // drops the connection when send says EAGAIN
  kDropsInterruptedWrite,   // ... or EINTR
  kRepeatsAfterShortWrite,  // sends the last byte of a short write again
  kDiesOfSendError,         // throws when send fails
  // Closing.
  kReadsEofForEver,          // takes recv() == 0 for "nothing now"
  kDropsAnswerAtHalfClose,   // closes at end of input without answering
  kKeepsHalfOpen,            // never closes when input ends before the request
  kLeaksOnAbruptClose,       // forgets the descriptor when recv or send fails
  kIgnoresHangup,            // EPOLLERR and EPOLLHUP are skipped
  kRaisesSigpipe,            // sends without MSG_NOSIGNAL
  kClosesTwice,              // closes a failed connection a second time
  kDiesOfShutdownError,      // throws when shutdown fails
  kClosesAgain,              // closes again when a signal interrupted close
  kClosesAtOnce,             // closes with unread input
  kMissesEndAfterShortRead,  // edge-triggered; takes a short read for all there is
  // Waiting, and telling connections apart.
  kSkipsFullBatch,      // passes over a report that fills its array
  kDiesOfInterrupt,     // throws when epoll_wait says EINTR
  kTableOf200,          // has no room for descriptors 200 above the listener's
  kSharesInput,         // keeps the input of all connections in one buffer
  kBlocksInSend,        // forgets O_NONBLOCK on accepted connections
  kBlocksForWholeHead,  // ... and reads each head to its end
  // Edge-triggered servers.
  kEdgeNone,          // correct
  kReadsOncePerEdge,  // leaves what one read does not take
  kReadsOrWrites,     // does one or the other when both are reported
  kAbandonsBatch,     // forgets the rest of a report when a connection comes in
  // Time.
  kHalfClosesOverdue,     // ends its side of an overdue connection, and waits for the peer's
  kNoHeadTime,            // waits for a head for ever
  kRenewsHeadTime,        // ... from the last byte on, not from the first
  kKillsSlowHeads,        // ... for no more than 600 ms
  kNoWriteTime,           // waits for a reader for ever
  kNeverRenewsWriteTime,  // cuts off whoever has not read all after a second
  kEndsNeighbour,         // ends whoever comes behind an overdue connection
  kStaysFull,             // accepts no more once time-outs have made room
  kKeepsTimer,            // ... of a closed connection, for the next in its place
  kWaitsAnew,             // for the whole time when a signal interrupted the wait
  kUsesWallClock,         // for all its time-outs
  kRoundsTimeDown,        // waits in steps of half a second, rounded down
  kTicks,                 // looks around every millisecond
  // As a process.
  kKeepsBuffers,   // never frees a buffer
  kLeavesThreads,  // starts a thread for every fifth connection, which never ends
  kIgnoresSigterm,
  kBindsWithoutReuse,  // without SO_REUSEADDR
  // Reading HTTP.
  kDiesWithoutTarget,  // an exception escapes from a request line without a target
  kDiesOnBinary,       // an exception escapes from a byte above 127
  kDiesWithoutColon,   // an exception escapes from a header without a colon
  kCountsCharacters,   // Content-Length counts UTF-8 characters
};

struct BugName {
  Bug bug;
  std::string_view name;
};
std::span<const BugName> bug_names();
inline bool is_correct(Bug bug) { return bug == Bug::kNone || bug == Bug::kEdgeNone; }
inline bool is_null_server(Bug bug) {
  return bug >= Bug::kNeverAnswers && bug <= Bug::kAnswersFirstRead;
}
inline bool is_mutant(Bug bug) { return !is_correct(bug) && !is_null_server(bug); }

/// Serves on 127.0.0.1:`port` (0: a free one) and prints nothing. Returns only by exception:
/// std::system_error when it cannot listen, std::runtime_error where a bug lets one escape, and
/// whatever else is thrown through an interposed libc call; its descriptors are closed then.
void serve_tiny(Bug bug, std::uint16_t port);

}  // namespace e3::mutants
