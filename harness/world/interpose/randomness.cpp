// SPDX-License-Identifier: MIT
// Interposed: where a server gets its randomness. It is the same in every run.
#include <sys/random.h>

#include <cstdint>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

constexpr std::size_t kEntropyMax = 256;  // getentropy(3)

thread_local std::uint64_t state = 0;

void fill(void* buffer, std::size_t size) {
  auto* bytes = static_cast<unsigned char*>(buffer);
  for (std::size_t i = 0; i < size; ++i) {
    // splitmix64, a byte of each number.
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    bytes[i] = static_cast<unsigned char>(z >> 56);
  }
}

}  // namespace

extern "C" {

ssize_t getrandom(void* buffer, size_t size, unsigned flags) {
  if (Turn kernel; kernel) {
    fill(buffer, size);
    return static_cast<ssize_t>(size);
  }
  return real::getrandom(buffer, size, flags);
}

int getentropy(void* buffer, size_t size) {
  if (Turn kernel; kernel) {
    if (size > kEntropyMax) return returned(-EIO);
    fill(buffer, size);
    return 0;
  }
  return real::getentropy(buffer, size);
}

}  // extern "C"

namespace e3::interpose {
void link_randomness() {}
void restart_randomness() { state = 0; }
}  // namespace e3::interpose
