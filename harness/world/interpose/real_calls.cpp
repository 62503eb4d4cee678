// SPDX-License-Identifier: MIT
#include "harness/world/interpose/real_calls.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>

// In a preloaded library this file is compiled with E3_PRELOADED: there an interceptor is what has
// called us, and libc is next.
#ifdef E3_PRELOADED
#define E3_INTERCEPTOR(name) nullptr
#else
#define E3_INTERCEPTOR(name) &__interceptor_##name
#endif

// clang-format off
extern "C" {
#define E3_CALL(result, name, parameters, arguments) [[gnu::weak]] result __interceptor_##name parameters;
#include "harness/world/interpose/calls.def"
#undef E3_CALL
}

namespace e3::real {
namespace {

template <typename Function>
Function* next_definition(Function* interceptor, const char* name) {
  if (interceptor != nullptr) return interceptor;
  void* symbol = dlsym(RTLD_NEXT, name);
  if (symbol == nullptr) std::abort();  // libc lacks a function that calls.def lists
  return reinterpret_cast<Function*>(symbol);
}

}  // namespace

// No guard around what is found: sanitizers call some of these before they can lock anything.
#define E3_CALL(result, name, parameters, arguments)                            \
  result name parameters {                                                      \
    static constinit std::atomic<result(*) parameters> found = nullptr;          \
    auto* next = found.load(std::memory_order_relaxed);                         \
    if (next == nullptr) {                                                      \
      next = next_definition<result parameters>(E3_INTERCEPTOR(name), #name);    \
      found.store(next, std::memory_order_relaxed);                             \
    }                                                                           \
    return next arguments;                                                      \
  }
#include "harness/world/interpose/calls.def"
#undef E3_CALL
// clang-format on

}  // namespace e3::real
