// SPDX-License-Identifier: MIT
#include "harness/world/interpose/real_calls.h"

#include <dlfcn.h>

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

// Sanitizers call some of these before they have begun: no guard around what is found, and no call
// of an inline function, of which another file may bring along an instrumented copy.
#define E3_CALL(result, name, parameters, arguments)                            \
  result name parameters {                                                      \
    using Function = result parameters;                                         \
    static constinit Function* found = nullptr;                                 \
    Function* next = __atomic_load_n(&found, __ATOMIC_RELAXED);                 \
    if (next == nullptr) {                                                      \
      next = next_definition<Function>(E3_INTERCEPTOR(name), #name);            \
      __atomic_store_n(&found, next, __ATOMIC_RELAXED);                         \
    }                                                                           \
    return next arguments;                                                      \
  }
#include "harness/world/interpose/calls.def"
#undef E3_CALL
// clang-format on

}  // namespace e3::real
