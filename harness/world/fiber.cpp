// SPDX-License-Identifier: MIT
#include "harness/world/fiber.h"

#include <sys/mman.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define E3_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define E3_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define E3_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define E3_TSAN 1
#endif

#ifdef E3_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef E3_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace e3 {
namespace {

constexpr std::size_t kGuardBytes = 4096;
constexpr std::size_t kStackBytes = std::size_t{1} << 20;

// A new stack begins in a function without arguments; its fiber is handed over here.
thread_local Fiber* starting_fiber = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)) {
  stack_ = mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  mprotect(stack_, kGuardBytes, PROT_NONE);
  stack_bottom_ = static_cast<char*>(stack_) + kGuardBytes;
  fiber_ = prepare_stack(stack_bottom_, kStackBytes, &Fiber::entry);
#ifdef E3_TSAN
  tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#ifdef E3_ASAN
  // The last frames were never left; their red zones must not haunt the next mapping here.
  __asan_unpoison_memory_region(stack_bottom_, kStackBytes);
#endif
#ifdef E3_TSAN
  __tsan_destroy_fiber(tsan_fiber_);
#endif
  munmap(stack_, kGuardBytes + kStackBytes);
}

void Fiber::entry() {
  Fiber* self = std::exchange(starting_fiber, nullptr);
  self->enter();
}

void Fiber::enter() {
#ifdef E3_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &caller_stack_bottom_, &caller_stack_size_);
#endif
  body_();
  finished_ = true;
  switch_out(/*for_ever=*/true);
}

void Fiber::resume() {
  assert(!finished_);
  starting_fiber = this;  // read at the first resume only
#ifdef E3_TSAN
  tsan_caller_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(tsan_fiber_, 0);
#endif
#ifdef E3_ASAN
  __sanitizer_start_switch_fiber(&caller_fake_stack_, stack_bottom_, kStackBytes);
#endif
  e3_switch_stack(&caller_, fiber_);
#ifdef E3_ASAN
  __sanitizer_finish_switch_fiber(caller_fake_stack_, nullptr, nullptr);
#endif
}

void Fiber::suspend() { switch_out(/*for_ever=*/false); }

void Fiber::switch_out(bool for_ever) {
#ifdef E3_TSAN
  __tsan_switch_to_fiber(tsan_caller_, 0);
#endif
#ifdef E3_ASAN
  // A null save slot tells ASan that this stack is done and its fake frames can go.
  __sanitizer_start_switch_fiber(for_ever ? nullptr : &fiber_fake_stack_, caller_stack_bottom_,
                                 caller_stack_size_);
#endif
  static_cast<void>(for_ever);
  e3_switch_stack(&fiber_, caller_);
#ifdef E3_ASAN
  __sanitizer_finish_switch_fiber(fiber_fake_stack_, &caller_stack_bottom_, &caller_stack_size_);
#endif
}

}  // namespace e3
