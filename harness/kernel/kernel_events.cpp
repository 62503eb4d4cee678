// SPDX-License-Identifier: MIT
// Calls that make the descriptors event loops use beside sockets: eventfd, timerfd, signalfd, pipe.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <csignal>

#include "kernel.h"
#include "machine.h"

namespace e3::sim {

namespace {

// One bit per signal, as the kernel's own sigset_t has them. SIGKILL and SIGSTOP cannot be taken.
std::uint64_t bits_of(const sigset_t& set) {
  std::uint64_t bits = 0;
  for (int number = 1; number <= 64; ++number) {
    const bool wanted = number != SIGKILL && number != SIGSTOP && sigismember(&set, number) == 1;
    if (wanted) bits |= std::uint64_t{1} << (number - 1);
  }
  return bits;
}

}  // namespace

// 0 when the process may open `count` more files, else -EMFILE or -ENFILE.
long Kernel::check_room(int count) const {
  if (machine_->descriptors.free_count(count) < count) return -EMFILE;
  const auto wanted = static_cast<std::size_t>(count);
  return machine_->open_files + wanted > machine_->config.open_files_max ? -ENFILE : 0;
}

long Kernel::eventfd(unsigned count, int flags) {
  if ((flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) != 0) return -EINVAL;
  if (const long full = check_room(1); full != 0) return full;
  EventFd& file = machine_->event_fds.take(machine_.get());
  file.create(count, flags);
  return install(file, (flags & EFD_CLOEXEC) != 0);
}

long Kernel::timerfd_create(clockid_t clock, int flags) {
  if ((flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) != 0) return -EINVAL;
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME) {
    return -EINVAL;
  }
  if (const long full = check_room(1); full != 0) return full;
  TimerFd& file = machine_->timer_fds.take(machine_.get());
  file.create(clock, flags);
  return install(file, (flags & TFD_CLOEXEC) != 0);
}

long Kernel::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old_value) {
  if (value == nullptr) return -EFAULT;
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (descriptor->file->kind() != FileKind::kTimer) return -EINVAL;
  return static_cast<TimerFd*>(descriptor->file)->set_time(flags, *value, old_value);
}

long Kernel::timerfd_gettime(int fd, itimerspec* value) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (descriptor->file->kind() != FileKind::kTimer) return -EINVAL;
  return static_cast<TimerFd*>(descriptor->file)->get_time(value);
}

long Kernel::signalfd4(int fd, const sigset_t* mask, int flags) {
  if ((flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)) != 0) return -EINVAL;
  if (fd == -1) {
    if (const long full = check_room(1); full != 0) return full;
    SignalFd& file = machine_->signal_fds.take(machine_.get());
    file.create(bits_of(*mask), flags);
    return install(file, (flags & SFD_CLOEXEC) != 0);
  }
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (descriptor->file->kind() != FileKind::kSignal) return -EINVAL;
  static_cast<SignalFd*>(descriptor->file)->set_mask(bits_of(*mask));
  return fd;
}

long Kernel::pipe2(int descriptors[2], int flags) {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0) return -EINVAL;
  if (const long full = check_room(2); full != 0) return full;
  PipeBuffer& buffer = machine_->pipe_buffers.take();
  buffer.clear();
  PipeEnd& reader = machine_->pipe_ends.take(machine_.get());
  PipeEnd& writer = machine_->pipe_ends.take(machine_.get());
  reader.create(buffer, true, flags);
  writer.create(buffer, false, flags);
  descriptors[0] = static_cast<int>(install(reader, (flags & O_CLOEXEC) != 0));
  descriptors[1] = static_cast<int>(install(writer, (flags & O_CLOEXEC) != 0));
  return 0;
}

}  // namespace e3::sim
