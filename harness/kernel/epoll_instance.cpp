// SPDX-License-Identifier: MIT
#include "epoll_instance.h"

#include <fcntl.h>

#include <algorithm>

#include "machine.h"
#include "mutation.h"

namespace e3::sim {

namespace {

// Not events but modes; they survive when one-shot disables an item.
constexpr std::uint32_t kModeBits = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
// All that may be asked for together with EPOLLEXCLUSIVE, epoll_ctl(2).
constexpr std::uint32_t kExclusiveBits =
    EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
constexpr std::uint32_t kAlwaysReported = EPOLLERR | EPOLLHUP;
// An epoll instance may watch another, at most this deep (EP_MAX_NESTS of Linux).
constexpr int kNestingMax = 4;

}  // namespace

void EpollInstance::create() {
  open(O_RDWR);
  ready_.clear();
  items_.clear();
}

long EpollInstance::control(int operation, OpenFile& file, int descriptor,
                            const epoll_event* event) {
  const bool has_event = operation != EPOLL_CTL_DEL;
  if (&file == this) return -EINVAL;
  if (has_event && (event->events & EPOLLEXCLUSIVE) != 0) {
    if (operation == EPOLL_CTL_MOD && !mutated(Mutation::kExclusiveCanBeModified)) return -EINVAL;
    if (operation == EPOLL_CTL_ADD &&
        (file.kind() == FileKind::kEpoll || (event->events & ~kExclusiveBits) != 0)) {
      return -EINVAL;
    }
  }
  if (operation == EPOLL_CTL_ADD && file.kind() == FileKind::kEpoll &&
      !nesting_allowed(static_cast<EpollInstance&>(file))) {
    return -ELOOP;
  }
  EpollItem* item = find(file, descriptor);
  switch (operation) {
    case EPOLL_CTL_ADD:
      return item != nullptr ? -EEXIST : add(file, descriptor, *event);
    case EPOLL_CTL_DEL:
      if (item == nullptr) return -ENOENT;
      if (mutated(Mutation::kDeleteLeavesReadyItem) && item->ready.linked()) return 0;
      remove(*item);
      return 0;
    case EPOLL_CTL_MOD:
      if (item == nullptr) return -ENOENT;
      if ((item->events & EPOLLEXCLUSIVE) != 0 && !mutated(Mutation::kExclusiveCanBeModified)) {
        return -EINVAL;
      }
      item->events = event->events | kAlwaysReported;
      item->data = event->data.u64;
      if (!mutated(Mutation::kModifyDoesNotRearm)) queue_if_ready(*item);
      return 0;
    default:
      return -EINVAL;
  }
}

long EpollInstance::add(OpenFile& file, int descriptor, const epoll_event& event) {
  EpollItem& item = machine().epoll_items.take();
  item.epoll = this;
  item.file = &file;
  item.descriptor = descriptor;
  item.events = event.events | kAlwaysReported;
  item.data = event.data.u64;
  item.ready = {};
  items_.push_back(item);
  // The newest watcher is woken first; exclusive ones come last, in their order.
  if ((event.events & EPOLLEXCLUSIVE) != 0) {
    file.watchers().push_back(item);
  } else {
    file.watchers().push_front(item);
  }
  if (!mutated(Mutation::kAddIgnoresPresentReadiness)) queue_if_ready(item);
  return 0;
}

int EpollInstance::collect_ready(std::span<epoll_event> events) {
  // What is queued from now on is for the next call, so a rotating item is reported once.
  ReadyList scanned;
  scanned.splice_front(ready_);
  std::size_t count = 0;
  while (count < events.size()) {
    if (machine().event_order != nullptr && !choose_next(scanned, count)) break;
    EpollItem* item = scanned.pop_front();
    if (item == nullptr) break;
    std::uint32_t revents = item->file->poll() & item->events;
    if (mutated(Mutation::kPerBitEdges) && (item->events & EPOLLET) != 0 &&
        (revents & EPOLLIN) != 0) {
      revents &= ~static_cast<std::uint32_t>(EPOLLOUT);
    }
    if (revents == 0 && mutated(Mutation::kMaskFrozenAtWakeUp)) revents = item->events & EPOLLIN;
    if (revents == 0) continue;
    events[count].events = revents;
    events[count].data.u64 = item->data;
    ++count;
    if ((item->events & EPOLLONESHOT) != 0) {
      item->events &= mutated(Mutation::kOneShotKeepsOtherBits) ? ~revents | kModeBits : kModeBits;
    } else if ((item->events & EPOLLET) == 0) {
      if (mutated(Mutation::kLevelRequeuedAtHead)) {
        ready_.push_front(*item);
      } else if (!mutated(Mutation::kLevelNotRequeued)) {
        ready_.push_back(*item);
      }
    }
  }
  if (mutated(Mutation::kTruncationLosesItems)) {
    while (scanned.pop_front() != nullptr) continue;
  }
  ready_.splice_front(scanned);
  return static_cast<int>(count);
}

bool EpollInstance::choose_next(ReadyList& scanned, std::size_t reported) {
  const auto ready = [](const EpollItem& item) { return (item.file->poll() & item.events) != 0; };
  std::size_t waiting = 0;
  for (EpollItem* item = scanned.front(); item != nullptr; item = ReadyList::next(*item)) {
    if (ready(*item)) ++waiting;
  }
  if (waiting == 0 || (waiting == 1 && reported == 0)) return true;
  const std::size_t choice = machine().event_order->next(waiting, reported);
  if (choice == waiting && reported != 0) return false;
  if (choice >= waiting) return true;
  std::size_t left = choice;
  for (EpollItem* item = scanned.front(); item != nullptr; item = ReadyList::next(*item)) {
    if (!ready(*item) || left-- != 0) continue;
    ReadyList::remove(*item);
    scanned.push_front(*item);
    return true;
  }
  return true;
}

void EpollInstance::on_wake(EpollItem& item, std::uint32_t key) {
  if ((item.events & ~kModeBits) == 0) return;  // disabled by one-shot
  if (key != 0 && (key & item.events) == 0) return;
  if (!item.ready.linked()) ready_.push_back(item);
  wake(EPOLLIN);
}

void EpollInstance::queue_if_ready(EpollItem& item) {
  // Asked even when already queued: the question itself may arm a wake-up for write space.
  const bool is_ready = (item.file->poll() & item.events) != 0;
  if (!is_ready || item.ready.linked()) return;
  ready_.push_back(item);
  wake(EPOLLIN);
}

void EpollInstance::remove(EpollItem& item) {
  if (item.ready.linked()) ReadyList::remove(item);
  OwnedList::remove(item);
  OpenFile::Watchers::remove(item);
  machine().epoll_items.give_back(item);
}

std::uint32_t EpollInstance::poll() {
  // Items that are no longer ready leave the list here, as they would in a report.
  while (EpollItem* item = ready_.front()) {
    if ((item->file->poll() & item->events) != 0) return EPOLLIN | EPOLLRDNORM;
    ReadyList::remove(*item);
  }
  return 0;
}

void EpollInstance::release() {
  while (EpollItem* item = items_.front()) remove(*item);
  machine().epoll_instances.give_back(*this);
}

EpollItem* EpollInstance::find(OpenFile& file, int descriptor) const {
  for (EpollItem* item = file.watchers().front(); item != nullptr;
       item = OpenFile::Watchers::next(*item)) {
    if (item->epoll == this && item->descriptor == descriptor) return item;
  }
  return nullptr;
}

bool EpollInstance::nesting_allowed(EpollInstance& inner) {
  const int below = inner.levels_below(*this, 0);
  if (below > kNestingMax) return false;
  return below + 1 + levels_above(0) <= kNestingMax;
}

int EpollInstance::levels_below(const EpollInstance& forbidden, int depth) const {
  int levels = 0;
  for (EpollItem* item = items_.front(); item != nullptr; item = OwnedList::next(*item)) {
    if (item->file->kind() != FileKind::kEpoll) continue;
    const auto& watched = static_cast<const EpollInstance&>(*item->file);
    if (&watched == &forbidden || depth > kNestingMax) return kNestingMax + 1;
    levels = std::max(levels, watched.levels_below(forbidden, depth + 1) + 1);
  }
  return levels;
}

int EpollInstance::levels_above(int depth) {
  int levels = 0;
  if (depth > kNestingMax) return depth;
  for (EpollItem* item = watchers().front(); item != nullptr; item = Watchers::next(*item)) {
    levels = std::max(levels, item->epoll->levels_above(depth + 1) + 1);
  }
  return levels;
}

}  // namespace e3::sim
