// SPDX-License-Identifier: MIT
// Sweeps: one scenario after another, what is tested after each, and what is recorded of it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/checks/session.h"
#include "harness/invariants/graver.h"
#include "harness/world/engines/tcp/wait.h"

namespace e3 {
namespace {

constexpr VirtualTime kLater = std::chrono::minutes{1};  // than the last scenario of a sweep

// How long a program that dies may take to do so.
constexpr std::chrono::milliseconds kDeathBound{500};

// The health of a target that does not do what it should. The kernel closes the sockets of a
// program before it counts as dead: whoever finds them closed looks again until it does.
std::optional<Violation> check_health_of_failed(World& world) {
  const Patience patience(kDeathBound);
  auto broken = check_health(world);
  while (!broken && world.abilities().process && !patience.exhausted()) {
    patience.pause();
    broken = check_health(world);
  }
  return broken;
}

// A death by SIGPIPE is told apart from any other, whatever check meets it.
std::string_view cause_for(const Check& check, const Violation& violation) {
  const bool died = violation.symptom == Symptom::kDied;
  if (died && violation.actual.find("SIGPIPE") != std::string::npos) return "sigpipe-death";
  const std::string_view cause = cause_of(check, violation);
  // Nothing was cut off of what is longer than it should be.
  return violation.too_long && cause == "partial-write-truncated" ? "writev-advance" : cause;
}

}  // namespace

void Session::warn(const Violation& lenience) {
  warnings_.push_back({.point = point_,
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

std::optional<Violation> Session::try_canary() {
  const Answer seen = exchange(request());
  if (seen.bytes == answer().bytes) return std::nullopt;
  misread_later_ = !seen.bytes.empty();
  if (misread_later_) {
    return Violation{Symptom::kWrongAnswer, "another connection is answered as before",
                     quoted(seen.bytes)};
  }
  return Violation{Symptom::kDeaf, "another connection is still served",
                   seen.bytes.empty() ? fmt::format("no answer, {}", to_string(seen.ending))
                                      : fmt::format("another answer: {}", quoted(seen.bytes))};
}

std::optional<Violation> Session::check_invariants() {
  if (auto broken = check_health(world())) return broken;
  // Deafness before leaks: it is the graver of what may have one cause. Death is graver still.
  try {
    if (auto deaf = try_canary()) {
      const auto broken = check_health_of_failed(world());
      return broken ? broken : deaf;
    }
  } catch (const TargetUnavailable& gone) {
    if (auto broken = check_health_of_failed(world())) return broken;
    throw;
  }
  return check_descriptors(world(), descriptors_);
}

std::optional<Violation> Session::run_scenario(const std::function<void()>& scenario) {
  std::optional<Violation> found;
  try {
    scenario();  // its peers close as it ends
  } catch (const Violation& violation) {
    found = violation;
  } catch (const NotShown& missing) {
    not_shown_ = missing;
  } catch (const TargetUnavailable& gone) {
    found = Violation{Symptom::kDeaf, "connections are taken", gone.what()};
  }
  world().clear_faults();
  world().order_events(nullptr);
  try {
    if (!found) return check_invariants();
    found = graver_of(world().slept_in(), *found);
    const Violation told = graver_of(check_health_of_failed(world()), *found);
    // What the peers did when they left is of interest only where that is what went wrong.
    if (told.actual == found->actual) story_ = world().transcript().lines_until_it_broke_off();
    return told;
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
    if (is_spent_) {
      throw ControlFailed{"the rest was left out: the target is started once for each check"};
    }
    point_ = label ? label(point) : fmt::format("{} {}", name.one, point);
    world().begin_scenario();
    struck_before_.reset();
    story_.reset();
    misread_later_ = false;
    const auto violation = run_scenario([&] { scenario(point); });
    ++points_run_;
    if (!violation) continue;
    ++failed;
    const bool in_vain = struck_before_ && *struck_before_ == world().faults_struck();
    const bool struck = struck_before_ && !in_vain;
    // What the call's failing leads to is not what was seen, where it did not fail.
    failures_.push_back({.point = point_ + (in_vain ? ", before that happens" : ""),
                         .violation = *violation,
                         .cause = misread_later_ ? "buffer-not-reset"
                                  : in_vain      ? usual_cause_of(violation->symptom)
                                                 : cause_for(*check_, *violation),
                         .transcript = story_ ? *story_ : world().transcript().lines()});
    is_spent_ = !source_->can_renew();
    if (is_spent_) continue;
    renew_within_sweep();
    if (struck && fails_without_fault([&] { scenario(point); }, violation->symptom)) {
      failures_.back().point += ", and without that too";
      failures_.back().cause = usual_cause_of(violation->symptom);
    }
  }
  if (failed == 0) look_again_later();
  if (not_shown_ && failures_.empty()) throw NotShown{*not_shown_};
}

// What a scenario has left behind may do harm when its time has come: a timer, say.
void Session::look_again_later() {
  if (!world().abilities().virtual_time) return;
  point_ = "a minute later";
  world().begin_scenario();
  struck_before_.reset();
  story_.reset();
  const auto violation = run_scenario([&] { world().advance(kLater); });
  if (!violation) return;
  failures_.push_back({.point = point_,
                       .violation = *violation,
                       .cause = usual_cause_of(violation->symptom),
                       .transcript = world().transcript().lines()});
  is_spent_ = !source_->can_renew();
  if (!is_spent_) renew_within_sweep();
}

void Session::renew_within_sweep() {
  source_->renew();
  const Answer control = exchange(request());
  if (control.bytes != answer().bytes) {
    throw ControlFailed{
        "after a restart the target answers differently: say what varies in a [[mask]] of the "
        "profile"};
  }
  descriptors_ = world().mark_descriptors();
}

bool Session::fails_without_fault(const std::function<void()>& scenario, Symptom symptom) {
  const std::size_t warned = warnings_.size();
  withholds_faults_ = true;
  world().begin_scenario();
  std::optional<Violation> without;
  try {
    without = run_scenario(scenario);
  } catch (const NotApplicable&) {  // no call has failed: see Strike::require_happened()
  }
  withholds_faults_ = false;
  warnings_.erase(warnings_.begin() + static_cast<std::ptrdiff_t>(warned), warnings_.end());
  if (without) renew_within_sweep();
  return without && without->symptom == symptom;
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

std::vector<std::size_t> Session::offsets(std::size_t begin, std::size_t end) {
  constexpr std::size_t kMost = 4096;
  constexpr std::size_t kAtEitherEnd = kMost / 4;
  std::vector<std::size_t> all;
  const bool few = end - begin <= kMost;
  const std::size_t near = few ? end : begin + kAtEitherEnd;
  const std::size_t far = end - kAtEitherEnd;
  for (std::size_t i = begin; i < near; ++i) all.push_back(i);
  if (few) return all;
  for (const std::size_t i : spread(far - near - 1, kMost / 2)) all.push_back(near + i);
  for (std::size_t i = far; i < end; ++i) all.push_back(i);
  return all;
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
