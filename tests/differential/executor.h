// SPDX-License-Identifier: MIT
// Runs a schedule on a system and notes everything the kernel answered.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "schedule.h"
#include "system.h"

namespace e3::differential {

// What one step observed. `events` holds mask and registration number in the order reported.
struct Outcome {
  bool skipped = false;  // its slot was empty
  bool sigpipe = false;
  long value = 0;
  std::uint32_t bytes_seen = 0;  // a hash of what was read
  std::vector<std::pair<std::uint32_t, std::uint32_t>> events;

  bool operator==(const Outcome&) const = default;
};

using Outcomes = std::vector<Outcome>;

// `unix_sockets`: peer-connect makes a pair, whose process end goes to the connection slot of the
// peer's number. The result's buffers are reused from run to run.
class Executor {
 public:
  explicit Executor(bool unix_sockets);

  const Outcomes& run(const Schedule& schedule, System& system);

 private:
  // A socket that takes or gives this much without end is a finding, not a buffer.
  static constexpr long kFillMax = 1L << 28;

  void perform(const Step& step, Outcome& outcome);
  void peer_step(const Step& step, Outcome& outcome);
  void socket_step(const Step& step, Outcome& outcome);
  void descriptor_step(const Step& step, Outcome& outcome);
  void epoll_step(const Step& step, Outcome& outcome);
  void fill(int fd, Outcome& outcome);
  void drain_peer(int peer, long most, Outcome& outcome);
  std::span<std::byte> next_bytes(std::size_t length);
  void note_bytes(long length, Outcome& outcome);

  bool unix_sockets_;
  System* system_ = nullptr;
  int slots_[kSlots] = {};
  std::uint32_t registrations_ = 0;
  std::uint8_t next_byte_ = 0;
  int sips_[kPeers] = {};
  bool input_shut_[kPeers] = {};
  bool filled_ = false;  // from now on how much a send takes is not comparable
  std::vector<std::byte> buffer_;
  std::vector<std::byte> zeros_;
  Outcomes outcomes_;
};

std::string print(const Outcome& outcome);

}  // namespace e3::differential
