// SPDX-License-Identifier: MIT
// What the world keeps of the target's calls: the transcript, and whether they lead anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "harness/world/transcript.h"

namespace e3 {

class CallLog {
 public:
  explicit CallLog(Transcript& transcript) : transcript_(&transcript) {}

  // No-progress calls in a row that count as a spin. A correct server makes a handful: EAGAIN
  // once per descriptor and batch, an empty wait when a timer is near.
  static constexpr int kSpinCalls = 1000;
  // So many looks at the clock count as one such call: a server may look once for each of a
  // thousand answers that it writes into one buffer.
  static constexpr int kLooksPerCall = 100;
  // Calls of any kind in one turn: a loop of open and close makes "progress" for ever.
  static constexpr int kTurnCalls = 1'000'000;

  VirtualTime now{0};
  bool closed = false;  // the target is being ended; nothing it does counts any more

  TranscriptRecord& next() { return closed ? ignored_ : transcript_->add(now); }

  void begin_turn() {
    idle_calls_ = clock_looks_ = turn_calls_ = 0;
    ++turns_;
  }
  // Counts a finished call. False when the target spins: too many calls in a row in which nothing
  // changed hands, or too many at all. When a fault has struck, of which there were `strikes` so
  // far, the calls led nowhere because of it, perhaps.
  bool count(bool progress, std::size_t strikes) {
    if (closed) return true;
    const bool struck = std::exchange(strikes_, strikes) != strikes;
    if (progress || struck) {
      idle_calls_ = clock_looks_ = 0;
    } else {
      ++idle_calls_;
    }
    return count_one();
  }
  // Counts a look at the clock, likewise. It is no progress unless looking takes time.
  bool count_clock_look(bool takes_time) {
    if (closed) return true;
    if (takes_time) {
      idle_calls_ = clock_looks_ = 0;
    } else if (++clock_looks_ % kLooksPerCall == 0) {
      ++idle_calls_;
    }
    return count_one();
  }
  // Whether no call has been counted, and no turn begun, since this was last asked.
  bool stands_still() {
    const Place place{turns_, turn_calls_};
    return std::exchange(last_seen_, place) == place;
  }
  int idle_calls() const { return idle_calls_; }
  int clock_looks() const { return clock_looks_; }  // since the last progress
  int turn_calls() const { return turn_calls_; }

 private:
  struct Place {
    std::uint64_t turn = 0;
    int call = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

  bool count_one() { return ++turn_calls_ <= kTurnCalls && idle_calls_ <= kSpinCalls; }

  Transcript* transcript_;
  int idle_calls_ = 0;
  int clock_looks_ = 0;
  int turn_calls_ = 0;
  std::uint64_t turns_ = 0;
  Place last_seen_;
  std::size_t strikes_ = 0;
  TranscriptRecord ignored_;
};

}  // namespace e3
