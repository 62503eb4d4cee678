// SPDX-License-Identifier: MIT
// What happened, in order: what each peer did and each call the target made, with its result and
// the virtual time. Kept as data, printed like strace only when somebody asks, and hashed: the same
// seed must give the same hash, whatever the compiler, the addresses and the descriptor numbers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/faults/call_site.h"

namespace e3 {

// Nanoseconds since the world began; moves only when the scenario or a time-out moves it.
using VirtualTime = std::chrono::nanoseconds;

// A descriptor by role and count (conn1), not by number: numbers depend on what else the process
// has open, names do not.
struct DescriptorName {
  DescriptorName() = default;
  constexpr DescriptorName(Role role, bool duplicate, std::uint32_t number)
      : bits_(static_cast<std::uint32_t>(role) << kRoleShift |
              (duplicate ? kDuplicate : std::uint32_t{0}) | (number & kNumber)) {}

  // kAny: a descriptor that is not ours.
  Role role() const { return static_cast<Role>(bits_ >> kRoleShift); }
  bool duplicate() const { return (bits_ & kDuplicate) != 0; }  // made by dup(2) and its kin
  std::uint32_t number() const { return bits_ & kNumber; }  // from 1, in the order of their making

  friend bool operator==(const DescriptorName&, const DescriptorName&) = default;

 private:
  static constexpr int kRoleShift = 28;
  static constexpr std::uint32_t kDuplicate = std::uint32_t{1} << 27;
  static constexpr std::uint32_t kNumber = kDuplicate - 1;

  std::uint32_t bits_ = 0;
};

enum class Actor : std::uint8_t { kTarget, kPeer, kWorld };

enum class PeerDeed : std::uint8_t {
  kConnects,
  kSends,  // `result` of `argument` bytes
  kHalfCloses,
  kCloses,
  kResets,
  kReceives,  // `result` bytes
  kSeesEnd,
  kSeesError,  // `result` is the negative errno
};

// One thing that happened. Whole words without padding, so that it can be hashed as it lies; what
// does not apply is zero.
struct TranscriptRecord {
  static constexpr std::size_t kPayloadMax = 32;
  static constexpr std::size_t kMasksMax = kPayloadMax / sizeof(std::uint32_t);
  static constexpr std::uint8_t kNote = 255;

  std::int64_t when = 0;
  std::int64_t result = 0;  // raw Linux: negative errno on failure
  std::int64_t argument =
      0;                 // bytes asked for, what else matters of the arguments; of a note: which
  char name[8] = {};     // of a call with several spellings: recv, read, readv
  DescriptorName on;     // of a peer only the number, from 1
  DescriptorName other;  // the descriptor that was made, or that the call is about
  std::uint32_t mask = 0;
  Actor actor = Actor::kTarget;
  std::uint8_t deed = 0;  // a CallKind of the target, a PeerDeed of a peer, or kNote
  bool struck = false;    // by a fault
  std::uint8_t payload_size = 0;
  std::byte payload[kPayloadMax];  // the first bytes moved, or the events of a wait; then zeros

  // Keeps the first bytes of what was moved in `size` bytes.
  void keep(const void* bytes, std::size_t size) {
    payload_size = static_cast<std::uint8_t>(size < kPayloadMax ? size : kPayloadMax);
    std::memset(payload, 0, kPayloadMax);
    std::memcpy(payload, bytes, payload_size);
  }
};
static_assert(sizeof(TranscriptRecord) == 80);

class Transcript {
 public:
  Transcript() : ring_(kRecordsKept) {}

  // The next record, to be filled in until the one after it is begun. The reference is valid until
  // then.
  TranscriptRecord& add(VirtualTime when);
  // What is too rare to have a form of its own.
  void note(VirtualTime when, Actor actor, std::string_view text);

  // Forgets the records kept so far (not the hash): a new scenario begins.
  void begin_scenario();

  // What happened since begin_scenario(), oldest first and in text; only the last kRecordsKept.
  std::vector<std::string> lines() const;
  // The deed of the last record.
  std::string last() const;

  // A scenario breaks off here: what comes until the next begins is the clearing up after it. Only
  // the first call counts.
  void breaks_off();
  // As lines(), up to where the scenario broke off, if it did.
  std::vector<std::string> lines_until_it_broke_off() const;

  // Over everything recorded so far.
  std::uint64_t hash() const;

  static constexpr std::size_t kRecordsKept = 256;

 private:
  std::string text_of(const TranscriptRecord& record) const;

  TranscriptRecord& at(std::size_t number) { return ring_[number % kRecordsKept]; }
  const TranscriptRecord& at(std::size_t number) const { return ring_[number % kRecordsKept]; }

  std::vector<TranscriptRecord> ring_;
  std::size_t count_ = 0;           // of this scenario; the last is not in the hash yet
  std::vector<std::string> notes_;  // of this scenario
  std::optional<std::vector<std::string>> until_broken_off_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

// One line: time, actor, deed.
std::string to_string(const TranscriptRecord& record, std::string_view note);
// The deed alone.
std::string describe_call(const TranscriptRecord& record);

// Bytes as a C string literal, cut after `limit` bytes with the count of what is left out of
// `total`, which is bytes.size() when not given.
std::string quoted(std::string_view bytes, std::size_t limit = 48);

}  // namespace e3
