// SPDX-License-Identifier: MIT
#include "harness/world/engines/memory_in_use.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "harness/world/engines/sanitizer_memory.h"

namespace e3 {

std::size_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::size_t size = 0;
  std::size_t pages = 0;
  file >> size >> pages;
  return file ? pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::size_t allocated_bytes() {
  if (has_sanitizer_allocator()) return __sanitizer_get_current_allocated_bytes();
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
#else
  return 0;
#endif
}

}  // namespace e3
