// SPDX-License-Identifier: MIT
// The two ends of a pipe(7), which event loops use to wake themselves. Linux keeps sixteen pages;
// a write fills the rest of the last page only if all of its odd bytes fit there.
#pragma once

#include <array>

#include "byte_queue.h"
#include "open_file.h"

namespace e3::sim {

class PipeEnd;

// What both ends share.
struct PipeBuffer {
  static constexpr std::size_t kPages = 16;

  ByteQueue bytes;
  std::array<std::size_t, kPages> unread{};  // in each used page, the oldest first
  std::array<std::size_t, kPages> filled{};  // up to where each has been written
  std::size_t pages = 0;
  PipeEnd* reader = nullptr;
  PipeEnd* writer = nullptr;

  void clear();
};

class PipeEnd final : public OpenFile {
 public:
  explicit PipeEnd(Machine* machine) : OpenFile(FileKind::kPipe, machine) {}

  void create(PipeBuffer& buffer, bool is_reader, int flags);  // O_NONBLOCK

  std::uint32_t poll() override;
  long read(const ScatterList& to) override;
  long write(const ScatterList& from) override;
  long ioctl(unsigned long request, int* argument) override;

 private:
  void release() override;
  std::size_t append(const ScatterList& from);

  PipeBuffer* buffer_ = nullptr;
  bool is_reader_ = false;
};

}  // namespace e3::sim
