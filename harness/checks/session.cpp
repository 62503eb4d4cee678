// SPDX-License-Identifier: MIT
#include "harness/checks/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/checks/http_exchange.h"
#include "harness/checks/learned.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// Longer than any time-out that servers commonly have by default.
constexpr VirtualTime kPatience = 10min;
// How late a server may be whose time-out is known: timers are coarse, and machines busy.
constexpr VirtualTime kLateness = 2s;
// What tcp_wmem of tcp(7) allows by default: an answer of this size cannot be taken whole.
constexpr std::size_t kLargestSendBuffer = 4 << 20;

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

// A death by SIGPIPE is told apart from any other, whatever check meets it.
std::string_view cause_for(const Check& check, const Violation& violation) {
  const bool died = violation.symptom == Symptom::kDied;
  if (died && violation.actual.find("SIGPIPE") != std::string::npos) return "sigpipe-death";
  return cause_of(check, violation.symptom);
}

}  // namespace

Session::Session(const CheckCase& which, const Profile& profile, WorldSource& source,
                 std::uint64_t seed, Learned& learned)
    : check_(which.check),
      variant_(which.variant),
      level_(level_of(which)),
      profile_(&profile),
      source_(&source),
      learned_(&learned),
      random_state_(fnv1a(which.check->id, seed ^ 0xcbf29ce484222325U)) {
  source_->begin_check();
  learn_baseline();
}

void Session::learn_baseline() {
  // The target may not survive being asked in two pieces: that is other checks' to say.
  if (!learned_->answers_early && source_->can_renew() && !answer().bytes.empty() &&
      !check_health(world())) {
    learned_->answers_early = answers_early();
    check_health(world()) ? source_->renew() : source_->begin_check();
    answers_.clear();  // a new target has to show that it answers
  }
  const Answer& learned = answer();
  if (learned.bytes.empty()) {
    throw ControlFailed{
        fmt::format("the undisturbed request got no answer ({})", to_string(learned.ending)),
        learned.ending == Ending::kOpen};
  }
  const int status = http_status(learned.bytes);
  if (profile_->is_http && (status < 200 || status > 299)) {
    throw ControlFailed{fmt::format("the undisturbed request was not answered with 2xx but {}",
                                    quoted(learned.bytes, 40))};
  }
  // Whoever answers whatever was sent shows nothing by its answers.
  if (learned_->answers_early.value_or(false) && !blames(Symptom::kEarlyAnswer)) {
    throw ControlFailed{"the undisturbed request is answered before it is complete"};
  }
  descriptors_ = world().mark_descriptors();
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

Answer Session::exchange(const std::string& request) {
  Peer peer = world().connect();
  peer.send(request);
  finish_request(peer);
  receive_answer(peer);
  return {.bytes = masked(*profile_, peer.received()), .ending = peer.ending()};
}

const Answer& Session::answer_to(const std::string& request) {
  const auto known = std::find_if(answers_.begin(), answers_.end(),
                                  [&](const auto& entry) { return entry.first == request; });
  if (known != answers_.end()) return known->second;
  return answers_.emplace_back(request, exchange(request)).second;
}

const std::string& Session::large_request() {
  const std::string& large = profile_->large_request;
  const Answer& learned = answer_to(large);
  const int status = http_status(learned.bytes);
  const bool refused = learned.bytes.empty() || (profile_->is_http && status / 100 != 2);
  if (!refused) return large;
  note(fmt::format("a request of {} bytes is refused; the plain one was used", large.size()));
  return request();
}

void Session::restart_target() {
  try {
    source_->restart();
  } catch (const TargetUnavailable& unavailable) {
    source_->renew();
    throw Violation{Symptom::kDied, "the server listens again at the same address",
                    unavailable.what()};
  }
}

const std::string& Session::request_that_fills_buffers() {
  const std::string& request = large_request();
  const std::size_t size = answer_to(request).bytes.size();
  if (!world().abilities().small_windows && size < kLargestSendBuffer) {
    throw NotShown{fmt::format(
        "an answer of {} bytes fits into the send buffer: give the profile a large_request that "
        "asks for {} MiB, or link the server in",
        size, kLargestSendBuffer >> 20)};
  }
  return request;
}

std::string Session::padded_request(std::string_view filler) const {
  if (profile_->pad_at) return e3::padded_request(*profile_, filler);
  throw NotApplicable{"the profile does not say where a request can be made longer"};
}

void Session::finish_request(Peer& peer) {
  if (profile_->peer_ends) peer.shutdown_write();
}

void Session::receive_answer(Peer& peer) {
  if (const auto& length = profile_->answer_length) {
    peer.receive_up_to(length->at + length->bytes);
    if (const auto size = announced_size(*length, peer.received())) peer.receive_up_to(*size);
  } else if (!profile_->answer_end.empty()) {
    peer.receive_until(profile_->answer_end);
  } else if (profile_->is_http) {
    const Conversation seen =
        read_answers(peer, {.first_is_to_head = request().starts_with("HEAD ")});
    if (!seen.problem.empty()) peer.receive_to_end();
  } else {
    peer.receive_to_end();
  }
}

void Session::expect_answer(Peer& peer, const std::string& request) {
  const Answer& wanted = answer_to(request);
  const bool tells_its_end = !profile_->answer_end.empty() || profile_->answer_length;
  if (tells_its_end || !profile_->masks.empty()) {
    receive_answer(peer);  // a masked answer does not tell how many bytes to wait for
  } else if (wanted.ending == Ending::kOpen) {
    peer.receive_up_to(wanted.bytes.size());
  } else {
    // Not to the end: a target may send for ever.
    while (peer.received().size() <= wanted.bytes.size() && peer.receive(65536) > 0) {
    }
  }
  const Answer got{.bytes = masked(*profile_, peer.received()), .ending = peer.ending()};
  if (const auto differs = compare_answers(got.bytes, got.ending, wanted)) throw *differs;
}

void Session::expect_silence(Peer& peer) {
  if (profile_->peer_ends || peer.receive_now(65536) == 0) return;
  throw Violation{Symptom::kEarlyAnswer, "no answer before the request is complete",
                  quoted(peer.received())};
}

void Session::expect_end(Peer& peer) {
  peer.receive_to_end();
  if (peer.ending() != Ending::kOpen) return;
  const bool is_virtual = world().abilities().virtual_time;
  if (!is_virtual && !profile_->time_out) return;  // its time-out may be longer than ours
  const VirtualTime bound = profile_->time_out ? *profile_->time_out + kLateness : kPatience;
  if (is_virtual) {
    world().advance(bound);
    peer.receive_to_end();
  } else {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (peer.ending() == Ending::kOpen && std::chrono::steady_clock::now() < deadline) {
      peer.receive_to_end();
    }
  }
  if (peer.ending() != Ending::kOpen) return;
  const double seconds = std::chrono::duration<double>(bound).count();
  throw Violation{
      Symptom::kNotEnded, "the server ends the connection",
      fmt::format("still open after {:g} {}seconds", seconds, is_virtual ? "virtual " : ""), true};
}

void Session::expect_quiet() {
  const Health health = world().health();
  if (health.spin) {
    throw Violation{Symptom::kSpins, "a quiet server waits in epoll_wait", *health.spin};
  }
}

void Session::warn(const Violation& lenience) {
  warnings_.push_back({.point = {},
                       .violation = lenience,
                       .cause = cause_for(*check_, lenience),
                       .transcript = world().transcript().lines()});
}

bool Session::found_broken_target() {
  const auto broken = check_health(world());
  if (!broken) return false;
  failures_.push_back({.point = "an undisturbed exchange",
                       .violation = *broken,
                       .cause = cause_for(*check_, *broken),
                       .transcript = world().transcript().lines()});
  if (source_->can_renew()) source_->renew();
  return true;
}

void Session::require(bool holds, Symptom symptom, std::string expected, std::string actual) {
  if (!holds) throw Violation{symptom, std::move(expected), std::move(actual)};
}

std::optional<Violation> Session::try_canary() {
  const Answer seen = exchange(request());
  if (seen.bytes == answer().bytes) return std::nullopt;
  return Violation{Symptom::kDeaf, "another connection is still served",
                   seen.bytes.empty() ? fmt::format("no answer, {}", to_string(seen.ending))
                                      : fmt::format("another answer: {}", quoted(seen.bytes))};
}

std::optional<Violation> Session::check_invariants() {
  if (auto broken = check_health(world())) return broken;
  // Deafness before leaks: it is the graver of what may have one cause.
  if (auto broken = try_canary()) return broken;
  return check_descriptors(world(), descriptors_);
}

std::optional<Violation> Session::run_scenario(const std::function<void()>& scenario) {
  std::optional<Violation> found;
  try {
    scenario();  // its peers close as it ends
  } catch (const Violation& violation) {
    found = violation;
  } catch (const TargetUnavailable& gone) {
    found = Violation{Symptom::kDeaf, "connections are taken", gone.what()};
  }
  world().clear_faults();
  world().order_events(nullptr);
  try {
    if (!found) return check_invariants();
    // Death and spinning are causes; a missing answer is what they look like from outside.
    const auto broken = check_health(world());
    if (broken && broken->symptom != Symptom::kMisuse && broken->symptom != found->symptom) {
      return Violation{broken->symptom, broken->expected,
                       fmt::format("{} (seen as: {})", broken->actual, found->actual)};
    }
    return found;
  } catch (const TargetUnavailable& gone) {
    if (found) return found;
    return Violation{Symptom::kDeaf, "another connection is still served", gone.what()};
  }
}

bool Session::blames(Symptom symptom) const {
  return std::any_of(check_->blames.begin(), check_->blames.end(),
                     [&](const Blame& blame) { return blame.symptom == symptom; });
}

void Session::sweep(const PointName& name, const std::vector<std::size_t>& points,
                    const std::function<void(std::size_t)>& scenario,
                    const std::function<std::string(std::size_t)>& label) {
  unit_ = name.many;
  points_total_ += points.size();
  const std::size_t enough = world().abilities().virtual_time ? kFailuresPerSweep : 1;
  std::size_t failed = 0;
  for (const std::size_t point : points) {
    if (failed == enough) return;
    world().transcript().begin_scenario();
    const auto violation = run_scenario([&] { scenario(point); });
    ++points_run_;
    if (!violation) continue;
    ++failed;
    failures_.push_back({.point = label ? label(point) : fmt::format("{} {}", name.one, point),
                         .violation = *violation,
                         .cause = cause_for(*check_, *violation),
                         .transcript = world().transcript().lines()});
    if (!source_->can_renew()) {
      throw ControlFailed{"the rest was left out: the target is started once for each check"};
    }
    source_->renew();
    const Answer control = exchange(request());
    if (control.bytes != answer().bytes) {
      throw ControlFailed{"after a restart the target answers differently"};
    }
    descriptors_ = world().mark_descriptors();
  }
}

std::vector<std::size_t> Session::spread(std::size_t last, std::size_t count) {
  std::vector<std::size_t> points;
  if (last + 1 <= count) {
    for (std::size_t i = 0; i <= last; ++i) points.push_back(i);
    return points;
  }
  for (std::size_t i = 0; i < count; ++i) points.push_back(i * last / (count - 1));
  return points;
}

std::size_t Session::random_below(std::size_t bound) {
  // splitmix64: the same numbers with every standard library.
  random_state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
}

}  // namespace e3
