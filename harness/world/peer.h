// SPDX-License-Identifier: MIT
// One scripted client. Its verbs act at once; what they wait for, the world decides: in process
// the target runs until it would block, against a program the wait is bounded by the time-out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/world/transcript.h"
#include "harness/world/wire.h"

namespace e3 {

class World;

// How the server's side of a connection ended, as this peer saw it.
enum class Ending { kOpen, kEof, kReset };

std::string_view to_string(Ending ending);

// Movable; closing is the destructor's last resort. Must not outlive its world.
class Peer {
 public:
  // `number` counts the peers of a world from 1.
  // What the server says unasked, up to `greeting_end`, is no part of what is received.
  Peer(World& world, std::uint32_t number, std::unique_ptr<Wire> wire,
       std::string_view greeting_end = {});
  ~Peer();
  Peer(Peer&&) noexcept = default;
  Peer& operator=(Peer&&) = delete;

  // Sends what the connection takes, letting the target run while it is full. Returns how many
  // bytes were sent: fewer than asked when the target reads no more or has gone.
  std::size_t send(std::string_view bytes);
  // Waits for the greeting. It may still come later, where the target is held.
  void receive_greeting();
  // Sends what the protocol wants first. The answer to that, up to `end` if it has one, is no part
  // of what is received, either.
  void log_in(std::string_view bytes, std::string_view end);
  void shutdown_write();
  void close();
  void reset();

  // One read of at most `limit` bytes, after waiting for something to read. Returns how many came;
  // 0 when nothing did, or when the server's side has ended (see ending()).
  std::size_t receive(std::size_t limit);
  // One read of at most `limit` bytes of what is there now, without waiting.
  std::size_t receive_now(std::size_t limit);
  // Reads until `total` bytes have been received since the connection began, or no more come.
  void receive_up_to(std::size_t total);
  // Reads until `end` is among what has been received, or no more comes.
  void receive_until(std::string_view end);
  // Reads until the server's side ends, or no more comes.
  void receive_to_end();

  const std::string& received() const { return received_; }
  // As if nothing had been received yet.
  void forget_received() { received_.clear(); }
  Ending ending() const { return ending_; }
  bool is_open() const { return wire_ != nullptr; }
  Wire& wire() { return *wire_; }

 private:
  bool greeting_is_due() const { return !greeting_end_.empty() && ending_ == Ending::kOpen; }
  void take_greeting();
  void note_ending(long result);
  [[noreturn]] void throw_endless() const;
  void note(PeerDeed deed, long result = 0, std::size_t argument = 0, std::string_view bytes = {});

  World* world_;
  std::uint32_t number_;
  std::unique_ptr<Wire> wire_;     // null once closed
  std::string_view greeting_end_;  // empty once it has come
  std::string_view login_end_;     // of what comes after it
  std::string greeting_;
  std::string received_;
  Ending ending_ = Ending::kOpen;
  bool shut_ = false;       // this side has been ended
  bool was_reset_ = false;  // a send has said so
};

}  // namespace e3
