// SPDX-License-Identifier: MIT
// A second stack on the same thread. The target runs on a fiber, the scenario on the thread's own
// stack; they take turns, so a server that "blocks" merely hands the turn back.
#pragma once

#include <cstddef>
#include <functional>

#include "harness/world/stack_switch.h"

namespace e3 {

// Not thread-safe: create, resume and destroy on one thread.
class Fiber {
 public:
  // `body` runs at the first resume(), on a stack of `stack_bytes`, a multiple of the page size. It
  // must not let an exception escape.
  explicit Fiber(std::function<void()> body, std::size_t stack_bytes = kStackBytes);
  // A fiber that has not finished is abandoned: its stack is unmapped, its objects are not
  // destroyed.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the body until it calls suspend() or returns. Must not be called once finished() is true.
  void resume() {
    if (watched_ || !begun_) {
      resume_watched();
    } else {
      e3_switch_stack(&caller_, fiber_);
    }
  }
  // Called on the fiber: hands the turn back to the caller of resume().
  void suspend() {
    if (watched_) {
      switch_out(/*for_ever=*/false);
    } else {
      e3_switch_stack(&fiber_, caller_);
    }
  }
  bool finished() const { return finished_; }

  static constexpr std::size_t kStackBytes = std::size_t{1} << 20;

 private:
  static void entry();
  void enter();
  void resume_watched();  // with all that the first time and the sanitizers need
  void switch_out(bool for_ever);

  std::function<void()> body_;
  std::size_t stack_bytes_;
  bool watched_;  // by a sanitizer
  bool begun_ = false;
  bool finished_ = false;
  void* stack_ = nullptr;         // mmap(2)ed, lowest page unreadable
  void* stack_bottom_ = nullptr;  // above the guard page
  StackPointer fiber_ = nullptr;
  StackPointer caller_ = nullptr;

  // What the sanitizers must be told at each switch; unused without them.
  void* caller_fake_stack_ = nullptr;
  void* fiber_fake_stack_ = nullptr;
  const void* caller_stack_bottom_ = nullptr;
  std::size_t caller_stack_size_ = 0;
  void* tsan_fiber_ = nullptr;
  void* tsan_caller_ = nullptr;
};

}  // namespace e3
