// SPDX-License-Identifier: MIT
#include "harness/explore/exhaust.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

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
  if (size == 0) return {.what = "cuts of 0 bytes", .remark = "there is nothing to cut"};
  const std::uint64_t cuts = size * (size - 1) / 2;
  return {.what = fmt::format("cuts of {} bytes into at most three", size),
          .total = cuts + 1,
          .make = [requests, cuts](std::uint64_t number, Scenario& scenario) {
            // Too many to be kept for a long request. A cut at both 3 and 3 is one cut; the last
            // one is none.
            const std::string_view bytes = requests.of(0);
            const bool is_cut = number < cuts;
            const auto [before, second] =
                is_cut ? pair_of(number) : std::pair(bytes.size() - 1, bytes.size());
            const std::uint64_t first = before + 1;
            Writer writer(scenario);
            writer.send(0, bytes.substr(0, first));
            for (const std::string_view rest :
                 {bytes.substr(first, second - first), bytes.substr(second)}) {
              if (rest.empty()) continue;
              writer.settle();
              writer.send(0, rest);
            }
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
  constexpr std::size_t kPiecesMax = 4;
  const std::size_t shorter = std::min(requests.of(0).size(), requests.of(1).size());
  const std::size_t pieces = std::clamp<std::size_t>(shorter, 1, kPiecesMax);
  std::vector<unsigned> orders;  // bit i: whose piece is the i-th
  for (unsigned mask = 0; mask < 1U << (2 * pieces); ++mask) {
    if (std::popcount(mask) == static_cast<int>(pieces)) orders.push_back(mask);
  }
  const std::uint64_t looks = std::uint64_t{1} << (2 * pieces - 1);
  return {.what = fmt::format("interleavings of two peers' requests in {} pieces each", pieces),
          .total = orders.size() * looks,
          .make = [requests, orders, pieces, looks](std::uint64_t number, Scenario& scenario) {
            const unsigned order = orders[number / looks];
            const std::uint64_t look = number % looks;
            std::size_t sent[2] = {};
            Writer writer(scenario);
            for (std::size_t i = 0; i < 2 * pieces; ++i) {
              const std::size_t peer = order >> i & 1;
              writer.send(peer, piece(requests.of(peer), sent[peer]++, pieces));
              if (requests.peer_ends && sent[peer] == pieces) writer.add(Verb::kHalfClose, peer);
              if ((look >> i & 1) != 0) writer.settle();
            }
          }};
}

namespace {

// What happens to a peer in a batch.
enum class Happening : std::uint8_t { kRequest, kLastRequest, kRequestAndClose, kReset, kArrival };
constexpr std::size_t kHappenings = 5;

struct Batch {
  std::vector<Happening> happening;   // peer by peer, in the order of the batch
  std::vector<std::size_t> accepted;  // the peers that have arrived before, in their order
};

std::vector<std::vector<std::size_t>> orders_of(std::vector<std::size_t> peers, bool all) {
  std::vector<std::vector<std::size_t>> orders{peers};
  if (all) {
    while (std::next_permutation(peers.begin(), peers.end())) orders.push_back(peers);
  } else if (peers.size() > 1) {
    orders.push_back({peers.rbegin(), peers.rend()});
  }
  return orders;
}

std::vector<Batch> batches() {
  std::vector<Batch> all;
  std::size_t sequences = kHappenings;
  for (std::size_t size = 2; size <= 5; ++size) {
    sequences *= kHappenings;
    for (std::size_t sequence = 0; sequence < sequences; ++sequence) {
      Batch batch;
      for (std::size_t peer = 0, rest = sequence; peer < size; ++peer, rest /= kHappenings) {
        batch.happening.push_back(static_cast<Happening>(rest % kHappenings));
        if (batch.happening[peer] != Happening::kArrival) batch.accepted.push_back(peer);
      }
      for (auto& order : orders_of(batch.accepted, size < 5)) {
        all.push_back({batch.happening, std::move(order)});
      }
    }
  }
  return all;
}

void happens(Happening happening, std::size_t peer, const Requests& requests, Writer& writer) {
  if (happening == Happening::kReset) return writer.add(Verb::kReset, peer);
  writer.send(peer, requests.of(peer));
  if (happening == Happening::kLastRequest || requests.peer_ends) {
    writer.add(Verb::kHalfClose, peer);
  }
  if (happening == Happening::kRequestAndClose) writer.add(Verb::kClose, peer);
}

}  // namespace

Sweep event_orders(const Requests& requests) {
  std::vector<Batch> all = batches();
  const std::uint64_t total = all.size();
  return {.what = "orders of batches of 2 to 5 events",
          .total = total,
          .make = [requests, all = std::move(all)](std::uint64_t number, Scenario& scenario) {
            const Batch& batch = all[number];
            Writer writer(scenario);
            for (const std::size_t peer : batch.accepted) writer.add(Verb::kConnect, peer);
            writer.settle();
            for (std::size_t peer = 0; peer < batch.happening.size(); ++peer) {
              happens(batch.happening[peer], peer, requests, writer);
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

}  // namespace e3::explore
