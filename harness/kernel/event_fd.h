// SPDX-License-Identifier: MIT
// An eventfd(2) object: a counter that wakes its watchers at every write.
#pragma once

#include <cstdint>

#include "open_file.h"

namespace e3::sim {

class EventFd final : public OpenFile {
 public:
  explicit EventFd(Machine* machine) : OpenFile(FileKind::kEvent, machine) {}

  void create(std::uint64_t count, int flags);  // EFD_ flags

  std::uint32_t poll() override;
  long read(const ScatterList& to) override;
  long write(const ScatterList& from) override;

 private:
  void release() override;

  std::uint64_t count_ = 0;
  bool semaphore_ = false;
};

}  // namespace e3::sim
