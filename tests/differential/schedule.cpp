// SPDX-License-Identifier: MIT
#include "schedule.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <array>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "actions.h"

namespace e3::differential {

namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, const ScheduleOptions& options) : random_(seed), options_(options) {
    // Each schedule uses some actions often and others not at all, so that rare combinations come
    // up (swarm testing).
    for (const ActionEntry& entry : kActions) {
      const bool left_out = entry.action != Action::kWait && below(4) == 0;
      weights_.push_back(left_out ? 0 : entry.weight * (1 + below(3)));
    }
    if (options_.unix_sockets) {  // no listener; and urgent data on AF_UNIX is not modelled
      weights_[static_cast<std::size_t>(Action::kConnect)] = 0;
      weights_[static_cast<std::size_t>(Action::kPeerSendUrgent)] = 0;
      weights_[static_cast<std::size_t>(Action::kSendUrgent)] = 0;
      weights_[static_cast<std::size_t>(Action::kReceiveUrgent)] = 0;
    }
    if (!options_.full_buffers) {
      weights_[static_cast<std::size_t>(Action::kFill)] = 0;
      weights_[static_cast<std::size_t>(Action::kPeerDrain)] = 0;
      weights_[static_cast<std::size_t>(Action::kPeerSip)] = 0;
    }
  }

  Schedule generate() {
    Schedule schedule;
    const int connections = 1 + below(kConnections);
    for (int i = 0; i < connections; ++i) {
      schedule.push_back({Action::kPeerConnect, byte(i)});
      if (!options_.unix_sockets) schedule.push_back({Action::kAccept, byte(kFirstConnection + i)});
      if (below(4) != 0) {
        schedule.push_back({Action::kAdd, byte(kFirstConnection + i), kOuterEpoll, mask()});
      }
    }
    std::discrete_distribution<std::size_t> pick(weights_.begin(), weights_.end());
    const int steps = 4 + below(below(4) == 0 ? 40 : 14);
    for (int i = 0; i < steps; ++i) schedule.push_back(step(kActions.at(pick(random_))));
    return schedule;
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  static std::uint8_t byte(int value) { return static_cast<std::uint8_t>(value); }

  std::uint32_t length() { return kLengths.at(static_cast<std::size_t>(below(kLengths.size()))); }

  std::uint32_t mask() {
    std::uint32_t events = 0;
    if (below(4) != 0) events |= EPOLLIN;
    if (below(2) != 0) events |= EPOLLOUT;
    if (below(3) == 0) events |= EPOLLRDHUP;
    if (below(8) == 0) events |= EPOLLPRI;
    if (below(2) == 0) events |= EPOLLET;
    if (below(6) == 0) events |= EPOLLONESHOT;
    if (below(12) == 0) events |= EPOLLEXCLUSIVE;
    return events;
  }

  std::uint8_t slot() {  // mostly a connection
    return byte(below(4) != 0 ? kFirstConnection + below(kConnections) : below(kSlots));
  }

  std::uint8_t epoll() { return byte(below(6) == 0 ? kInnerEpoll : kOuterEpoll); }

  Step step(const ActionEntry& entry) {
    const std::uint8_t peer = byte(below(kPeers));
    switch (entry.shape) {
      case Shape::kPeer:
        return {entry.action, peer};
      case Shape::kPeerLength:
        return {entry.action, peer, 0, length()};
      case Shape::kPeerHow:
        return {entry.action, peer, 0, below(2) != 0 ? 1U : static_cast<std::uint32_t>(below(3))};
      case Shape::kSlot:
        return {entry.action, entry.action == Action::kEventRead ? byte(kEvent) : slot()};
      case Shape::kSlotLength:
        return {entry.action, entry.action == Action::kEventWrite ? byte(kEvent) : slot(), 0,
                length()};
      case Shape::kSlotHow:
        return {entry.action, slot(), 0, below(2) != 0 ? 1U : static_cast<std::uint32_t>(below(3))};
      case Shape::kPipeLength:
        return {entry.action,
                byte(below(8) != 0 ? (entry.action == Action::kPipeRead ? kPipeReader : kPipeWriter)
                                   : below(kSlots)),
                0, kPipeLengths.at(static_cast<std::size_t>(below(kPipeLengths.size())))};
      case Shape::kTwoSlots:
        return {entry.action, slot(), byte(kFirstDuplicate + below(2))};
      case Shape::kWatch:
        return {entry.action, slot(), epoll(), mask()};
      case Shape::kUnwatch:
        return {entry.action, slot(), epoll()};
      case Shape::kWait:
        return {entry.action, epoll(), 0,
                below(3) == 0 ? 8U : 1U + static_cast<std::uint32_t>(below(3))};
    }
    return {};
  }

  std::mt19937_64 random_;
  ScheduleOptions options_;
  std::vector<int> weights_;
};

}  // namespace

Schedule generate(std::uint64_t seed, const ScheduleOptions& options) {
  return Generator(seed, options).generate();
}

std::string print(const Step& step) {
  return fmt::format("{} {} {} {:#x}", entry_of(step.action).name, step.slot, step.second,
                     step.number);
}

std::string print(const Schedule& schedule) {
  std::string text;
  for (const Step& step : schedule) text += print(step) + "\n";
  return text;
}

Schedule parse(const std::string& text) {
  Schedule schedule;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string name;
    unsigned slot = 0;
    unsigned second = 0;
    std::string number;
    if (!(words >> name >> slot >> second >> number)) throw std::invalid_argument(line);
    const ActionEntry* found = nullptr;
    for (const ActionEntry& entry : kActions) {
      if (entry.name == name) found = &entry;
    }
    if (found == nullptr || slot >= kSlots || second >= kSlots) throw std::invalid_argument(line);
    schedule.push_back({found->action, static_cast<std::uint8_t>(slot),
                        static_cast<std::uint8_t>(second),
                        static_cast<std::uint32_t>(std::stoul(number, nullptr, 0))});
  }
  return schedule;
}

}  // namespace e3::differential
