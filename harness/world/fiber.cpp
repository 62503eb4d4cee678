// SPDX-License-Identifier: MIT
#include "harness/world/fiber.h"

#include <sys/mman.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

// What the sanitizers must be told of a switch of stacks, asked for at run time: the harness may be
// built without them while the target is built with them.
// NOLINTBEGIN(bugprone-reserved-identifier): these are the runtimes' own names.
extern "C" {
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom,
                                                  std::size_t size);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom,
                                                   std::size_t* size);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* begin, std::size_t size);
[[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);
[[gnu::weak]] void __lsan_unregister_root_region(const void* begin, std::size_t size);
[[gnu::weak]] void* __tsan_get_current_fiber();
[[gnu::weak]] void* __tsan_create_fiber(unsigned flags);
[[gnu::weak]] void __tsan_destroy_fiber(void* fiber);
[[gnu::weak]] void __tsan_switch_to_fiber(void* fiber, unsigned flags);
}

namespace e3 {
namespace {

constexpr std::size_t kGuardBytes = 4096;
constexpr std::size_t kEntryBytes = 4096;  // what a fiber uses outside of its body, at most

// A new stack begins in a function without arguments; its fiber is handed over here.
thread_local Fiber* starting_fiber = nullptr;

// Stacks of ended fibers, for the next ones: a world is made and ended far more often than memory
// can be mapped. Never destroyed, since a fiber may outlive static objects.
std::vector<void*>& spare_stacks() {
  static thread_local auto& stacks = *new std::vector<void*>;
  return stacks;
}

void* take_stack(std::size_t size) {
  std::vector<void*>& spare = spare_stacks();
  if (size == Fiber::kStackBytes && !spare.empty()) {
    void* stack = spare.back();
    spare.pop_back();
    return stack;
  }
  void* stack = mmap(nullptr, kGuardBytes + size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  mprotect(stack, kGuardBytes, PROT_NONE);
  if (__lsan_register_root_region != nullptr) {
    // What a suspended target owns is no leak, though only this stack leads to it.
    __lsan_register_root_region(static_cast<char*>(stack) + kGuardBytes, size);
  }
  return stack;
}

}  // namespace

Fiber::Fiber(std::function<void()> body, std::size_t stack_bytes)
    : body_(std::move(body)),
      stack_bytes_(stack_bytes),
      watched_(__sanitizer_start_switch_fiber != nullptr || __tsan_switch_to_fiber != nullptr),
      stack_(take_stack(stack_bytes)) {
  stack_bottom_ = static_cast<char*>(stack_) + kGuardBytes;
  fiber_ = prepare_stack(stack_bottom_, stack_bytes_, &Fiber::entry);
  if (__tsan_create_fiber != nullptr) tsan_fiber_ = __tsan_create_fiber(0);
}

Fiber::~Fiber() {
  if (__asan_unpoison_memory_region != nullptr) {
    // The last frames were never left; their red zones must not haunt the next fiber here. A body
    // that has returned leaves those of enter() alone, at the top.
    const std::size_t left = finished_ ? kEntryBytes : stack_bytes_;
    __asan_unpoison_memory_region(static_cast<char*>(stack_bottom_) + stack_bytes_ - left, left);
  }
  if (__tsan_destroy_fiber != nullptr) __tsan_destroy_fiber(tsan_fiber_);
  if (stack_bytes_ == kStackBytes) {
    spare_stacks().push_back(stack_);
    return;
  }
  if (__lsan_unregister_root_region != nullptr) {
    __lsan_unregister_root_region(stack_bottom_, stack_bytes_);
  }
  munmap(stack_, kGuardBytes + stack_bytes_);
}

void Fiber::entry() {
  Fiber* self = std::exchange(starting_fiber, nullptr);
  self->enter();
}

void Fiber::enter() {
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(nullptr, &caller_stack_bottom_, &caller_stack_size_);
  }
  body_();
  finished_ = true;
  switch_out(/*for_ever=*/true);
}

void Fiber::resume_watched() {
  assert(!finished_);
  if (!std::exchange(begun_, true)) starting_fiber = this;
  if (__tsan_switch_to_fiber != nullptr) {
    tsan_caller_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tsan_fiber_, 0);
  }
  if (__sanitizer_start_switch_fiber != nullptr) {
    __sanitizer_start_switch_fiber(&caller_fake_stack_, stack_bottom_, stack_bytes_);
  }
  e3_switch_stack(&caller_, fiber_);
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(caller_fake_stack_, nullptr, nullptr);
  }
}

void Fiber::switch_out(bool for_ever) {
  if (__tsan_switch_to_fiber != nullptr) __tsan_switch_to_fiber(tsan_caller_, 0);
  if (__sanitizer_start_switch_fiber != nullptr) {
    // A null save slot tells ASan that this stack is done and its fake frames can go.
    __sanitizer_start_switch_fiber(for_ever ? nullptr : &fiber_fake_stack_, caller_stack_bottom_,
                                   caller_stack_size_);
  }
  e3_switch_stack(&fiber_, caller_);
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(fiber_fake_stack_, &caller_stack_bottom_, &caller_stack_size_);
  }
}

// NOLINTEND(bugprone-reserved-identifier)

}  // namespace e3
