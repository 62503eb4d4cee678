// SPDX-License-Identifier: MIT
#include "harness/explore/exhaust.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

constexpr std::size_t kFailuresMax = 3;
constexpr std::uint64_t kProgressEvery = 4096;

constexpr Verb kHangups[] = {Verb::kHalfClose, Verb::kClose, Verb::kReset};

// Writes steps over those of the scenario before, whose memory is used again.
class Writer {
 public:
  explicit Writer(Scenario& scenario) : scenario_(&scenario) {}
  ~Writer() { scenario_->resize(used_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void add(Verb verb, std::size_t peer = 0, std::uint64_t amount = 0) {
    Step& step = next();
    step.verb = verb;
    step.peer = static_cast<std::uint8_t>(peer);
    step.amount = amount;
    step.bytes.clear();
  }
  void send(std::size_t peer, std::string_view bytes) {
    if (bytes.empty()) return;
    add(Verb::kSend, peer);
    (*scenario_)[used_ - 1].bytes = bytes;
  }
  void settle() { add(Verb::kSettle); }

 private:
  Step& next() {
    if (used_ == scenario_->size()) scenario_->emplace_back();
    return (*scenario_)[used_++];
  }

  Scenario* scenario_;
  std::size_t used_ = 0;
};

// The request in `count` pieces of about one size.
std::string_view piece(std::string_view request, std::size_t index, std::size_t count) {
  const std::size_t begin = request.size() * index / count;
  return request.substr(begin, request.size() * (index + 1) / count - begin);
}

Sweep cuts_into_three(const Requests& requests) {
  const std::uint64_t size = requests.of(0).size();
  return {.what = fmt::format("cuts of {} bytes into at most three", size),
          .total = size * (size + 1) / 2,
          .make = [requests](std::uint64_t number, Scenario& scenario) {
            // The cuts (1,1) (1,2) (2,2) (1,3) ...: too many to be kept for a long request.
            std::size_t second = 1;
            while (number >= second) number -= second++;
            const std::size_t first = number + 1;
            const std::string_view bytes = requests.of(0);
            Writer writer(scenario);
            writer.send(0, bytes.substr(0, first));
            writer.settle();
            writer.send(0, bytes.substr(first, second - first));
            writer.settle();
            writer.send(0, bytes.substr(second));
            if (requests.peer_ends) writer.add(Verb::kHalfClose);
          }};
}

}  // namespace

Sweep fragmentations(const Requests& requests) {
  const std::string& request = requests.of(0);
  if (request.empty() || request.size() > kFragmentedMax) return cuts_into_three(requests);
  return {.what = fmt::format("fragmentations of {} bytes", request.size()),
          .total = std::uint64_t{1} << (request.size() - 1),
          .make = [requests](std::uint64_t number, Scenario& scenario) {
            Writer writer(scenario);
            const std::string_view bytes = requests.of(0);
            std::size_t begin = 0;
            for (std::size_t end = 1; end < bytes.size(); ++end) {
              if ((number >> (end - 1) & 1) == 0) continue;
              writer.send(0, bytes.substr(begin, end - begin));
              writer.settle();
              begin = end;
            }
            writer.send(0, bytes.substr(begin));
            if (requests.peer_ends) writer.add(Verb::kHalfClose);
          }};
}

Sweep interleavings(const Requests& requests) {
  constexpr unsigned kPieces = 4;
  std::vector<unsigned> orders;  // bit i: whose piece is the i-th
  for (unsigned mask = 0; mask < 1U << (2 * kPieces); ++mask) {
    if (std::popcount(mask) == static_cast<int>(kPieces)) orders.push_back(mask);
  }
  constexpr std::uint64_t kLooks = std::uint64_t{1} << (2 * kPieces - 1);
  return {.what = fmt::format("interleavings of two peers' requests in {} pieces each", kPieces),
          .total = orders.size() * kLooks,
          .make = [requests, orders](std::uint64_t number, Scenario& scenario) {
            const unsigned order = orders[number / kLooks];
            const std::uint64_t look = number % kLooks;
            std::size_t sent[2] = {};
            Writer writer(scenario);
            for (unsigned i = 0; i < 2 * kPieces; ++i) {
              const std::size_t peer = order >> i & 1;
              writer.send(peer, piece(requests.of(peer), sent[peer]++, kPieces));
              if (requests.peer_ends && sent[peer] == kPieces) writer.add(Verb::kHalfClose, peer);
              if ((look >> i & 1) != 0) writer.settle();
            }
          }};
}

Sweep event_orders(const Requests& requests) {
  // Peers 1 to 4 have been accepted and do one thing each; the fifth arrives.
  using Order = std::vector<std::size_t>;
  std::vector<Order> orders;
  for (unsigned kinds = 0; kinds < 1U << 5U; ++kinds) {  // which of them happen
    if (std::popcount(kinds) < 2) continue;
    Order order;
    for (std::size_t peer = 0; peer < 5; ++peer) {
      if ((kinds >> peer & 1U) != 0) order.push_back(peer);
    }
    do {
      orders.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  const std::uint64_t total = orders.size();
  return {.what = "orders of batches of 2 to 5 events",
          .total = total,
          .make = [requests, orders = std::move(orders)](std::uint64_t number, Scenario& scenario) {
            Writer writer(scenario);
            for (std::size_t peer = 0; peer < 4; ++peer) writer.add(Verb::kConnect, peer);
            writer.settle();
            for (const std::size_t peer : orders[number]) {
              if (peer != 3) writer.send(peer, requests.of(peer));
              if (peer == 1 || (peer != 3 && requests.peer_ends))
                writer.add(Verb::kHalfClose, peer);
              if (peer == 2) writer.add(Verb::kClose, peer);
              if (peer == 3) writer.add(Verb::kReset, peer);
            }
            writer.settle();
          }};
}

Sweep hangups_in_request(const std::string& request) {
  struct Case {
    std::size_t offset;
    bool look_before;  // whether the server looks before the bytes come,
    bool look_after;   // and between them and the hang-up
    Verb hangup;
  };
  std::vector<Case> cases;
  for (const Verb hangup : kHangups) {
    for (std::size_t offset = 0; offset <= request.size(); ++offset) {
      for (const bool look_before : {false, true}) {
        cases.push_back({offset, look_before, false, hangup});
        if (offset > 0) cases.push_back({offset, look_before, true, hangup});
      }
    }
  }
  const std::uint64_t total = cases.size();
  return {.what = fmt::format("hang-ups in a request of {} bytes", request.size()),
          .total = total,
          .make = [request, cases = std::move(cases)](std::uint64_t number, Scenario& scenario) {
            const Case& one = cases[number];
            Writer writer(scenario);
            writer.add(Verb::kConnect);
            if (one.look_before) writer.settle();
            writer.send(0, std::string_view(request).substr(0, one.offset));
            if (one.look_after) writer.settle();
            writer.add(one.hangup);
            writer.settle();
          }};
}

Sweep hangups_in_answer(const Requests& requests, std::size_t answer_size) {
  const std::uint64_t offsets = answer_size + 1;
  return {.what = fmt::format("hang-ups in an answer of {} bytes", answer_size),
          .total = offsets * std::size(kHangups),
          .make = [requests, offsets](std::uint64_t number, Scenario& scenario) {
            const std::uint64_t offset = number % offsets;
            Writer writer(scenario);
            writer.add(Verb::kConnectTiny);
            writer.send(0, requests.of(0));
            if (requests.peer_ends) writer.add(Verb::kHalfClose);
            writer.settle();
            if (offset > 0) writer.add(Verb::kRead, 0, offset);
            writer.settle();
            writer.add(kHangups[number / offsets]);
            writer.settle();
          }};
}

SweepResult exhaust(const Sweep& sweep, Judge& judge,
                    const std::function<void(std::uint64_t run)>& progress) {
  SweepResult result;
  Scenario scenario;
  Scenario before;
  while (result.run < sweep.total && result.failures.size() < kFailuresMax) {
    if (result.run % kProgressEvery == 0) progress(result.run);
    std::swap(scenario, before);
    sweep.make(result.run++, scenario);
    if (!judge.seems_wrong(scenario)) continue;
    convict(judge, before, scenario, result.failures);
    scenario.clear();  // the next one does not suffer from it: it has a new target
  }
  if (auto found = judge.judge(scenario)) {  // nothing has come after it that would have suffered
    result.failures.push_back({scenario, std::move(*found)});
  }
  progress(result.run);
  return result;
}

}  // namespace e3::explore
