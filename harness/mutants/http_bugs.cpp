// SPDX-License-Identifier: MIT
#include "harness/mutants/http_bug.h"

namespace e3::mutants {
namespace {

constexpr HttpBugName kNames[] = {
    {HttpBug::kNone, "correct-http"},
    {HttpBug::kServesMalformed, "serves-malformed"},
    {HttpBug::kRefusesUnusual, "refuses-unusual"},
    {HttpBug::kDiesOnUnusual, "dies-on-unusual"},
    {HttpBug::kHangsOnMalformed, "hangs-on-malformed"},
    {HttpBug::kServesAfterRefusal, "serves-after-refusal"},
    {HttpBug::kRefusesInPlainText, "refuses-in-plain-text"},
    {HttpBug::kIgnoresClose, "ignores-close"},
    {HttpBug::kForgetsPipelined, "forgets-pipelined"},
    {HttpBug::kBodyOnHead, "body-on-head"},
    {HttpBug::kChunksToOldClients, "chunks-to-old-clients"},
    {HttpBug::kInterimToOldClients, "interim-to-old-clients"},
    {HttpBug::kNeverContinues, "never-continues"},
    {HttpBug::kSwitchesProtocols, "switches-protocols"},
    {HttpBug::kNoDate, "no-date"},
    {HttpBug::kNoContentType, "no-content-type"},
    {HttpBug::kBareStatusLine, "bare-status-line"},
    {HttpBug::kLiesAboutKeepAlive, "lies-about-keep-alive"},
    {HttpBug::kReflectsTarget, "reflects-target"},
    {HttpBug::kIgnoresBodies, "ignores-bodies"},
    {HttpBug::kServesShortBodies, "serves-short-bodies"},
    {HttpBug::kNeverTimesOut, "never-times-out"},
    {HttpBug::kResetsMalformed, "resets-malformed"},
    {HttpBug::kClosesWithoutReading, "closes-without-reading"},
    {HttpBug::kRefusesLongTargets, "refuses-long-targets"},
    {HttpBug::kWrapsLengths, "wraps-lengths"},
    {HttpBug::kFirstLengthWins, "first-length-wins"},
    {HttpBug::kStopsAfterThree, "stops-after-three"},
    {HttpBug::kForgetsToReadOn, "forgets-to-read-on"},
    {HttpBug::kDiesOnHugeLength, "dies-on-huge-length"},
    {HttpBug::kKeepsSilentHalfOpen, "keeps-silent-half-open"},
    {HttpBug::kKeepsRefusedOpen, "keeps-refused-open"},
    {HttpBug::kReadsWhileBlocked, "reads-while-blocked"},
    {HttpBug::kClosesBeforeFlush, "closes-before-flush"},
    {HttpBug::kLeavesOldAnswer, "leaves-old-answer"},
    {HttpBug::kOvertakes, "overtakes"},
    {HttpBug::kKeepsRequests, "keeps-requests"},
    {HttpBug::kServesFewPerRead, "serves-few-per-read"},
    {HttpBug::kSendsTooManyParts, "sends-too-many-parts"},
    {HttpBug::kRemembersInterest, "remembers-interest"},
    {HttpBug::kSearchesFromOldEnd, "searches-from-old-end"},
    {HttpBug::kMissesSplitChunkEnd, "misses-split-chunk-end"},
    {HttpBug::kLengthBeatsChunked, "length-beats-chunked"},
};

}  // namespace

std::span<const HttpBugName> http_bug_names() { return kNames; }

}  // namespace e3::mutants
