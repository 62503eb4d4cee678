// SPDX-License-Identifier: MIT
#include "byte_form.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include "actions.h"

namespace e3::differential {

namespace {

constexpr std::size_t kStepSize = 3;
constexpr std::size_t kStepsMax = 64;
// How much of more than this fits into the buffers is the kernel's own affair.
constexpr std::uint32_t kBytesMax = 30'000;
constexpr std::uint32_t kWaitMax = 8;

constexpr std::array<std::uint32_t, 7> kMaskBits{EPOLLIN, EPOLLOUT,     EPOLLRDHUP,    EPOLLPRI,
                                                 EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE};

std::uint8_t within(int value, int count) { return static_cast<std::uint8_t>(value % count); }

bool needs_tcp(Action action) {
  return action == Action::kConnect || action == Action::kPeerSendUrgent ||
         action == Action::kSendUrgent || action == Action::kReceiveUrgent;
}

bool sends(Action action) {
  return action == Action::kPeerSend || action == Action::kPeerSendUrgent ||
         action == Action::kSend || action == Action::kSendVector || action == Action::kSendUrgent;
}

std::uint8_t slot_of(Action action, int value) {
  switch (action) {
    case Action::kEventRead:
    case Action::kEventWrite:
      return kEvent;
    case Action::kWait:
      return static_cast<std::uint8_t>(kOuterEpoll + value % 2);
    default:
      break;
  }
  return entry_of(action).shape <= Shape::kPeerHow ? within(value, kPeers) : within(value, kSlots);
}

std::uint8_t second_of(Shape shape, int value) {
  switch (shape) {
    case Shape::kTwoSlots:
      return static_cast<std::uint8_t>(kFirstDuplicate + value % 2);
    case Shape::kWatch:
    case Shape::kUnwatch:
      return static_cast<std::uint8_t>(kOuterEpoll + value % 2);
    default:
      return 0;
  }
}

std::uint32_t number_of(Shape shape, std::uint8_t byte) {
  switch (shape) {
    case Shape::kPeerLength:
    case Shape::kSlotLength:
      return kLengths.at(byte % kLengths.size());
    case Shape::kPipeLength:
      return kPipeLengths.at(byte % kPipeLengths.size());
    case Shape::kPeerHow:
    case Shape::kSlotHow:
      return byte % 3;
    case Shape::kWait:
      return 1 + byte % kWaitMax;
    case Shape::kWatch: {
      std::uint32_t mask = 0;
      for (std::size_t bit = 0; bit < kMaskBits.size(); ++bit) {
        if ((byte >> bit & 1) != 0) mask |= kMaskBits.at(bit);
      }
      return mask;
    }
    default:
      return 0;
  }
}

constexpr int kWeights = [] {
  int sum = 0;
  for (const ActionEntry& entry : kActions) sum += entry.weight;
  return sum;
}();
static_assert(kWeights <= 256);

// As many codes as the action has weight, so that random bytes do what random schedules do.
std::uint8_t code_of(Action action) {
  int code = 0;
  for (const ActionEntry& entry : kActions) {
    if (entry.action == action) break;
    code += entry.weight;
  }
  return static_cast<std::uint8_t>(code);
}

Action action_of(std::uint8_t code) {
  int left = code % kWeights;
  for (const ActionEntry& entry : kActions) {
    if (left < entry.weight) return entry.action;
    left -= entry.weight;
  }
  return Action::kWait;
}

Step decode_step(const std::uint8_t* bytes) {
  const Action action = action_of(bytes[0]);
  const Shape shape = entry_of(action).shape;
  return {action, slot_of(action, bytes[1] & 15), second_of(shape, bytes[1] >> 4),
          number_of(shape, bytes[2])};
}

}  // namespace

Input decode(std::span<const std::uint8_t> bytes) {
  Input input;
  if (bytes.empty()) return input;
  input.unix_sockets = (bytes[0] & 1) != 0;
  std::uint32_t sent = 0;
  const std::size_t steps = std::min(kStepsMax, (bytes.size() - 1) / kStepSize);
  for (std::size_t i = 0; i < steps; ++i) {
    Step step = decode_step(&bytes[1 + i * kStepSize]);
    if (input.unix_sockets && needs_tcp(step.action)) continue;
    if (sends(step.action) && (sent += step.number) > kBytesMax) continue;
    input.schedule.push_back(step);
  }
  return input;
}

std::string encode(const Input& input) {
  std::string bytes(1, input.unix_sockets ? '\1' : '\0');
  for (const Step& step : input.schedule) {
    std::array<std::uint8_t, kStepSize> code{code_of(step.action)};
    bool found = false;
    for (int slots = 0; slots < 256 && !found; ++slots) {
      for (int number = 0; number < 128 && !found; ++number) {
        code[1] = static_cast<std::uint8_t>(slots);
        code[2] = static_cast<std::uint8_t>(number);
        found = decode_step(code.data()) == step;
      }
    }
    if (!found) throw std::invalid_argument("has no byte form: " + print(step));
    bytes.append(code.begin(), code.end());
  }
  return bytes;
}

void write_seed(const std::string& folder, const std::string& name, const Input& input) {
  const std::string path = folder + "/" + name;
  std::ofstream file(path, std::ios::binary);
  file << encode(input);
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace e3::differential
