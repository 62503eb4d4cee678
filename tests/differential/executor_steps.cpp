// SPDX-License-Identifier: MIT
// What each step of a schedule calls.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>

#include "executor.h"

namespace e3::differential {

namespace {
// A sip stays below a third of any send buffer that Linux starts with, and below any window.
constexpr long kSip = 1L << 15;
constexpr int kSipsMax = 1;
}  // namespace

void Executor::peer_step(const Step& step, Outcome& outcome) {
  const int peer = step.slot % kPeers;
  switch (step.action) {
    case Action::kPeerConnect: {
      const int slot = kFirstConnection + peer;
      outcome.skipped = unix_sockets_ && slots_[slot] >= 0;
      if (outcome.skipped) return;
      outcome.value = system_->peer_connect(peer);
      if (unix_sockets_ && outcome.value >= 0) slots_[slot] = static_cast<int>(outcome.value);
      return;
    }
    case Action::kPeerSend:
      outcome.value = system_->peer_send(peer, next_bytes(step.number), 0);
      return;
    case Action::kPeerSendUrgent:
      outcome.value = system_->peer_send(peer, next_bytes(step.number), MSG_OOB);
      return;
    case Action::kPeerReceive:
      outcome.value = system_->peer_receive(peer, std::span(buffer_).first(step.number));
      note_bytes(outcome.value, outcome);
      return;
    case Action::kPeerShutdown:
      input_shut_[peer] = input_shut_[peer] || step.number != SHUT_WR;
      outcome.value = system_->peer_shutdown(peer, static_cast<int>(step.number));
      return;
    case Action::kPeerClose:
      outcome.value = system_->peer_close(peer);
      return;
    case Action::kPeerReset:
      outcome.value = system_->peer_reset(peer);
      return;
    case Action::kPeerPoll:
      outcome.value = system_->peer_poll(peer);
      return;
    case Action::kPeerSip:
      // A part read after the peer has shut its input down leaves a window of unknown size.
      outcome.skipped = !filled_ || input_shut_[peer] || ++sips_[peer] > kSipsMax;
      if (!outcome.skipped) drain_peer(peer, kSip, outcome);
      return;
    default:
      sips_[peer] = 0;
      drain_peer(peer, kFillMax, outcome);
  }
}

void Executor::socket_step(const Step& step, Outcome& outcome) {
  const int fd = slots_[step.slot];
  int flags = step.action == Action::kPeek ? MSG_PEEK : 0;
  if (step.action == Action::kReceiveUrgent || step.action == Action::kSendUrgent) flags = MSG_OOB;
  switch (step.action) {
    case Action::kReceive:
    case Action::kPeek:
    case Action::kReceiveUrgent:
      outcome.value = system_->receive(fd, std::span(buffer_).first(step.number), flags);
      note_bytes(outcome.value, outcome);
      return;
    case Action::kSend:
    case Action::kSendUrgent:
      if (filled_) {
        fill(fd, outcome);
        return;
      }
      outcome.value = system_->send(fd, next_bytes(step.number), flags);
      return;
    case Action::kSendVector: {
      if (filled_) {
        fill(fd, outcome);
        return;
      }
      const auto bytes = next_bytes(step.number);
      const std::size_t half = bytes.size() / 2;
      const std::array<iovec, 3> pieces{
          {{bytes.data(), half}, {nullptr, 0}, {bytes.data() + half, bytes.size() - half}}};
      outcome.value = system_->writev(fd, pieces);
      return;
    }
    case Action::kReceiveVector: {
      const std::size_t half = step.number / 2;
      const std::array<iovec, 2> pieces{
          {{buffer_.data(), half}, {buffer_.data() + half, step.number - half}}};
      outcome.value = system_->readv(fd, pieces);
      note_bytes(outcome.value, outcome);
      return;
    }
    case Action::kShutdown:
      outcome.value = system_->shutdown(fd, static_cast<int>(step.number));
      return;
    case Action::kSocketError:
      outcome.value = system_->socket_error(fd);
      return;
    case Action::kPeerName:
      outcome.value = system_->peer_name(fd);
      return;
    case Action::kReadable:
      outcome.value = system_->readable(fd);
      if (filled_ && outcome.value > 0) outcome.value = 1;  // how full a full socket is
      return;
    case Action::kLowWater:
      outcome.value = system_->set_low_water(fd, static_cast<int>(step.number));
      return;
    default:
      fill(fd, outcome);
  }
}

void Executor::descriptor_step(const Step& step, Outcome& outcome) {
  int& slot = slots_[step.slot];
  switch (step.action) {
    case Action::kAccept:
      outcome.skipped = slot >= 0 || slots_[kListener] < 0;
      if (outcome.skipped) return;
      outcome.value = system_->accept(slots_[kListener]);
      if (outcome.value >= 0) slot = static_cast<int>(outcome.value);
      return;
    case Action::kConnect:
      if (slot < 0) slot = static_cast<int>(system_->new_client());
      outcome.value = system_->connect(slot);
      return;
    case Action::kCloseWithReset:
      system_->set_linger_reset(slot);
      [[fallthrough]];
    case Action::kClose:
      outcome.value = system_->close(slot);
      slot = -1;
      return;
    case Action::kDuplicate:
      outcome.skipped = slots_[step.second] >= 0;
      if (outcome.skipped) return;
      outcome.value = system_->duplicate(slot);
      slots_[step.second] = static_cast<int>(outcome.value);
      return;
    case Action::kDuplicateOnto:
      outcome.skipped = slots_[step.second] < 0;
      if (outcome.skipped) return;
      outcome.value = system_->duplicate_onto(slot, slots_[step.second]);
      return;
    case Action::kPoll: {
      pollfd entry{slot, POLLIN | POLLOUT | POLLRDHUP | POLLPRI, 0};
      outcome.value = system_->poll(entry);
      if (outcome.value >= 0) outcome.value = entry.revents;
      return;
    }
    case Action::kPipeWrite:
      if (filled_) {
        outcome.skipped = true;
        return;
      }
      outcome.value = system_->write(slot, next_bytes(step.number));
      return;
    case Action::kPipeRead:
      outcome.value = system_->read(slot, std::span(buffer_).first(step.number));
      note_bytes(outcome.value, outcome);
      return;
    case Action::kEventWrite: {
      const std::uint64_t value = step.number == 5000 ? UINT64_MAX - 1 : step.number;
      outcome.value = system_->write(slot, std::as_bytes(std::span(&value, 1)));
      return;
    }
    default: {
      std::uint64_t value = 0;
      outcome.value = system_->read(slot, std::as_writable_bytes(std::span(&value, 1)));
      outcome.bytes_seen = static_cast<std::uint32_t>(value);
    }
  }
}

void Executor::epoll_step(const Step& step, Outcome& outcome) {
  if (step.action == Action::kWait) {
    std::array<epoll_event, 16> events{};
    outcome.value =
        system_->epoll_wait(slots_[step.slot], std::span(events).first(std::min(step.number, 16U)));
    for (long i = 0; i < outcome.value; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      outcome.events.emplace_back(event.events, event.data.u32);
    }
    return;
  }
  const int epoll = slots_[step.second];
  outcome.skipped = epoll < 0;
  if (outcome.skipped) return;
  int operation = EPOLL_CTL_DEL;
  if (step.action == Action::kAdd) operation = EPOLL_CTL_ADD;
  if (step.action == Action::kModify) operation = EPOLL_CTL_MOD;
  epoll_event event{};
  event.events = step.number;
  event.data.u64 = ++registrations_;
  outcome.value = system_->epoll_ctl(epoll, operation, slots_[step.slot], event);
}

}  // namespace e3::differential
