// SPDX-License-Identifier: MIT
// Leaves one stack and continues on another. As swapcontext(3), without its two system calls for a
// signal mask that never changes here.
#pragma once

#include <cstddef>

namespace e3 {

// A suspended stack: its stack pointer. The registers that a call preserves lie on the stack.
using StackPointer = void*;

// Prepares a new stack that begins in `entry`, which must never return.
StackPointer prepare_stack(void* lowest, std::size_t size, void (*entry)());

// Saves the present place in `*from` and continues at `to`.
extern "C" void e3_switch_stack(StackPointer* from, StackPointer to);

}  // namespace e3
