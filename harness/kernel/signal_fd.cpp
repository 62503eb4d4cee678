// SPDX-License-Identifier: MIT
#include "signal_fd.h"

#include <fcntl.h>
#include <sys/signalfd.h>

#include <bit>

#include "machine.h"

namespace e3::sim {

void SignalFd::create(std::uint64_t mask, int flags) {
  open(O_RDWR | (flags & SFD_NONBLOCK));
  mask_ = mask;
  in_machine = {};
  machine().signal_fds_open.push_back(*this);
}

void SignalFd::set_mask(std::uint64_t mask) {
  mask_ = mask;
  wake(kWakeAll);
}

std::uint32_t SignalFd::poll() {
  return (machine().pending_signals & mask_) != 0 ? std::uint32_t{EPOLLIN} : 0;
}

// One record per pending signal, the lowest number first, as many as fit.
long SignalFd::read(const ScatterList& to) {
  std::uint64_t& pending = machine().pending_signals;
  if (to.size() < sizeof(signalfd_siginfo)) return -EINVAL;
  if ((pending & mask_) == 0) return would_block();
  std::size_t written = 0;
  while ((pending & mask_) != 0 && to.size() - written >= sizeof(signalfd_siginfo)) {
    const int index = std::countr_zero(pending & mask_);
    pending &= ~(std::uint64_t{1} << index);
    signalfd_siginfo record{};
    record.ssi_signo = static_cast<std::uint32_t>(index + 1);
    to.store(&record, sizeof record, written);
    written += sizeof record;
  }
  return static_cast<long>(written);
}

void SignalFd::release() {
  IntrusiveList<SignalFd, &SignalFd::in_machine>::remove(*this);
  machine().signal_fds.give_back(*this);
}

}  // namespace e3::sim
