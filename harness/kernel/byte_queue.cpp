// SPDX-License-Identifier: MIT
#include "byte_queue.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace e3::sim {

namespace {
constexpr std::size_t kCapacityMin = 256;
}  // namespace

inline void ByteQueue::append_run(const std::byte* bytes, std::size_t length) {
  const std::size_t tail = (head_ + size_) & (capacity_ - 1);
  const std::size_t first = std::min(length, capacity_ - tail);
  std::memcpy(ring_.get() + tail, bytes, first);
  if (length > first) std::memcpy(ring_.get(), bytes + first, length - first);
  size_ += length;
}

void ByteQueue::append_some(const ScatterList& from, std::size_t offset, std::size_t length) {
  reserve(size_ + length);
  from.for_each_run(offset, length,
                    [this](const std::byte* bytes, std::size_t run) { append_run(bytes, run); });
}

void ByteQueue::append_from(ByteQueue& other, std::size_t length) {
  if (length == 0) return;
  reserve(size_ + length);
  const std::size_t first = std::min(length, other.capacity_ - other.head_);
  append_run(other.ring_.get() + other.head_, first);
  if (length > first) append_run(other.ring_.get(), length - first);
  other.consume(length);
}

void ByteQueue::copy_to(const ScatterList& to, std::size_t length, std::size_t skip) const {
  std::size_t from = head_ + skip;
  to.for_each_run(0, length, [this, &from](std::byte* bytes, std::size_t run) {
    from &= capacity_ - 1;
    const std::size_t first = std::min(run, capacity_ - from);
    std::memcpy(bytes, ring_.get() + from, first);
    if (run > first) std::memcpy(bytes + first, ring_.get(), run - first);
    from += run;
  });
}

void ByteQueue::give_back() {
  ring_.reset();
  capacity_ = 0;
}

void ByteQueue::grow(std::size_t size) {
  const std::size_t capacity = std::max(kCapacityMin, std::bit_ceil(size));
  auto ring = std::make_unique<std::byte[]>(capacity);
  const std::size_t first = std::min(size_, capacity_ - head_);
  if (size_ != 0) {
    std::memcpy(ring.get(), ring_.get() + head_, first);
    std::memcpy(ring.get() + first, ring_.get(), size_ - first);
  }
  ring_ = std::move(ring);
  capacity_ = capacity;
  head_ = 0;
}

}  // namespace e3::sim
