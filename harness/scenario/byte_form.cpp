// SPDX-License-Identifier: MIT
#include "harness/scenario/byte_form.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/scenario/step_codes.h"

namespace e3::scenario {
namespace {

// A run this long is shorter as a repetition.
constexpr std::size_t kRunMin = 8;
constexpr std::uint64_t kNumberMax = 0xffff'ffff;

struct PeerCode {
  Verb verb;
  std::uint8_t code;
};
// The verbs that have nothing but a peer.
constexpr PeerCode kPeerCodes[] = {
    {Verb::kConnect, codes::kConnect},     {Verb::kConnectTiny, codes::kConnectTiny},
    {Verb::kHalfClose, codes::kHalfClose}, {Verb::kClose, codes::kClose},
    {Verb::kReset, codes::kReset},         {Verb::kExpectAnswer, codes::kExpectAnswer}};

// The frozen faults, parsed once.
const std::vector<Fault>& frozen_faults() {
  static const auto& faults = *new std::vector<Fault>([] {
    std::vector<Fault> parsed;
    for (const std::string_view text : codes::kFaults) parsed.push_back(*parse_fault(text));
    return parsed;
  }());
  return faults;
}

void put(std::string& out, std::size_t code) { out += static_cast<char>(code); }

void put_number(std::string& out, std::uint64_t number) {
  int digits = 1;
  while (number >> (4 * digits) != 0) ++digits;
  while (digits-- > 0) put(out, codes::kDigit + ((number >> (4 * digits)) & 0xf));
}

// Writes `base` plus the place of `amount` among the frozen ones, or spells the amount out.
template <std::size_t Count>
void put_amount(std::string& out, std::size_t base, std::size_t stride, std::uint64_t amount,
                const std::array<std::uint64_t, Count>& frozen) {
  const auto* found = std::find(frozen.begin(), frozen.end(), amount);
  if (found == frozen.end()) {
    put_number(out, amount);
    found = frozen.begin();
  }
  put(out, base + stride * static_cast<std::size_t>(found - frozen.begin()));
}

void put_payload(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    const std::size_t end = std::min(bytes.find_first_not_of(bytes[0]), bytes.size());
    if (byte >= 0x80) put(out, codes::kHighByte);
    put(out, byte & 0x7f);
    std::size_t taken = 1;
    if (end >= kRunMin) {
      put_amount(out, codes::kRepeat, 1, end - 1, codes::kRepeatAmounts);
      taken = end;
    }
    bytes.remove_prefix(taken);
  }
}

void put_fault(std::string& out, const Fault& fault) {
  Fault first = fault;
  first.nth = 1;
  const auto& frozen = frozen_faults();
  const auto found = std::find(frozen.begin(), frozen.end(), first);
  if (found == frozen.end()) {
    put(out, codes::kFaultText);
    out += to_string(fault);
    return;
  }
  if (fault.nth != 1) put_number(out, fault.nth);
  put(out, codes::kFault + static_cast<std::size_t>(found - frozen.begin()));
}

class Decoder {
 public:
  explicit Decoder(Scenario& steps) : steps_(&steps) {}

  void run(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto code = static_cast<unsigned char>(bytes[i]);
      if (code < 0x80) {
        payload(bytes[i]);
      } else if (code == codes::kFaultText) {
        const std::string_view rest = bytes.substr(i + 1);
        const auto* end = std::find_if(rest.begin(), rest.end(), is_step);
        fault_in_words(rest.substr(0, static_cast<std::size_t>(end - rest.begin())));
        i += static_cast<std::size_t>(end - rest.begin());
      } else if (code != codes::kHighByte) {
        step(code);
      } else if (++i < bytes.size()) {
        payload(static_cast<char>(bytes[i] | '\x80'));
      }
    }
    steps_->resize(used_);
  }

 private:
  static bool is_step(char c) { return static_cast<unsigned char>(c) >= 0x80; }

  void fault_in_words(std::string_view words) {
    const auto fault = parse_fault(words);
    if (fault && !objection_to(*fault)) add(Verb::kFault).fault = *fault;
    open_ = nullptr;
    number_.reset();
    shift_ = 0;
  }

  Step& add(Verb verb, std::size_t peer = 0, std::uint64_t amount = 0) {
    if (used_ == steps_->size()) steps_->emplace_back();
    Step& step = (*steps_)[used_++];
    step.verb = verb;
    step.peer = static_cast<std::uint8_t>(peer);
    step.amount = amount;
    step.bytes.clear();
    step.fault = {};
    open_ = nullptr;
    return step;
  }

  void payload(char byte) {
    if (open_ == nullptr || open_->bytes.size() == kSegmentMax) open_ = &add(Verb::kSend, peer_);
    open_->bytes += byte;
    number_.reset();
    shift_ = 0;
  }

  // The amount spelled out before this step, within its range, else the frozen one.
  std::uint64_t amount(std::uint64_t frozen, std::uint64_t most) {
    return number_ ? std::clamp<std::uint64_t>(*number_, 1, most) : frozen;
  }

  void step(unsigned char code) {
    if (code >= codes::kDigit) {
      number_ = (number_.value_or(0) << 4 | (code - codes::kDigit)) & kNumberMax;
      return;
    }
    if (code == codes::kShift) {
      shift_ = codes::kPeersInCode;
      return;
    }
    if (code >= codes::kRepeat && code < codes::kRepeat + codes::kRepeatAmounts.size()) {
      repeat(amount(codes::kRepeatAmounts[code - codes::kRepeat], kSegmentMax));
    } else if (code >= codes::kFault && code < codes::kFault + codes::kFaults.size()) {
      Fault fault = frozen_faults()[code - codes::kFault];
      fault.nth = static_cast<std::uint32_t>(amount(1, kNumberMax));
      add(Verb::kFault).fault = fault;
    } else if (code == codes::kSettle) {
      add(Verb::kSettle);
    } else if (code >= codes::kAdvance && code < codes::kAdvance + codes::kAdvanceAmounts.size()) {
      add(Verb::kAdvance, 0, amount(codes::kAdvanceAmounts[code - codes::kAdvance], kAdvanceMax));
    } else if (code < codes::kAdvance) {
      peer_step(code);
    }
    number_.reset();
    shift_ = 0;
  }

  void peer_step(unsigned char code) {
    peer_ = code % codes::kPeersInCode + shift_;
    open_ = nullptr;
    if (code >= codes::kRead) {
      const std::uint64_t frozen = codes::kReadAmounts[(code - codes::kRead) / codes::kPeersInCode];
      add(Verb::kRead, peer_, amount(frozen, kReadMax));
      return;
    }
    for (const PeerCode& each : kPeerCodes) {
      if (code - code % codes::kPeersInCode == each.code) add(each.verb, peer_);
    }
  }

  void repeat(std::uint64_t times) {
    if (open_ == nullptr) return;
    const std::size_t room = kSegmentMax - open_->bytes.size();
    open_->bytes.append(std::min<std::size_t>(room, times), open_->bytes.back());
  }

  Scenario* steps_;
  std::size_t used_ = 0;
  std::size_t peer_ = 0;
  std::size_t shift_ = 0;
  Step* open_ = nullptr;  // the segment that payload is added to
  std::optional<std::uint64_t> number_;
};

}  // namespace

std::string encode(const Scenario& scenario) {
  std::string out;
  std::size_t current = 0;
  bool open = false;  // payload would be added to the segment before
  for (const Step& step : scenario) {
    const bool selects = step.verb == Verb::kSend && (open || step.peer != current);
    const bool names_peer = selects || (has_peer(step.verb) && step.verb != Verb::kSend);
    const std::size_t peer = step.peer % codes::kPeersInCode;
    if (names_peer && step.peer != peer) put(out, codes::kShift);
    if (selects) put(out, codes::kSelect + peer);
    if (step.verb == Verb::kSend) put_payload(out, step.bytes);
    if (step.verb == Verb::kSettle) put(out, codes::kSettle);
    if (step.verb == Verb::kAdvance) {
      put_amount(out, codes::kAdvance, 1, step.amount, codes::kAdvanceAmounts);
    }
    if (step.verb == Verb::kFault) put_fault(out, step.fault);
    if (step.verb == Verb::kRead) {
      put_amount(out, codes::kRead + peer, codes::kPeersInCode, step.amount, codes::kReadAmounts);
    }
    for (const PeerCode& each : kPeerCodes) {
      if (each.verb == step.verb) put(out, each.code + peer);
    }
    if (has_peer(step.verb)) current = step.peer;
    // Payload right behind a fault in words would be taken for one of them.
    open = step.verb == Verb::kSend || step.verb == Verb::kFault;
  }
  return out;
}

void decode(std::string_view bytes, Scenario& scenario) { Decoder(scenario).run(bytes); }

Scenario decode(std::string_view bytes) {
  Scenario scenario;
  decode(bytes, scenario);
  return scenario;
}

}  // namespace e3::scenario
