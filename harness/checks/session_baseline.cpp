// SPDX-License-Identifier: MIT
// What a session learns from undisturbed exchanges before its check begins: whether the target
// answers at all, wholly, and always alike.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/checks/http_exchange.h"
#include "harness/checks/learned.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// Some servers write what they have to say once in a while: every second, as a chat's. Or they
// answer late; but nobody is waited for as long as connections commonly are kept.
constexpr VirtualTime kMoments[] = {2s, 5s};

std::string why_answers_differ(std::string_view first, std::string_view second) {
  const auto alike = static_cast<std::size_t>(
      std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first -
      first.begin());
  return fmt::format(
      "two undisturbed answers differ from byte {} on, {} and {}: say what varies in a [[mask]] of "
      "the profile",
      alike + 1, quoted(first.substr(alike), 30), quoted(second.substr(alike), 30));
}

}  // namespace

void Session::learn_baseline() {
  moment_ = learned_->moment;
  const bool may_wait = !moment_ && world().abilities().virtual_time;
  for (const VirtualTime moment : kMoments) {
    const bool is_late = may_wait && answer().bytes.empty() && answer().ending == Ending::kOpen;
    if (!is_late) break;
    moment_ = moment;
    answers_.clear();
    if (!answer().bytes.empty()) learned_->moment = moment_;
  }
  // The target may not survive being asked in two pieces: that is other checks' to say.
  if (!learned_->answers_early && source_->can_renew() && !answer().bytes.empty() &&
      !check_health(world())) {
    learned_->answers_early = answers_early();
    check_health(world()) ? source_->renew() : source_->begin_check();
    answers_.clear();  // a new target has to show that it answers
  }
  const Answer& learned = answer();
  if (learned.bytes.empty()) {
    throw_no_answer(learned.ending);
  }
  const int status = http_status(learned.bytes);
  if (profile_->is_http && (status < 200 || status > 299)) {
    const std::string_view line = std::string_view(request()).substr(0, request().find("\r\n"));
    throw ControlFailed{
        fmt::format("{} was not answered with 2xx but {}: name another request in the profile",
                    quoted(line, 60), quoted(learned.bytes, 40))};
  }
  const std::string& end = profile_->answer_end;
  if (!end.empty() && profile_->masks.empty() && !learned.bytes.ends_with(end)) {
    throw ControlFailed{
        fmt::format("the undisturbed answer does not end with the profile's "
                    "answer_end, {}: {}",
                    quoted(end, 20), quoted(learned.bytes, 60))};
  }
  // Whoever answers whatever was sent shows nothing by its answers.
  if (learned_->answers_early.value_or(false) && !blames(Symptom::kEarlyAnswer)) {
    throw ControlFailed{"the undisturbed request is answered before it is complete"};
  }
  require_alike();
  descriptors_ = world().mark_descriptors();
}

void Session::throw_no_answer(Ending ending) {
  const bool waits = ending == Ending::kOpen;
  ControlFailed failed{why_no_answer(world(), ending), waits};
  if (waits && !slept_in_.empty()) {
    failed.why += fmt::format(": the target sleeps in {}", slept_in_);
    // Once: no other check gets any further.
    if (!std::exchange(learned_->slept_from_the_start, true)) {
      failed.shown = {Symptom::kSleeps, "who waits for events sleeps in no other call",
                      "asleep in " + slept_in_, true};
      failed.cause = slept_in_.starts_with("accept") ? "blocking-listener" : "blocking-conn";
    }
  }
  throw failed;
}

// Else each check would blame the server for what it does when nothing disturbs it. Whoever does
// not answer again is left to the checks.
void Session::require_alike() {
  if (learned_->answers_alike) return;
  const Answer again = exchange(request());
  if (!again.bytes.empty() && again.bytes != answer().bytes) {
    throw ControlFailed{why_answers_differ(answer().bytes, again.bytes)};
  }
  learned_->answers_alike = !again.bytes.empty();
  require_answer_length();
}

// Where a profile says too short a length, what is left would be taken for the next answer.
void Session::require_answer_length() {
  if (!profile_->answer_length) return;
  Peer peer = world().connect();
  send_request(peer);
  receive_answer(peer);
  world().settle();
  const std::size_t more = peer.receive_now(65536);
  if (more == 0) return;
  throw ControlFailed{
      fmt::format("{} bytes follow the answer, of {} bytes by the profile's [answer_length]: its "
                  "`more` says how many come beyond those that it counts",
                  more, peer.received().size() - more)};
}

bool Session::answers_early() {
  if (profile_->peer_ends) return false;
  Peer peer = world().connect();
  peer.send(std::string_view(request()).substr(0, request().size() - 1));
  world().settle();
  if (peer.receive_now(1) > 0) return true;
  peer.send(std::string_view(request()).substr(request().size() - 1));
  peer.receive_to_end();
  return false;
}

// As far as the answer itself says how long it is: a profile's answer_end may be of small ones
// only.
bool Session::is_whole(const Peer& peer) const {
  if (const auto& length = profile_->answer_length) {
    const auto size = announced_size(*length, peer.received());
    return size && peer.received().size() >= *size;
  }
  if (!profile_->is_http || request().starts_with("HEAD ")) return true;
  const Conversation seen = answers_so_far(peer);
  return !seen.answers.empty() || !seen.problem.empty();
}

// Every check of large answers would take that for its own finding.
void Session::throw_cut(const Answer& answer) {
  ControlFailed failed{
      fmt::format("the undisturbed large answer stops after {} bytes, before its end", answer.size),
      true};
  if (!std::exchange(learned_->cut_from_the_start, true)) {
    failed.shown = {Symptom::kNoAnswer, "the whole of a large answer, undisturbed",
                    fmt::format("{} bytes, then nothing", answer.size), true};
    failed.cause = "out-not-armed";
  }
  throw failed;
}

}  // namespace e3
