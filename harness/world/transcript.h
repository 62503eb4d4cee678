// SPDX-License-Identifier: MIT
// What happened, in order: what each peer did and each call the target made, with its result and
// the virtual time. Printable, and hashable: the same seed must give the same hash.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace e3 {

// Nanoseconds since the world began; moves only when the scenario or a time-out moves it.
using VirtualTime = std::chrono::nanoseconds;

class Transcript {
 public:
  // Adds one line. `actor` is "target", "peer1", ...; `what` reads like strace.
  void record(VirtualTime when, std::string_view actor, std::string_view what);

  // Forgets the lines kept so far (not the hash): a new scenario begins.
  void begin_scenario();

  // The lines since begin_scenario(), oldest first; only the last kLinesKept are kept.
  std::vector<std::string> lines() const;

  // FNV-1a (64 bit) over every line recorded so far.
  std::uint64_t hash() const { return hash_; }

  static constexpr std::size_t kLinesKept = 200;

 private:
  std::vector<std::string> ring_;
  std::size_t next_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

// Bytes as a C string literal, cut after `limit` bytes with the count of what is left out.
std::string quoted(std::string_view bytes, std::size_t limit = 48);

}  // namespace e3
