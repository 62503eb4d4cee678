// SPDX-License-Identifier: MIT
// The bugs of the small HTTP/1.1 server, one at a time: the proof that each HTTP check can fail.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace e3::mutants {

enum class HttpBug {
  kNone,
  // Whole classes of requests treated wrongly: each fails many checks.
  kServesMalformed,     // 200 to what no parser should take
  kRefusesUnusual,      // 400 to every request but the plainest
  kDiesOnUnusual,       // an exception escapes from every request but the plainest
  kHangsOnMalformed,    // waits for ever instead of refusing
  kServesAfterRefusal,  // refuses, and reads on from behind the head as if nothing had been
  kRefusesInPlainText,  // refuses with a line that is no HTTP answer
  // One bug each.
  kIgnoresClose,         // keeps the connection whatever the client said
  kForgetsPipelined,     // drops what came in the same read behind a request
  kBodyOnHead,           // answers HEAD as GET
  kChunksToOldClients,   // chunked answers to HTTP/1.0
  kInterimToOldClients,  // 100 to HTTP/1.0
  kNeverContinues,       // waits for the body without a 100
  kSwitchesProtocols,    // 101 to every Upgrade
  kNoDate,
  kNoContentType,
  kBareStatusLine,        // no space behind the status
  kLiesAboutKeepAlive,    // says keep-alive to HTTP/1.0, and closes
  kReflectsTarget,        // the decoded target in the answer's head
  kIgnoresBodies,         // takes what follows the head for the next request
  kServesShortBodies,     // takes the end of input for the end of the body
  kNeverTimesOut,         // keeps a connection that says no more
  kResetsMalformed,       // closes with input unread instead of refusing: the client gets a reset
  kClosesWithoutReading,  // answers, and closes with input unread: a reset may overtake the answer
  kRefusesLongTargets,    // 414 from 4,000 bytes on
  kWrapsLengths,          // 2^64 + 5 is 5
  kFirstLengthWins,       // of two Content-Lengths
  kStopsAfterThree,       // the fourth request on a connection is never read
  kForgetsToReadOn,       // after an answer that had to wait for room
  kDiesOnHugeLength,      // reserves what Content-Length announces
  kKeepsSilentHalfOpen,   // a peer that ends its side without a word is kept for ever
  kKeepsRefusedOpen,      // says that it closes behind a refusal, and does not
  kMissesSplitChunkEnd,   // takes a line end behind a chunk for wrong that is not all there
  kLengthBeatsChunked,    // Content-Length is used although there is a Transfer-Encoding
  kReadsWhileBlocked,     // takes requests while answers wait for room
  kServesFewPerRead,      // leaves the 65th request of a read until more comes
  kSendsTooManyParts,     // reads much, and writes all answers to that at once, whatever IOV_MAX is
  kClosesBeforeFlush,     // closes behind its last answer, though that waits for room
  kLeavesOldAnswer,       // a shorter answer is followed by the rest of the one before
  kOvertakes,             // an answer is sent before what is left of a large one
  kKeepsRequests,         // until the connection ends
  kRemembersInterest,     // by descriptor number, also of connections that are gone
  kSearchesFromOldEnd,    // what a pipelined request leaves is searched from where that one ended
};

struct HttpBugName {
  HttpBug bug;
  std::string_view name;
};
std::span<const HttpBugName> http_bug_names();

/// Serves on 127.0.0.1:`port` (0: a free one). Returns only by exception, as serve_tiny() does.
void serve_http_mutant(HttpBug bug, std::uint16_t port);

}  // namespace e3::mutants
