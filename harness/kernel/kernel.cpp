// SPDX-License-Identifier: MIT
// The engine's side of the machine, its descriptors and its clocks.
#include "kernel.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "machine.h"
#include "mutation.h"

namespace e3::sim {

Kernel::Kernel(const KernelConfig& config)
    : machine_(std::make_unique<Machine>(config)), descriptors_(&machine_->descriptors) {}

Kernel::~Kernel() = default;

void Kernel::reset() { machine_->reset(); }

void Kernel::reset(const KernelConfig& config) {
  machine_->config = config;
  machine_->descriptors.set_limit(config.descriptor_limit);
  machine_->reset();
}

const Block& Kernel::block() const { return machine_->block; }

Nanoseconds Kernel::now() const { return machine_->clock.monotonic(); }

Nanoseconds Kernel::next_timer() const { return machine_->timers.next(); }

void Kernel::advance_to(Nanoseconds instant) {
  while (machine_->timers.next() <= instant && machine_->timers.next() != kNever) {
    machine_->clock.advance_to(machine_->timers.next());
    machine_->timers.expire_next();
  }
  machine_->clock.advance_to(instant);
}

void Kernel::step_realtime(Nanoseconds by) {
  machine_->clock.step_realtime(by);
  machine_->timer_fds.visit([by](TimerFd& timer) { timer.realtime_stepped(by); });
}

void Kernel::occupy_number(int fd) { machine_->descriptors.occupy(fd); }

void Kernel::vacate_number(int fd) { machine_->descriptors.vacate(fd); }

void Kernel::set_descriptor_limit(int limit) { machine_->descriptors.set_limit(limit); }

void Kernel::set_process_limit(int limit) { machine_->config.descriptor_limit = limit; }

void Kernel::set_event_order(EventOrder* order) { machine_->event_order = order; }

void Kernel::raise(int signal) { machine_->raise(signal); }

bool Kernel::take_signal(int signal) {
  const std::uint64_t bit = std::uint64_t{1} << (signal - 1);
  const bool pending = (machine_->pending_signals & bit) != 0;
  machine_->pending_signals &= ~bit;
  return pending;
}

// Gives a new file its descriptor. The caller has checked that a number and a file are free.
long Kernel::install(OpenFile& file, bool close_on_exec, int lowest) {
  ++machine_->open_files;
  return machine_->descriptors.allocate(file, close_on_exec, lowest);
}

void Kernel::close_descriptor(int fd) {
  OpenFile& file = machine_->descriptors.remove(fd);
  if (file.references() == 1) --machine_->open_files;
  if (mutated(Mutation::kItemDiesWithItsDescriptor)) file.forget_watchers_of(fd);
  file.drop_reference();
}

long Kernel::close(int fd) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  OpenFile& file = *descriptor->file;
  if (file.references() == 1 && file.close_would_block()) return kWouldBlock;
  close_descriptor(fd);
  return 0;
}

long Kernel::dup(int fd) { return fcntl(fd, F_DUPFD, 0); }

long Kernel::dup2(int fd, int number) {
  if (fd == number) return owns(fd) ? fd : -EBADF;
  return dup3(fd, number, 0);
}

long Kernel::dup3(int fd, int number, int flags) {
  if ((flags & ~O_CLOEXEC) != 0 || fd == number) return -EINVAL;
  DescriptorTable& table = machine_->descriptors;
  if (number < 0 || number >= table.limit()) return -EBADF;
  const Descriptor* descriptor = table.find(fd);
  if (descriptor == nullptr) return -EBADF;
  OpenFile& file = *descriptor->file;
  file.add_reference();
  if (table.find(number) != nullptr) close_descriptor(number);
  table.place(number, file, (flags & O_CLOEXEC) != 0);
  return number;
}

long Kernel::fcntl(int fd, int command, long argument) {
  DescriptorTable& table = machine_->descriptors;
  Descriptor* descriptor = table.find(fd);
  if (descriptor == nullptr) return -EBADF;
  OpenFile& file = *descriptor->file;
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: {
      if (argument < 0 || argument >= table.limit()) return -EINVAL;
      const int number =
          table.allocate(file, command == F_DUPFD_CLOEXEC, static_cast<int>(argument));
      if (number >= 0) file.add_reference();
      return number;
    }
    case F_GETFD:
      return descriptor->close_on_exec ? FD_CLOEXEC : 0;
    case F_SETFD:
      descriptor->close_on_exec = (argument & FD_CLOEXEC) != 0;
      return 0;
    case F_GETFL:
      return file.flags();
    case F_SETFL: {
      constexpr int kSettable = O_NONBLOCK | O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME;
      file.set_flags((file.flags() & ~kSettable) | (static_cast<int>(argument) & kSettable));
      return 0;
    }
    default:
      return -EINVAL;
  }
}

long Kernel::ioctl(int fd, unsigned long request, int* argument) {
  Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  OpenFile& file = *descriptor->file;
  switch (request) {
    case FIONBIO:
      file.set_flags(*argument != 0 ? file.flags() | O_NONBLOCK : file.flags() & ~O_NONBLOCK);
      return 0;
    case FIOCLEX:
    case FIONCLEX:
      descriptor->close_on_exec = request == FIOCLEX;
      return 0;
    default:
      return file.ioctl(request, argument);
  }
}

long Kernel::fstat(int fd, struct stat* status) const {
  const Descriptor* descriptor = descriptors_->find(fd);
  if (descriptor == nullptr) return -EBADF;
  *status = {};
  status->st_nlink = 1;
  status->st_blksize = 4096;
  switch (descriptor->file->kind()) {
    case FileKind::kSocket:
      status->st_mode = S_IFSOCK | 0777;
      break;
    case FileKind::kPipe:
      status->st_mode = S_IFIFO | 0600;
      break;
    default:
      status->st_mode = 0600;  // an anonymous inode has no type
  }
  return 0;
}

long Kernel::clock_gettime(clockid_t clock, timespec* time) const {
  Nanoseconds instant = 0;
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      instant = machine_->clock.realtime();
      break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
      instant = machine_->clock.monotonic();
      break;
    default:
      return -EINVAL;
  }
  time->tv_sec = instant / kSecond;
  time->tv_nsec = instant % kSecond;
  return 0;
}

}  // namespace e3::sim
