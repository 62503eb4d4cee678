// SPDX-License-Identifier: MIT
// Descriptor numbers of the process under test: the lowest free one is always given out, as
// open(2) promises, because bugs of descriptor reuse depend on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace e3::sim {

class OpenFile;

struct Descriptor {
  OpenFile* file = nullptr;
  bool close_on_exec = false;
};

// Numbers are in [0, limit). A number may also be occupied by something that is not simulated (a
// real descriptor of the process); such a number is never given out and find() does not know it.
class DescriptorTable {
 public:
  explicit DescriptorTable(int limit);

  // RLIMIT_NOFILE, the first number that may not be given out. Lowering it closes nothing.
  int limit() const { return limit_; }
  void set_limit(int limit) { limit_ = limit; }

  // True when a number from `lowest` up is free; allocate() will then succeed.
  bool has_free(int lowest = 0) const { return lowest_free(lowest) < limit_; }
  // How many numbers are free, counted no further than `most`.
  int free_count(int most) const;
  // Gives the lowest free number from `lowest` up to `file`, or -EMFILE. Counts no reference.
  int allocate(OpenFile& file, bool close_on_exec, int lowest = 0);
  // Puts `file` at exactly `number`, which must be free and below the limit.
  void place(int number, OpenFile& file, bool close_on_exec);

  // nullptr when `number` is not a simulated descriptor.
  Descriptor* find(int number) {
    const auto index = static_cast<std::size_t>(number);
    return index < entries_.size() && entries_[index].file != nullptr ? &entries_[index] : nullptr;
  }
  const Descriptor* find(int number) const {
    const auto index = static_cast<std::size_t>(number);
    return index < entries_.size() && entries_[index].file != nullptr ? &entries_[index] : nullptr;
  }
  // Frees `number`, which must be simulated, and returns what it named.
  OpenFile& remove(int number);

  void occupy(int number);
  void vacate(int number);

  // How many simulated descriptors exist.
  std::size_t count() const { return count_; }

  // Forgets all simulated descriptors; occupied numbers stay. O(highest number used since the last
  // time).
  void reset();

 private:
  int lowest_free(int lowest) const;
  void mark(int number);
  void unmark(int number);

  int limit_;
  std::size_t count_ = 0;
  std::vector<Descriptor> entries_;
  int end_ = 0;                       // no entry from here on is in use
  std::vector<std::uint64_t> taken_;  // one bit per number: simulated or occupied
  std::size_t first_free_word_ = 0;   // no free bit below this word
};

}  // namespace e3::sim
