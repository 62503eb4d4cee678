// SPDX-License-Identifier: MIT
#include "executor.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace e3::differential {

namespace {
constexpr std::size_t kBufferSize = 1 << 16;
}  // namespace

Executor::Executor(bool unix_sockets)
    : unix_sockets_(unix_sockets), buffer_(kBufferSize), zeros_(kBufferSize) {}

const Outcomes& Executor::run(const Schedule& schedule, System& system) {
  system_ = &system;
  registrations_ = 0;
  next_byte_ = 0;
  filled_ = false;
  std::fill(std::begin(sips_), std::end(sips_), 0);
  std::fill(std::begin(input_shut_), std::end(input_shut_), false);
  outcomes_.resize(schedule.size());
  std::fill(std::begin(slots_), std::end(slots_), -1);
  system.begin();
  if (!unix_sockets_) slots_[kListener] = static_cast<int>(system.listen());
  slots_[kOuterEpoll] = static_cast<int>(system.epoll_create());
  slots_[kInnerEpoll] = static_cast<int>(system.epoll_create());
  slots_[kEvent] = static_cast<int>(system.eventfd());
  system.pipe(&slots_[kPipeReader]);
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    Outcome& outcome = outcomes_[i];
    outcome.skipped = outcome.sigpipe = false;
    outcome.value = 0;
    outcome.bytes_seen = 0;
    outcome.events.clear();
    perform(schedule[i], outcome);
    outcome.sigpipe = system.take_sigpipe();
  }
  system.end();
  return outcomes_;
}

void Executor::perform(const Step& step, Outcome& outcome) {
  if (step.action <= Action::kPeerPoll || step.action >= Action::kPeerDrain) {
    peer_step(step, outcome);
    return;
  }
  if (slots_[step.slot] < 0 && step.action != Action::kAccept && step.action != Action::kConnect) {
    outcome.skipped = true;
    return;
  }
  switch (step.action) {
    case Action::kAdd:
    case Action::kModify:
    case Action::kDelete:
    case Action::kWait:
      epoll_step(step, outcome);
      break;
    case Action::kAccept:
    case Action::kConnect:
    case Action::kClose:
    case Action::kCloseWithReset:
    case Action::kDuplicate:
    case Action::kDuplicateOnto:
    case Action::kPoll:
    case Action::kEventWrite:
    case Action::kEventRead:
    case Action::kPipeWrite:
    case Action::kPipeRead:
      descriptor_step(step, outcome);
      break;
    default:
      socket_step(step, outcome);
  }
}

// How many bytes fit is the kernel's own affair: what is compared is that some did and that in the
// end none do.
void Executor::fill(int fd, Outcome& outcome) {
  const bool first = !filled_;
  filled_ = true;
  long total = 0;
  while (total < kFillMax) {
    const long sent = system_->send(fd, zeros_, MSG_NOSIGNAL);
    if (sent < 0) {
      outcome.value = sent;
      outcome.bytes_seen = first && total > 0 ? 1 : 0;
      return;
    }
    total += sent;
  }
  outcome.value = kFillMax;
}

void Executor::drain_peer(int peer, long most, Outcome& outcome) {
  long total = 0;
  while (total < most) {
    const auto part = std::min(buffer_.size(), static_cast<std::size_t>(most - total));
    const long got = system_->peer_receive(peer, std::span(buffer_).first(part));
    if (got <= 0) {
      outcome.value = got;
      outcome.bytes_seen = total > 0 ? 1 : 0;
      return;
    }
    total += got;
  }
  outcome.value = most;
}

// Bytes that count up, so that a lost, doubled or moved byte shows.
std::span<std::byte> Executor::next_bytes(std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) buffer_[i] = std::byte{next_byte_++};
  return std::span(buffer_).first(length);
}

void Executor::note_bytes(long length, Outcome& outcome) {
  std::uint32_t hash = 2166136261;  // FNV-1a
  for (long i = 0; i < length; ++i) {
    hash = (hash ^ std::to_integer<std::uint32_t>(buffer_[static_cast<std::size_t>(i)])) * 16777619;
  }
  outcome.bytes_seen = hash;
}

std::string print(const Outcome& outcome) {
  if (outcome.skipped) return "skipped";
  std::string text = outcome.value < 0
                         ? fmt::format("{}", strerrorname_np(static_cast<int>(-outcome.value)))
                         : fmt::format("{}", outcome.value);
  if (outcome.sigpipe) text += " SIGPIPE";
  if (outcome.bytes_seen != 0) text += fmt::format(" bytes:{:x}", outcome.bytes_seen);
  for (const auto& [events, registration] : outcome.events) {
    text += fmt::format(" [{:#x} reg{}]", events, registration);
  }
  return text;
}

}  // namespace e3::differential
