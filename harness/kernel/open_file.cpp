// SPDX-License-Identifier: MIT
#include "open_file.h"

#include "block.h"
#include "epoll_instance.h"
#include "machine.h"

namespace e3::sim {

long OpenFile::read(const ScatterList& /*to*/) { return -EINVAL; }

long OpenFile::write(const ScatterList& /*from*/) { return -EINVAL; }

long OpenFile::ioctl(unsigned long /*request*/, int* /*argument*/) { return -ENOTTY; }

void OpenFile::forget_watchers_of(int descriptor) {
  EpollItem* next = nullptr;
  for (EpollItem* item = watchers_.front(); item != nullptr; item = next) {
    next = Watchers::next(*item);
    if (item->descriptor == descriptor) item->epoll->remove(*item);
  }
}

void OpenFile::open(int flags) {
  watchers_.clear();
  references_ = 1;
  flags_ = flags;
}

void OpenFile::drop_reference() {
  if (--references_ != 0) return;
  while (EpollItem* item = watchers_.front()) item->epoll->remove(*item);
  release();
}

void OpenFile::wake_watchers(std::uint32_t key) {
  for (EpollItem* item = watchers_.front(); item != nullptr; item = Watchers::next(*item)) {
    item->epoll->on_wake(*item, key);
  }
}

long OpenFile::would_block() const {
  if (non_blocking()) return -EAGAIN;
  machine_->block = {};
  return kWouldBlock;
}

}  // namespace e3::sim
