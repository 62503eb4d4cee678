// SPDX-License-Identifier: MIT
// Known ways to get Linux wrong. Only the test-only build of the model (E3_KERNEL_MUTANTS) can
// switch one on; elsewhere mutated() is constant false and costs nothing.
#pragma once

#include <array>
#include <string_view>

namespace e3::sim {

enum class Mutation {
  kNone,
  kPerBitEdges,
  kOneShotKeepsOtherBits,
  kModifyDoesNotRearm,
  kAddIgnoresPresentReadiness,
  kNoEdgeOnSecondArrival,
  kEdgeAfterPartialRead,
  kLevelNotRequeued,
  kLevelRequeuedAtHead,
  kTruncationLosesItems,
  kMaskFrozenAtWakeUp,
  kHangUpOnHalfClose,
  kNoReadHangUp,
  kFinDoesNotWakeWriters,
  kResetPurgesReceiveQueue,
  kResetErrorNotCleared,
  kResetAfterFinIsConnectionReset,
  kNoResetOnUnreadData,
  kLateDataIsNotReset,
  kShutdownDoesNotWake,
  kItemDiesWithItsDescriptor,
  kDeleteLeavesReadyItem,
  kExclusiveCanBeModified,
  kWriteSpaceAlwaysWakes,
  kWritableWithoutHysteresis,
  kCount,
};

struct MutationEntry {
  Mutation mutation;
  std::string_view name;
  std::string_view what;  // how the mutant differs from Linux
};

inline constexpr std::array kMutations{
    MutationEntry{Mutation::kPerBitEdges, "per-bit-edges",
                  "an edge reports only the bits that rose, not the whole ready mask"},
    MutationEntry{Mutation::kOneShotKeepsOtherBits, "one-shot-keeps-other-bits",
                  "one-shot disables only the bits it reported"},
    MutationEntry{Mutation::kModifyDoesNotRearm, "modify-does-not-rearm",
                  "EPOLL_CTL_MOD does not look at present readiness"},
    MutationEntry{Mutation::kAddIgnoresPresentReadiness, "add-ignores-present-readiness",
                  "EPOLL_CTL_ADD does not look at present readiness"},
    MutationEntry{Mutation::kNoEdgeOnSecondArrival, "no-edge-on-second-arrival",
                  "data on top of unread data is no edge"},
    MutationEntry{Mutation::kEdgeAfterPartialRead, "edge-after-partial-read",
                  "a read that leaves data is an edge"},
    MutationEntry{Mutation::kLevelNotRequeued, "level-not-requeued",
                  "a level-triggered item is reported once only"},
    MutationEntry{Mutation::kLevelRequeuedAtHead, "level-requeued-at-head",
                  "a reported level-triggered item stays first: no rotation"},
    MutationEntry{Mutation::kTruncationLosesItems, "truncation-loses-items",
                  "ready items that did not fit into the array are lost"},
    MutationEntry{Mutation::kMaskFrozenAtWakeUp, "mask-frozen-at-wake-up",
                  "an item whose readiness has gone since the wake-up is reported all the same"},
    MutationEntry{Mutation::kHangUpOnHalfClose, "hang-up-on-half-close",
                  "a FIN alone sets EPOLLHUP"},
    MutationEntry{Mutation::kNoReadHangUp, "no-read-hang-up", "EPOLLRDHUP is never set"},
    MutationEntry{Mutation::kFinDoesNotWakeWriters, "fin-does-not-wake-writers",
                  "a FIN wakes only those interested in input"},
    MutationEntry{Mutation::kResetPurgesReceiveQueue, "reset-purges-receive-queue",
                  "a reset drops data that was not read yet"},
    MutationEntry{Mutation::kResetErrorNotCleared, "reset-error-not-cleared",
                  "a reset's error is reported by every call, not once"},
    MutationEntry{Mutation::kResetAfterFinIsConnectionReset, "reset-after-fin-is-connection-reset",
                  "a reset after the peer's FIN gives ECONNRESET instead of EPIPE"},
    MutationEntry{Mutation::kNoResetOnUnreadData, "no-reset-on-unread-data",
                  "close() with unread data sends a FIN"},
    MutationEntry{Mutation::kLateDataIsNotReset, "late-data-is-not-reset",
                  "data to a closed socket vanishes without a reset"},
    MutationEntry{Mutation::kShutdownDoesNotWake, "shutdown-does-not-wake",
                  "the caller's own shutdown() is no edge"},
    MutationEntry{Mutation::kItemDiesWithItsDescriptor, "item-dies-with-its-descriptor",
                  "close() removes the item although a duplicate keeps the file open"},
    MutationEntry{Mutation::kDeleteLeavesReadyItem, "delete-leaves-ready-item",
                  "EPOLL_CTL_DEL does not withdraw an event that waits to be reported"},
    MutationEntry{Mutation::kExclusiveCanBeModified, "exclusive-can-be-modified",
                  "EPOLL_CTL_MOD accepts an exclusive item"},
    MutationEntry{Mutation::kWriteSpaceAlwaysWakes, "write-space-always-wakes",
                  "write space is an edge though no writer ran out of it"},
    MutationEntry{Mutation::kWritableWithoutHysteresis, "writable-without-hysteresis",
                  "one free byte makes a full socket writable"},
};

#ifdef E3_KERNEL_MUTANTS
inline Mutation active_mutation = Mutation::kNone;
inline bool mutated(Mutation mutation) { return active_mutation == mutation; }
#else
constexpr bool mutated(Mutation /*mutation*/) { return false; }
#endif

}  // namespace e3::sim
