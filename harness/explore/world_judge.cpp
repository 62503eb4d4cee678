// SPDX-License-Identifier: MIT
#include "harness/explore/world_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "harness/invariants/graver.h"

namespace e3::explore {
namespace {

using scenario::Conversation;
using scenario::Player;
using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

// After so many scenarios in passing there is a new target, before the peers' ports are used up.
constexpr std::size_t kInPassing = 4096;

// Milliseconds until a server that waits before it tries again has tried again.
constexpr std::uint64_t kRecovery = 10'000;

// Whether what follows may differ from the undisturbed exchange. Short counts, and calls that are
// to be made again, are no excuse.
bool disturbs(const Step& step) {
  return step.verb == Verb::kFault && step.fault.error != 0 && step.fault.error != EAGAIN &&
         step.fault.error != EINTR;
}

bool is_of_answer(Symptom symptom) {
  return symptom == Symptom::kNoAnswer || symptom == Symptom::kWrongAnswer ||
         symptom == Symptom::kEarlyAnswer;
}

}  // namespace

WorldJudge::WorldJudge(WorldSource& source, Protocol protocol)
    : source_(&source), protocol_(std::move(protocol)) {
  source_->renew();
  canary_ = exchange_canary();
  descriptors_ = source_->world().mark_descriptors();
  if (const Answer again = exchange_canary(); again.bytes != canary_.bytes) {
    throw ControlFailed(fmt::format(
        "two undisturbed answers differ, {} and {}: say what varies in a [[mask]] of a profile",
        quoted(canary_.bytes), quoted(again.bytes)));
  }
  if (canary_.bytes.empty()) {
    throw ControlFailed(why_no_answer(source_->world(), canary_.ending));
  }
}

std::optional<Violation> WorldJudge::judge(const Scenario& scenario) {
  in_passing_ = 0;
  const auto found = judge_once(scenario);
  if (!found) return std::nullopt;
  // What counts as undisturbed may have been learned from a target that a scenario had broken.
  // The attempt after that may ask for more of it, of a target as broken.
  while (true) {
    const std::size_t known = undisturbed_.size();
    learn_anew();
    auto confirmed = judge_once(scenario);
    if (confirmed && undisturbed_.size() == known) return confirmed;
    if (confirmed) continue;
    // The answers it was compared with came from what it had broken, if it is so again; else from
    // what another scenario had broken, or a slow machine.
    forget_asked();
    auto again = judge_once(scenario);
    if (!again || !is_of_answer(again->symptom)) return again;
    return Violation{Symptom::kDeaf, "another connection is still served",
                     fmt::format("afterwards an undisturbed request gets another answer, or none "
                                 "(seen as: {})",
                                 again->actual)};
  }
}

void WorldJudge::renew_target() {
  source_->renew();
  World& world = source_->world();
  if (!world.abilities().process) return;
  // What a program opens for its first client is no leak.
  exchange_canary();
  descriptors_ = world.mark_descriptors();
}

void WorldJudge::begin_scenario() {
  source_->world().begin_scenario();
  asked_.clear();
  forget_what_is_too_much();
}

std::optional<Violation> WorldJudge::judge_once(const Scenario& scenario) {
  renew_target();
  World& world = source_->world();
  begin_scenario();
  try {
    auto found = play(scenario);
    if (found) return graver_of(check_health(world), std::move(*found));
    return std::nullopt;
  } catch (const TargetUnavailable& gone) {
    return graver_of(check_health(world), {Symptom::kDeaf, "connections are taken", gone.what()});
  }
}

bool WorldJudge::seems_wrong(const Scenario& scenario) {
  if (in_passing_ % kInPassing == 0) renew_target();
  const bool is_last = ++in_passing_ % kInPassing == 0;
  begin_scenario();
  World& world = source_->world();
  try {
    const std::size_t known = undisturbed_.size();
    if (play_to_end(scenario) || check_health(world) || check_descriptors(world, descriptors_)) {
      return true;
    }
    // A target that is broken already would teach wrong answers, and the next scenario, if there is
    // one for this target, may be as undemanding as this one.
    const bool is_to_be_asked = undisturbed_.size() != known || all_left_ || is_last;
    return is_to_be_asked && exchange_canary().bytes != canary_.bytes;
  } catch (const TargetUnavailable&) {
    return true;
  }
}

std::optional<Violation> WorldJudge::play(const Scenario& scenario) {
  if (auto wrong = play_to_end(scenario)) return wrong;
  return check_invariants();
}

std::optional<Violation> WorldJudge::play_to_end(const Scenario& scenario) {
  std::optional<Violation> unmet;
  // What was expected while a fault lay in wait: it would strike the undisturbed exchange, too.
  std::vector<Heard> to_be_checked;
  bool armed = false;
  Player player(source_->world(), [&](const Conversation& conversation) {
    if (unmet || disturbed()) return;
    if (armed) {
      to_be_checked.push_back(heard(conversation));
    } else {
      unmet = check_answer(heard(conversation));
    }
  });
  struck_before_ = source_->world().faults_struck();
  may_disturb_ = false;
  excused_ = false;
  for (const Step& step : scenario) {
    armed = armed || step.verb == Verb::kFault;
    may_disturb_ = may_disturb_ || disturbs(step);
    player.play(step);
    if (unmet) return unmet;
  }
  player.drain();
  recover_from_faults(player);
  std::vector<Heard> at_last;
  for (const Conversation& conversation : player.conversations()) {
    at_last.push_back(heard(conversation));
  }
  all_left_ =
      std::all_of(at_last.begin(), at_last.end(), [](const Heard& one) { return one.left; });
  to_be_checked.insert(to_be_checked.end(), at_last.begin(), at_last.end());
  for (const Heard& each : to_be_checked) {
    if (auto wrong = check_answer(each)) return wrong;
  }
  if (auto wrong = check_isolation(at_last)) return wrong;
  player.leave();
  return std::nullopt;
}

// Faults end with the scenario. Short counts and interrupted waits are no reason to fail anybody;
// after other faults a peer may have got an end instead of an answer, if need be after a while.
void WorldJudge::recover_from_faults(Player& player) {
  World& world = source_->world();
  faults_struck_ = struck_now();
  connections_struck_ = world.connections_struck();
  world.clear_faults();
  if (faults_struck_ == 0) return;
  excused_ = may_disturb_;
  if (excused_) player.pass_time(kRecovery);
  player.drain();
}

std::vector<CallSite> WorldJudge::record_calls(const Scenario& scenario) {
  if (const auto wrong = judge(scenario)) {
    throw ControlFailed(fmt::format("the scenario fails without any fault: {}", wrong->actual));
  }
  source_->renew();
  World& world = source_->world();
  world.record_calls();
  // Other exchanges would be recorded, too: nothing is compared.
  Player player(world, [](const Conversation& /*conversation*/) {});
  for (const Step& step : scenario) player.play(step);
  player.drain();
  return world.recorded_calls();
}

std::vector<std::string> WorldJudge::transcript() const {
  return source_->world().transcript().lines();
}

std::optional<Violation> WorldJudge::check_invariants() {
  World& world = source_->world();
  if (auto broken = check_health(world)) return broken;
  // Deafness before leaks: it is the graver of what may have one cause.
  const Answer seen = exchange_canary();
  if (seen.bytes != canary_.bytes) {
    return Violation{Symptom::kDeaf, "another connection is still served",
                     fmt::format("{}, {}", quoted(seen.bytes), to_string(seen.ending))};
  }
  return check_descriptors(world, descriptors_);
}

}  // namespace e3::explore
