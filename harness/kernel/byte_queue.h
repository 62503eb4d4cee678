// SPDX-License-Identifier: MIT
// Bytes in order: a socket's receive or send queue. A ring that grows by doubling and keeps its
// memory when emptied, so that a recycled socket allocates nothing.
#pragma once

#include <cstddef>
#include <memory>

#include "scatter_list.h"

namespace e3::sim {

class ByteQueue {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Appends bytes [offset, offset + length) of `from`.
  void append(const ScatterList& from, std::size_t offset, std::size_t length) {
    if (length != 0) append_some(from, offset, length);
  }
  // Moves the first `length` bytes of `other` to the end of this queue.
  void append_from(ByteQueue& other, std::size_t length);
  // Copies the first `length` bytes (at most size()) from `skip` on to the start of `to`.
  void copy_to(const ScatterList& to, std::size_t length, std::size_t skip = 0) const;
  // Drops the first `length` bytes (at most size()).
  void consume(std::size_t length) {
    size_ -= length;
    head_ = size_ == 0 ? 0 : (head_ + length) & (capacity_ - 1);
  }
  // The byte at `index`, less than size().
  std::byte at(std::size_t index) const { return ring_[(head_ + index) & (capacity_ - 1)]; }
  // Empties the queue; memory above what a busy connection needs is given back.
  void clear() {
    head_ = size_ = 0;
    if (capacity_ > kCapacityKept) give_back();
  }

 private:
  static constexpr std::size_t kCapacityKept = std::size_t{64} * 1024;

  void give_back();
  void append_some(const ScatterList& from, std::size_t offset, std::size_t length);
  void append_run(const std::byte* bytes, std::size_t length);
  void reserve(std::size_t size) {
    if (size > capacity_) grow(size);
  }
  void grow(std::size_t size);

  std::unique_ptr<std::byte[]> ring_;
  std::size_t capacity_ = 0;  // zero or a power of two
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace e3::sim
