// SPDX-License-Identifier: MIT
#include "harness/preload/preloaded_judge.h"

#include <fmt/format.h>

#include <utility>

#include "harness/scenario/text_form.h"

namespace e3::preload {

PreloadedJudge::PreloadedJudge(PreloadOptions options, const Profile& profile, std::uint64_t seed)
    : options_(std::move(options)),
      launch_(launch_of(options_)),
      order_(order_of(options_, profile, seed)) {
  start();
}

void PreloadedJudge::start() {
  process_ = std::make_unique<PreloadedProcess>(launch_, order_);
  while (auto reply = process_->next_reply(options_.ready_timeout)) {
    if (std::holds_alternative<Ready>(*reply)) return;
    if (const auto* failed = std::get_if<Inconclusive>(&*reply)) {
      throw explore::ControlFailed(failed->why);
    }
    if (const auto* none = std::get_if<Unavailable>(&*reply)) throw TargetUnavailable(none->why);
    if (const auto* odd = std::get_if<Unsupported>(&*reply)) {
      throw TargetUnavailable(beyond(odd->call) + process_->hint());
    }
  }
  throw_never_ready(*process_, options_);
}

Reply PreloadedJudge::ask(const Question& question) {
  if (process_ == nullptr) start();
  process_->ask(question);
  while (auto reply = process_->next_reply(patience(options_))) {
    if (auto* words = std::get_if<LastWords>(&*reply)) {
      transcript_ = std::move(words->transcript);
      continue;
    }
    if (const auto* failed = std::get_if<Inconclusive>(&*reply)) {
      throw explore::ControlFailed(failed->why);
    }
    if (const auto* none = std::get_if<Unavailable>(&*reply)) throw TargetUnavailable(none->why);
    return std::move(*reply);
  }
  process_.reset();
  return Unsupported{};
}

std::optional<Violation> PreloadedJudge::not_judged(std::string why) {
  ++not_judged_[std::move(why)];
  return std::nullopt;
}

std::optional<Violation> PreloadedJudge::verdict_on(const scenario::Scenario& scenario,
                                                    Question::What how) {
  faults_struck_ = 0;
  transcript_.clear();
  const Reply reply = ask({how, scenario::print(scenario)});
  if (const auto* judged = std::get_if<Judged>(&reply)) {
    faults_struck_ = judged->faults_struck;
    transcript_ = judged->transcript;
    return judged->found;
  }
  if (const auto* died = std::get_if<Died>(&reply)) {
    if (const auto call = trapped_call(died->status); !call.empty()) {
      return not_judged(beyond(call));
    }
    return violation_by_end(process_->death(died->status));
  }
  const auto* odd = std::get_if<Unsupported>(&reply);
  if (odd == nullptr || odd->call.empty()) {
    return not_judged(not_done(options_));
  }
  return not_judged(beyond(odd->call));
}

std::vector<std::string> PreloadedJudge::remarks() const {
  std::vector<std::string> all;
  for (const auto& [why, count] : not_judged_) {
    all.push_back(fmt::format("not all could be judged, {} could not: {}", count, why));
  }
  return all;
}

std::string PreloadedJudge::why_not(const Reply& reply) const {
  if (const auto* odd = std::get_if<Unsupported>(&reply); odd != nullptr && !odd->call.empty()) {
    return beyond(odd->call);
  }
  return "the program does not survive";
}

std::vector<CallSite> PreloadedJudge::record_calls(const scenario::Scenario& scenario) {
  const Reply reply = ask({Question::What::kRecordCalls, scenario::print(scenario)});
  if (const auto* recorded = std::get_if<Recorded>(&reply)) return recorded->calls;
  throw explore::ControlFailed("the scenario fails without any fault: " + why_not(reply));
}

Answer PreloadedJudge::answer_to(const std::string& request) {
  const Reply reply = ask({Question::What::kAnswer, request});
  if (const auto* answered = std::get_if<Answered>(&reply)) return answered->answer;
  throw explore::ControlFailed("an undisturbed request: " + why_not(reply));
}

}  // namespace e3::preload
