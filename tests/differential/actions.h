// SPDX-License-Identifier: MIT
// Every action by name, and what its numbers may be where schedules are made up.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "schedule.h"

namespace e3::differential {

// What the numbers of a step mean.
enum class Shape {
  kPeer,
  kPeerLength,
  kPeerHow,
  kSlot,
  kSlotLength,
  kSlotHow,
  kPipeLength,
  kTwoSlots,
  kWatch,
  kUnwatch,
  kWait
};

struct ActionEntry {
  Action action;
  std::string_view name;
  Shape shape;
  int weight;
};

inline constexpr std::array kActions{
    ActionEntry{Action::kPeerConnect, "peer-connect", Shape::kPeer, 3},
    ActionEntry{Action::kPeerSend, "peer-send", Shape::kPeerLength, 12},
    ActionEntry{Action::kPeerSendUrgent, "peer-send-urgent", Shape::kPeerLength, 2},
    ActionEntry{Action::kPeerReceive, "peer-receive", Shape::kPeerLength, 6},
    ActionEntry{Action::kPeerShutdown, "peer-shutdown", Shape::kPeerHow, 4},
    ActionEntry{Action::kPeerClose, "peer-close", Shape::kPeer, 4},
    ActionEntry{Action::kPeerReset, "peer-reset", Shape::kPeer, 3},
    ActionEntry{Action::kPeerPoll, "peer-poll", Shape::kPeer, 2},
    ActionEntry{Action::kAccept, "accept", Shape::kSlot, 4},
    ActionEntry{Action::kConnect, "connect", Shape::kSlot, 2},
    ActionEntry{Action::kReceive, "receive", Shape::kSlotLength, 12},
    ActionEntry{Action::kPeek, "peek", Shape::kSlotLength, 2},
    ActionEntry{Action::kSend, "send", Shape::kSlotLength, 10},
    ActionEntry{Action::kSendVector, "send-vector", Shape::kSlotLength, 2},
    ActionEntry{Action::kReceiveVector, "receive-vector", Shape::kSlotLength, 2},
    ActionEntry{Action::kReceiveUrgent, "receive-urgent", Shape::kSlotLength, 2},
    ActionEntry{Action::kSendUrgent, "send-urgent", Shape::kSlotLength, 1},
    ActionEntry{Action::kShutdown, "shutdown", Shape::kSlotHow, 4},
    ActionEntry{Action::kClose, "close", Shape::kSlot, 4},
    ActionEntry{Action::kCloseWithReset, "close-with-reset", Shape::kSlot, 1},
    ActionEntry{Action::kSocketError, "socket-error", Shape::kSlot, 2},
    ActionEntry{Action::kPeerName, "peer-name", Shape::kSlot, 1},
    ActionEntry{Action::kReadable, "readable", Shape::kSlot, 1},
    ActionEntry{Action::kLowWater, "low-water", Shape::kSlotLength, 1},
    ActionEntry{Action::kDuplicate, "duplicate", Shape::kTwoSlots, 2},
    ActionEntry{Action::kDuplicateOnto, "duplicate-onto", Shape::kTwoSlots, 1},
    ActionEntry{Action::kPoll, "poll", Shape::kSlot, 2},
    ActionEntry{Action::kEventWrite, "event-write", Shape::kSlotLength, 2},
    ActionEntry{Action::kEventRead, "event-read", Shape::kSlot, 1},
    ActionEntry{Action::kPipeWrite, "pipe-write", Shape::kPipeLength, 2},
    ActionEntry{Action::kPipeRead, "pipe-read", Shape::kPipeLength, 2},
    ActionEntry{Action::kAdd, "add", Shape::kWatch, 12},
    ActionEntry{Action::kModify, "modify", Shape::kWatch, 8},
    ActionEntry{Action::kDelete, "delete", Shape::kUnwatch, 2},
    ActionEntry{Action::kWait, "wait", Shape::kWait, 22},
    ActionEntry{Action::kFill, "fill", Shape::kSlot, 2},
    ActionEntry{Action::kPeerDrain, "peer-drain", Shape::kPeer, 1},
    ActionEntry{Action::kPeerSip, "peer-sip", Shape::kPeer, 4},
};
static_assert(kActions.size() == static_cast<std::size_t>(Action::kCount));

inline const ActionEntry& entry_of(Action action) {
  return kActions.at(static_cast<std::size_t>(action));
}

inline constexpr std::array<std::uint32_t, 8> kLengths{0, 1, 1, 2, 3, 10, 100, 5000};
inline constexpr std::array<std::uint32_t, 8> kPipeLengths{1,    96,    4095,  4096,
                                                           5000, 30000, 60000, 65536};

}  // namespace e3::differential
