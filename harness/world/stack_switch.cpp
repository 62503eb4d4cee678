// SPDX-License-Identifier: MIT
#include "harness/world/stack_switch.h"

#include <cstdint>
#include <cstring>

namespace e3 {
namespace {

// Both ABIs want 16.
char* aligned_top(void* lowest, std::size_t size) {
  char* top = static_cast<char*>(lowest) + size;
  return top - reinterpret_cast<std::uintptr_t>(top) % 16;
}

}  // namespace
}  // namespace e3

#if defined(__x86_64__)

// The registers that the System V ABI makes a function preserve; prepare_stack() lays out the same.
asm(R"(
.text
.globl e3_switch_stack
.type e3_switch_stack, @function
e3_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
.size e3_switch_stack, . - e3_switch_stack
)");

namespace e3 {

StackPointer prepare_stack(void* lowest, std::size_t size, void (*entry)()) {
  constexpr std::size_t kSavedRegisters = 6;
  // At a function's first instruction the stack holds its return address and is 8 off alignment.
  auto* frame = reinterpret_cast<void**>(aligned_top(lowest, size)) - (kSavedRegisters + 2);
  std::memset(frame, 0, (kSavedRegisters + 2) * sizeof(void*));
  frame[kSavedRegisters] = reinterpret_cast<void*>(entry);
  return frame;
}

}  // namespace e3

#elif defined(__aarch64__)

// x19 to x30 and d8 to d15, as the procedure call standard has it; `entry` goes in as x30.
asm(R"(
.text
.globl e3_switch_stack
.type e3_switch_stack, %function
e3_switch_stack:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size e3_switch_stack, . - e3_switch_stack
)");

namespace e3 {

StackPointer prepare_stack(void* lowest, std::size_t size, void (*entry)()) {
  constexpr std::size_t kFrame = 160;
  constexpr std::size_t kLinkRegister = 11;  // x30 in the frame, in words
  auto* frame = reinterpret_cast<void**>(aligned_top(lowest, size) - kFrame);
  std::memset(frame, 0, kFrame);
  frame[kLinkRegister] = reinterpret_cast<void*>(entry);
  return frame;
}

}  // namespace e3

#else
#error "e3 knows how to switch stacks on x86-64 and AArch64"
#endif
