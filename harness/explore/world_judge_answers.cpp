// SPDX-License-Identifier: MIT
// What each peer must have got: the answers of undisturbed exchanges, and how far a peer's may
// differ from them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/explore/world_judge.h"

namespace e3::explore {
namespace {

using scenario::Conversation;

// A fuzzer asks for ever new requests; so many bytes of them are remembered with their answers.
constexpr std::size_t kBytesKept = 4U << 20U;

// ... and so many of one scenario: each `expect answer` asks for all that its peer has sent.
constexpr std::size_t kBytesAsked = 512U << 20U;

}  // namespace

// Where time has passed, the server may have lost its patience. Some protocols owe nothing to who
// has ended its side.
WorldJudge::Heard WorldJudge::heard(const Conversation& conversation) const {
  return {.conversation = &conversation,
          .sent = conversation.sent.size(),
          .sent_before = conversation.sent_before,
          .received = conversation.peer.received().size(),
          .half_closed = conversation.half_closed,
          .ending = conversation.peer.ending(),
          .left = conversation.left(),
          .excuse = conversation.waited || (conversation.half_closed && protocol_.may_close)};
}

std::optional<Violation> WorldJudge::check_answer(const Heard& heard) {
  const std::string_view sent = heard.conversation->sent;
  const Answer& right = wanted({sent.substr(0, heard.sent), heard.half_closed});
  const bool ended = heard.ending != Ending::kOpen;
  const bool loses_end = may_lose_end(heard);  // which may ask, and overwrite what is comparable
  const std::string_view received = heard.conversation->peer.received();
  const std::string& got = comparable(received.substr(0, heard.received));
  const auto compare_broken_off = [&] {
    return compare_beginning(protocol_.certain ? protocol_.certain(got) : got, right);
  };
  if ((heard.excuse || excused_) && (ended || heard.left)) {
    const bool excused = !protocol_.refuses || protocol_.refuses(got, right.bytes);
    return excused ? std::nullopt : compare_broken_off();
  }
  if (heard.left || loses_end) return compare_broken_off();
  // What is wrong in two ways is refused for the one that was met first.
  const bool both_end = ended && right.ending != Ending::kOpen;
  const bool both_refused = both_end && protocol_.refuses && protocol_.refuses(got, right.bytes) &&
                            protocol_.refuses(right.bytes, got);
  if (both_refused) return std::nullopt;
  if (auto wrong = compare_answers(got, heard.ending, right)) return wrong;
  if (ended && right.ending == Ending::kOpen) {
    return Violation{Symptom::kWrongAnswer, "the connection stays open",
                     std::string(to_string(heard.ending))};
  }
  return std::nullopt;
}

bool WorldJudge::may_lose_end(const Heard& heard) {
  if (heard.ending != Ending::kReset) return false;
  const std::string_view sent = std::string_view(heard.conversation->sent).substr(0, heard.sent);
  if (protocol_.forfeits_end && protocol_.forfeits_end(sent)) return true;
  const Answer& before = undisturbed({sent.substr(0, heard.sent_before), false});
  return !before.bytes.empty() && before.ending == Ending::kEof;
}

// A call that fails on one connection ends that one, and no other.
std::optional<Violation> WorldJudge::check_isolation(const std::vector<Heard>& all) {
  if (!excused_ || !connections_struck_) return std::nullopt;
  const auto cut_off = std::count_if(all.begin(), all.end(), [this](const Heard& each) {
    if (each.excuse || each.left || each.ending == Ending::kOpen) return false;
    const Conversation& conversation = *each.conversation;
    const std::string got = comparable(conversation.peer.received());
    const std::string& right = wanted({conversation.sent, each.half_closed}).bytes;
    return got.size() < right.size() && right.starts_with(got);
  });
  if (static_cast<std::size_t>(cut_off) <= *connections_struck_) return std::nullopt;
  return Violation{Symptom::kWrongAnswer,
                   fmt::format("a call that fails on {} connection{} cuts off no more than that",
                               *connections_struck_, *connections_struck_ == 1 ? "" : "s"),
                   fmt::format("{} are cut off", cut_off)};
}

// What was asked before the end of input is still owed after it.
const Answer& WorldJudge::wanted(RequestView request) {
  if (!request.half_closed) return undisturbed(request);
  ended_early_ = undisturbed({request.bytes, false});
  const Answer& ended = undisturbed(request);
  if (ended.bytes.starts_with(ended_early_.bytes)) return ended;
  ended_early_.ending = Ending::kEof;
  return ended_early_;
}

const std::string& WorldJudge::comparable(std::string_view answer) {
  const std::size_t end = answer.empty() ? 0 : static_cast<unsigned char>(answer.back());
  Compared& known = compared_[(answer.size() + end) % compared_.size()];
  if (known.answer != answer) {
    known.comparable = protocol_.comparable(answer);
    known.answer = answer;
  }
  return known.comparable;
}

Answer WorldJudge::exchange(RequestView request) {
  Peer peer = source_->world().connect();
  std::string_view left = request.bytes;
  // An echo must be read for the rest to find room.
  while (!left.empty()) {
    const std::size_t before = peer.received().size();
    const std::size_t taken = peer.send(left);
    left.remove_prefix(taken);
    if (!left.empty()) peer.receive_to_end();
    if (taken == 0 && peer.received().size() == before) break;
  }
  if (request.half_closed) peer.shutdown_write();
  peer.receive_to_end();
  return {.bytes = comparable(peer.received()),
          .ending = peer.ending(),
          .size = peer.received().size()};
}

const Answer& WorldJudge::undisturbed(RequestView request) {
  auto known = undisturbed_.find(request);
  if (known == undisturbed_.end()) {
    bytes_kept_ += request.bytes.size();
    if (bytes_kept_ > kBytesKept + kBytesAsked) {
      throw ControlFailed("the scenario expects more answers than can be remembered");
    }
    Request kept{std::string(request.bytes), request.half_closed};
    known = undisturbed_.emplace(std::move(kept), exchange(request)).first;
  }
  asked_.push_back(&known->first);
  return known->second;
}

void WorldJudge::forget_asked() {
  std::sort(asked_.begin(), asked_.end());
  asked_.erase(std::unique(asked_.begin(), asked_.end()), asked_.end());
  for (const Request* request : asked_) undisturbed_.erase(undisturbed_.find(*request));
  asked_.clear();
}

void WorldJudge::learn_anew() {
  for (const Request* request : asked_) {
    source_->renew();
    undisturbed_.find(*request)->second = exchange(*request);
  }
}

// Between scenarios only: what a scenario has asked is pointed to.
void WorldJudge::forget_what_is_too_much() {
  if (bytes_kept_ <= kBytesKept) return;
  undisturbed_.clear();
  bytes_kept_ = 0;
}

}  // namespace e3::explore
