// SPDX-License-Identifier: MIT
// A signalfd(2): signals that are pending for the process, read as records. The process is assumed
// to have blocked them, as signalfd requires.
#pragma once

#include "open_file.h"

namespace e3::sim {

class SignalFd final : public OpenFile {
 public:
  explicit SignalFd(Machine* machine) : OpenFile(FileKind::kSignal, machine) {}

  void create(std::uint64_t mask, int flags);  // bit (number - 1); SFD_ flags
  void set_mask(std::uint64_t mask);

  std::uint32_t poll() override;
  long read(const ScatterList& to) override;
  bool can_write() const override { return false; }

  // In the machine's list of signalfds, all of which a new signal wakes.
  ListHook<SignalFd> in_machine;

 private:
  void release() override;

  std::uint64_t mask_ = 0;
};

}  // namespace e3::sim
