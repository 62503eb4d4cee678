// SPDX-License-Identifier: MIT
// An epoll instance: epoll(7) with Linux's exact order of events. The ready list is first in,
// first out; a level-triggered item goes back to its tail after each report, an edge-triggered one
// leaves it; readiness is asked again at the moment of the report.
#pragma once

#include <sys/epoll.h>

#include <span>

#include "open_file.h"

namespace e3::sim {

class EpollInstance final : public OpenFile {
 public:
  explicit EpollInstance(Machine* machine) : OpenFile(FileKind::kEpoll, machine) {}

  void create();

  // epoll_ctl(2) on `file`, known to the process as `descriptor`. 0 or a negative errno.
  long control(int operation, OpenFile& file, int descriptor, const epoll_event* event);

  // Reports up to events.size() items, without waiting; how many.
  int collect(std::span<epoll_event> events) { return ready_.empty() ? 0 : collect_ready(events); }

  // A watched file tells that something happened.
  void on_wake(EpollItem& item, std::uint32_t key);

  // Ends a registration.
  void remove(EpollItem& item);

  bool can_read() const override { return false; }
  bool can_write() const override { return false; }
  long ioctl(unsigned long /*request*/, int* /*argument*/) override { return -EINVAL; }

  // Readable while an item of this instance is ready, so that instances nest.
  std::uint32_t poll() override;

 private:
  using ReadyList = IntrusiveList<EpollItem, &EpollItem::ready>;
  using OwnedList = IntrusiveList<EpollItem, &EpollItem::owned>;

  void release() override;
  int collect_ready(std::span<epoll_event> events);
  EpollItem* find(OpenFile& file, int descriptor) const;
  long add(OpenFile& file, int descriptor, const epoll_event& event);
  void queue_if_ready(EpollItem& item);
  // Moves the item that a given order wants next to the front; false: the rest arrives later.
  bool choose_next(ReadyList& scanned, std::size_t reported);
  bool nesting_allowed(EpollInstance& inner);
  // How deep instances are nested under this one; more than is allowed when `forbidden` is there.
  int levels_below(const EpollInstance& forbidden, int depth) const;
  int levels_above(int depth);

  ReadyList ready_;
  OwnedList items_;
};

}  // namespace e3::sim
