// SPDX-License-Identifier: MIT
// What the sanitizers know about the target's memory, asked at run time: the harness may be built
// without them while the target is built with them, as for fuzzing.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>

// NOLINTBEGIN(bugprone-reserved-identifier): these are the runtimes' own names.
extern "C" {
[[gnu::weak]] void* __asan_region_is_poisoned(void* begin, std::size_t size);
[[gnu::weak]] void __msan_unpoison(const volatile void* begin, std::size_t size);
[[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();
}

namespace e3 {

inline bool memory_is_known() { return __asan_region_is_poisoned != nullptr; }

// Malloc is the sanitizer's: what is freed stays in the resident set for a while.
inline bool has_sanitizer_allocator() { return __sanitizer_get_current_allocated_bytes != nullptr; }

// True when not all of the region may be accessed: a buffer that is smaller than claimed. False
// where no sanitizer knows.
inline bool is_poisoned(void* begin, std::size_t size) {
  return memory_is_known() && size != 0 && __asan_region_is_poisoned(begin, size) != nullptr;
}

// Tells MemorySanitizer that memory was written.
inline void mark_filled(const void* begin, std::size_t size) {
  if (__msan_unpoison != nullptr) __msan_unpoison(begin, size);
}

// The same of the first `size` bytes of a vector.
inline void mark_filled(const iovec* parts, int count, std::size_t size) {
  if (__msan_unpoison == nullptr) return;
  for (int i = 0; i < count && size > 0; ++i) {
    const std::size_t run = std::min(parts[i].iov_len, size);
    __msan_unpoison(parts[i].iov_base, run);
    size -= run;
  }
}
// NOLINTEND(bugprone-reserved-identifier)

}  // namespace e3
