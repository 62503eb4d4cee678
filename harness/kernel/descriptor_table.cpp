// SPDX-License-Identifier: MIT
#include "descriptor_table.h"

#include <algorithm>
#include <bit>
#include <cerrno>

namespace e3::sim {

namespace {
constexpr int kWordBits = 64;
std::uint64_t bit_of(int number) { return std::uint64_t{1} << (number % kWordBits); }
std::size_t word_of(int number) { return static_cast<std::size_t>(number / kWordBits); }
}  // namespace

DescriptorTable::DescriptorTable(int limit) : limit_(limit) {}

int DescriptorTable::allocate(OpenFile& file, bool close_on_exec, int lowest) {
  const int number = lowest_free(lowest);
  if (number >= limit_) return -EMFILE;
  place(number, file, close_on_exec);
  return number;
}

int DescriptorTable::free_count(int most) const {
  int count = 0;
  for (int number = lowest_free(0); count < most && number < limit_;
       number = lowest_free(number + 1)) {
    ++count;
  }
  return count;
}

void DescriptorTable::place(int number, OpenFile& file, bool close_on_exec) {
  mark(number);
  const auto index = static_cast<std::size_t>(number);
  if (index >= entries_.size()) entries_.resize(index + 1);
  entries_[index] = {&file, close_on_exec};
  end_ = std::max(end_, number + 1);
  ++count_;
}

OpenFile& DescriptorTable::remove(int number) {
  Descriptor& entry = entries_[static_cast<std::size_t>(number)];
  OpenFile& file = *entry.file;
  entry = {};
  --count_;
  unmark(number);
  return file;
}

void DescriptorTable::occupy(int number) { mark(number); }

void DescriptorTable::vacate(int number) { unmark(number); }

void DescriptorTable::reset() {
  for (int number = 0; number < end_; ++number) {
    if (find(number) != nullptr) remove(number);
  }
  end_ = 0;
}

int DescriptorTable::lowest_free(int lowest) const {
  if (lowest == 0 && first_free_word_ < taken_.size()) {
    return static_cast<int>(first_free_word_) * kWordBits +
           std::countr_one(taken_[first_free_word_]);
  }
  std::size_t word = std::max(first_free_word_, word_of(lowest));
  for (; word < taken_.size(); ++word) {
    std::uint64_t taken = taken_[word];
    if (word == word_of(lowest)) taken |= bit_of(lowest) - 1;
    if (~taken != 0) return static_cast<int>(word) * kWordBits + std::countr_one(taken);
  }
  return std::max(lowest, static_cast<int>(word) * kWordBits);
}

void DescriptorTable::mark(int number) {
  const std::size_t word = word_of(number);
  if (word >= taken_.size()) taken_.resize(word + 1);
  taken_[word] |= bit_of(number);
  while (first_free_word_ < taken_.size() && ~taken_[first_free_word_] == 0) ++first_free_word_;
}

void DescriptorTable::unmark(int number) {
  const std::size_t word = word_of(number);
  if (word >= taken_.size()) return;
  taken_[word] &= ~bit_of(number);
  first_free_word_ = std::min(first_free_word_, word);
}

}  // namespace e3::sim
