// SPDX-License-Identifier: MIT
// A schedule: what one process and its peers do to one kernel, step by step. Steps name their
// objects by slot, so any subset of a schedule is a schedule, which is what shrinking needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace e3::differential {

enum class Action : std::uint8_t {
  // The other ends.
  kPeerConnect,
  kPeerSend,
  kPeerSendUrgent,
  kPeerReceive,
  kPeerShutdown,
  kPeerClose,
  kPeerReset,
  kPeerPoll,
  // The process under test.
  kAccept,
  kConnect,  // a non-blocking client socket in an empty slot, or the outcome of an earlier attempt
  kReceive,
  kPeek,
  kSend,
  kSendVector,
  kReceiveVector,
  kReceiveUrgent,
  kSendUrgent,
  kShutdown,
  kClose,
  kCloseWithReset,
  kSocketError,
  kPeerName,
  kReadable,
  kLowWater,
  kDuplicate,
  kDuplicateOnto,
  kPoll,
  kEventWrite,
  kEventRead,
  kPipeWrite,
  kPipeRead,
  kAdd,
  kModify,
  kDelete,
  kWait,
  kFill,
  kPeerDrain,
  kPeerSip,  // a part of what fills the buffers, too little to make room for a writer
  kCount,
};

// Slots of descriptors. Any slot can be closed, watched or duplicated.
inline constexpr int kListener = 0;
inline constexpr int kFirstConnection = 1;
inline constexpr int kConnections = 3;
inline constexpr int kFirstDuplicate = 4;
inline constexpr int kEvent = 6;
inline constexpr int kOuterEpoll = 7;
inline constexpr int kInnerEpoll = 8;
inline constexpr int kPipeReader = 9;
inline constexpr int kPipeWriter = 10;
inline constexpr int kSlots = 11;
inline constexpr int kPeers = 3;

struct Step {
  Action action;
  std::uint8_t slot = 0;     // or peer
  std::uint8_t second = 0;   // second slot, where the action has two
  std::uint32_t number = 0;  // a length, a direction, a count of events, an event mask

  bool operator==(const Step&) const = default;
};

using Schedule = std::vector<Step>;

struct ScheduleOptions {
  bool unix_sockets = false;  // AF_UNIX pairs instead of TCP connections
  bool full_buffers = true;
};

Schedule generate(std::uint64_t seed, const ScheduleOptions& options);

// One step per line, and back. parse() throws std::invalid_argument naming the line.
std::string print(const Step& step);
std::string print(const Schedule& schedule);
Schedule parse(const std::string& text);

}  // namespace e3::differential
