// SPDX-License-Identifier: MIT
// Objects of the simulated machine, reused from call to call and from world to world, so that the
// steady state allocates nothing and forgetting a whole world is O(1).
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

namespace e3::sim {

// Addresses are stable. An object comes back as it was left: whoever takes it initialises it.
template <class T>
class ObjectPool {
 public:
  // `arguments` construct the object the first time.
  template <class... Arguments>
  T& take(Arguments... arguments) {
    if (!free_.empty()) {
      T& object = *free_.back();
      free_.pop_back();
      return object;
    }
    if (used_ == objects_.size()) objects_.emplace_back(arguments...);
    return objects_[used_++];
  }

  void give_back(T& object) { free_.push_back(&object); }

  // Visits all that are taken, and also those that have been given back.
  template <class Visitor>
  void visit(const Visitor& visitor) {
    for (std::size_t i = 0; i < used_; ++i) visitor(objects_[i]);
  }

  // How many objects are taken.
  std::size_t in_use() const { return used_ - free_.size(); }

  // Takes all objects back at once.
  void reset() {
    used_ = 0;
    free_.clear();
  }

 private:
  std::deque<T> objects_;
  std::vector<T*> free_;
  std::size_t used_ = 0;
};

}  // namespace e3::sim
