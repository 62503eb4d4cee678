// SPDX-License-Identifier: MIT
// An open file description: what descriptors refer to, and what epoll watches. dup(2) makes a
// second descriptor for the same description; the description lives until its last reference goes.
#pragma once

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstdint>

#include "epoll_item.h"
#include "scatter_list.h"

namespace e3::sim {

class Machine;

enum class FileKind : std::uint8_t { kSocket, kEpoll, kEvent, kTimer, kPipe, kSignal };

// Keys that a wake-up carries: epoll passes it on only to items interested in one of these events.
// The empty key passes every interest; FIN, reset and shutdown use it.
inline constexpr std::uint32_t kWakeAll = 0;
inline constexpr std::uint32_t kWakeReadable = EPOLLIN | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND;
inline constexpr std::uint32_t kWakeWritable = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
inline constexpr std::uint32_t kWakeError = EPOLLERR;

class OpenFile {
 public:
  OpenFile(FileKind kind, Machine* machine) : machine_(machine), kind_(kind) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  FileKind kind() const { return kind_; }

  // File status flags: O_NONBLOCK and the access mode.
  int flags() const { return flags_; }
  void set_flags(int flags) { flags_ = flags; }
  bool non_blocking() const { return (flags_ & O_NONBLOCK) != 0; }

  // What poll(2) would report now, before any interest is applied. Asking may arm a later wake-up,
  // as it does in Linux (a socket without write space).
  virtual std::uint32_t poll() = 0;

  // Whether read(2) and write(2) exist for this kind of file at all; -EINVAL where they do not.
  virtual bool can_read() const { return true; }
  virtual bool can_write() const { return true; }
  // read(2) and write(2) in their vector form; the result is raw Linux, or kWouldBlock.
  virtual long read(const ScatterList& to);
  virtual long write(const ScatterList& from);

  // True when close() must wait (SO_LINGER); the machine's block says until when.
  virtual bool close_would_block() { return false; }

  // ioctl(2) requests that depend on the kind of file.
  virtual long ioctl(unsigned long request, int* argument);

  int references() const { return references_; }
  void add_reference() { ++references_; }
  // Drops one reference; the last one removes the file from every epoll instance and releases it.
  void drop_reference();

  // Tells every watching epoll instance that something happened. `key` as above.
  void wake(std::uint32_t key) {
    if (!watchers_.empty()) wake_watchers(key);
  }

  // Ends the registrations made under `descriptor`, as close(2) does not.
  void forget_watchers_of(int descriptor);

  using Watchers = IntrusiveList<EpollItem, &EpollItem::watching>;
  Watchers& watchers() { return watchers_; }

 protected:
  ~OpenFile() = default;

  // Called once, when nothing refers to the description any more.
  virtual void release() = 0;

  // Makes a recycled object a fresh description with one reference.
  void open(int flags);

  Machine& machine() const { return *machine_; }

  // The answer of a call that finds nothing to do: -EAGAIN, or kWouldBlock without a deadline.
  long would_block() const;

 private:
  void wake_watchers(std::uint32_t key);

  Machine* machine_;
  Watchers watchers_;
  int references_ = 0;
  int flags_ = 0;
  FileKind kind_;
};

}  // namespace e3::sim
