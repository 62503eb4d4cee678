// SPDX-License-Identifier: MIT
// The buffers of one call as readv(2) and writev(2) pass them; a plain buffer is a list of one.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace e3::sim {

class ScatterList {
 public:
  explicit ScatterList(std::span<const iovec> pieces) : pieces_(pieces) {
    for (const iovec& piece : pieces_) size_ += piece.iov_len;
  }

  std::size_t size() const { return size_; }

  // Copies `size` bytes, at most size(), to or from the buffers.
  void store(const void* value, std::size_t size, std::size_t offset = 0) const {
    const auto* from = static_cast<const std::byte*>(value);
    for_each_run(offset, size, [&from](std::byte* bytes, std::size_t run) {
      std::memcpy(bytes, from, run);
      from += run;
    });
  }
  void load(void* value, std::size_t size) const {
    auto* to = static_cast<std::byte*>(value);
    for_each_run(0, size, [&to](const std::byte* bytes, std::size_t run) {
      std::memcpy(to, bytes, run);
      to += run;
    });
  }

  // Calls use(std::byte*, length) for each contiguous run of [offset, offset + length).
  template <class Use>
  void for_each_run(std::size_t offset, std::size_t length, Use&& use) const {
    for (const iovec& piece : pieces_) {
      if (length == 0) return;
      if (offset >= piece.iov_len) {
        offset -= piece.iov_len;
        continue;
      }
      const std::size_t run = std::min(length, piece.iov_len - offset);
      use(static_cast<std::byte*>(piece.iov_base) + offset, run);
      length -= run;
      offset = 0;
    }
  }

 private:
  std::span<const iovec> pieces_;
  std::size_t size_ = 0;
};

}  // namespace e3::sim
