// SPDX-License-Identifier: MIT
#include "harness/world/peer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "harness/world/interrupt.h"
#include "harness/world/world.h"

namespace e3 {

namespace {

// Bytes: more than any answer that is worth comparing, and little beside a machine's memory.
constexpr std::size_t kReceivedMax = 64 << 20;
// Bytes: more than anybody greets with, and soon read one by one.
constexpr std::size_t kGreetingMax = 1 << 20;

}  // namespace

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::kOpen:
      return "still open";
    case Ending::kEof:
      return "end of file";
    case Ending::kReset:
      return "reset";
  }
  return "unknown";
}

Peer::Peer(World& world, std::uint32_t number, std::unique_ptr<Wire> wire,
           std::string_view greeting_end)
    : world_(&world), number_(number), wire_(std::move(wire)), greeting_end_(greeting_end) {
  note(PeerDeed::kConnects);
}

Peer::~Peer() {
  if (wire_ == nullptr) return;
  if (std::uncaught_exceptions() > 0) world_->breaks_off();
  close();
}

std::size_t Peer::send(std::string_view bytes) {
  std::size_t sent = 0;
  long error = 0;
  while (sent < bytes.size()) {
    const long count = wire_->send(bytes.data() + sent, bytes.size() - sent);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (count != -EAGAIN || !world_->wait_writable(*wire_)) {
      error = count;
      break;
    }
  }
  note(PeerDeed::kSends, static_cast<long>(sent), bytes.size(), bytes.substr(0, sent));
  // EPIPE: the reset came after the server had ended its side. Told once, as by SO_ERROR of
  // socket(7): reads now say end of file.
  if (error == -ECONNRESET || (error == -EPIPE && !shut_)) {
    was_reset_ = true;
    note(PeerDeed::kSeesError, error);
  }
  return sent;
}

void Peer::shutdown_write() {
  note(PeerDeed::kHalfCloses);
  shut_ = true;
  wire_->shutdown_write();
}

void Peer::close() {
  note(PeerDeed::kCloses);
  world_->left(*wire_);
  wire_->close();
  wire_.reset();
}

void Peer::reset() {
  note(PeerDeed::kResets);
  world_->left(*wire_);
  wire_->reset();
  wire_.reset();
}

// What is there of it. Byte by byte: what follows belongs to an answer.
void Peer::take_greeting() {
  throw_if_interrupted();
  while (greeting_is_due()) {
    if (greeting_.size() >= kGreetingMax) throw_endless();
    char byte = 0;
    const long count = wire_->receive(&byte, 1);
    if (count <= 0) return note_ending(count);
    greeting_ += byte;
    if (!greeting_.ends_with(greeting_end_)) continue;
    greeting_end_ = std::exchange(login_end_, {});
    note(PeerDeed::kReceives, static_cast<long>(greeting_.size()), 0, greeting_);
    greeting_.clear();
  }
}

void Peer::receive_greeting() {
  if (!greeting_is_due()) return;
  take_greeting();
  while (greeting_is_due() && world_->wait_readable(*wire_)) {
    const std::size_t before = greeting_.size();
    take_greeting();
    if (greeting_is_due() && greeting_.size() == before) return;
  }
}

void Peer::log_in(std::string_view bytes, std::string_view end) {
  send(bytes);
  (greeting_end_.empty() ? greeting_end_ : login_end_) = end;
  receive_greeting();
}

std::size_t Peer::receive_now(std::size_t limit) {
  if (greeting_is_due()) take_greeting();
  if (greeting_is_due()) return 0;
  if (ending_ != Ending::kOpen) return 0;
  static thread_local std::array<char, 65536> buffer;
  const long count = wire_->receive(buffer.data(), std::min(limit, buffer.size()));
  if (count > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    received_ += bytes;
    note(PeerDeed::kReceives, count, 0, bytes);
    if (received_.size() > kReceivedMax) throw_endless();
    return bytes.size();
  }
  note_ending(count);
  return 0;
}

// `result` is what a read returned instead of bytes.
void Peer::note_ending(long result) {
  if (result == 0) {
    ending_ = was_reset_ ? Ending::kReset : Ending::kEof;
    note(PeerDeed::kSeesEnd);
  } else if (result != -EAGAIN) {
    ending_ = Ending::kReset;
    note(PeerDeed::kSeesError, result);
  }
}

// What it has been waiting for.
void Peer::throw_endless() const {
  const bool greets = greeting_is_due();
  throw TargetUnavailable(
      std::string("its ") + (greets ? "greeting" : "answer") + " has no end: a peer has got " +
      std::to_string((greets ? greeting_ : received_).size() >> 20U) + " MiB of it");
}

std::size_t Peer::receive(std::size_t limit) {
  throw_if_interrupted();
  receive_greeting();
  if (greeting_is_due()) return 0;
  const std::size_t count = receive_now(limit);
  if (count > 0 || ending_ != Ending::kOpen || !world_->wait_readable(*wire_)) return count;
  return receive_now(limit);
}

void Peer::receive_up_to(std::size_t total) {
  while (received_.size() < total && receive(total - received_.size()) > 0) {
  }
}

void Peer::receive_until(std::string_view end) {
  std::size_t searched = 0;  // what lies before cannot hold the beginning of it
  while (received_.find(end, searched) == received_.npos) {
    searched = received_.size() - std::min(received_.size(), end.size());
    if (receive(65536) == 0) return;
  }
}

void Peer::receive_to_end() {
  while (receive(65536) > 0) {
  }
}

void Peer::note(PeerDeed deed, long result, std::size_t argument, std::string_view bytes) {
  TranscriptRecord& record = world_->transcript().add(world_->now());
  record.actor = Actor::kPeer;
  record.on = {Role::kAny, false, number_};
  record.deed = static_cast<std::uint8_t>(deed);
  record.result = result;
  record.argument = static_cast<std::int64_t>(argument);
  if (!bytes.empty()) record.keep(bytes.data(), bytes.size());
}

}  // namespace e3
