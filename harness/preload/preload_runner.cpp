// SPDX-License-Identifier: MIT
#include "harness/preload/preload_runner.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "harness/preload/preloaded_process.h"
#include "harness/world/world.h"

namespace e3::preload {
namespace {

constexpr std::size_t kOutputShown = 8192;
// Cases that nothing comes of, one after the other from the first on.
constexpr int kOutsideInVain = 3;

// Which check saw what, from the hash of each.
std::uint64_t combined(std::uint64_t all, std::uint64_t one) {
  return (all ^ one) * 0x100000001b3U;
}

// An ERROR, unless more is said.
CheckResult not_concluded(const CheckCase& which, std::string reason) {
  CheckResult result;
  result.check = which.check;
  result.id = id_of(which);
  result.level = level_of(which);
  result.reason = std::move(reason);
  return result;
}

// What it printed, as the last things that it did.
std::vector<std::string> with_output(std::vector<std::string> transcript,
                                     const std::string& printed) {
  constexpr std::size_t kTimeWidth = 10;
  const std::string time =
      transcript.empty() ? std::string(kTimeWidth, '-') : transcript.back().substr(0, kTimeWidth);
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    transcript.push_back(fmt::format("{}  {:<7} prints: {}", time, "target", line));
  }
  return transcript;
}

}  // namespace

PreloadRunner::PreloadRunner(const PreloadOptions& options, const RunOptions& run)
    : options_(options), run_(&run), launch_(launch_of(options)) {
  facts_.engine = "preload";
}

CheckResult PreloadRunner::run_one(const CheckCase& which) {
  Order order = order_of(options_, *run_->profile, run_->seed);
  order.id = id_of(which);
  order.strict = run_->strict;
  PreloadedProcess process(launch_, order);
  const std::chrono::milliseconds until_done = patience(options_);
  bool ready = false;
  std::vector<std::string> transcript;
  while (auto reply = process.next_reply(ready ? until_done : options_.ready_timeout)) {
    if (std::holds_alternative<Ready>(*reply)) ready = true;
    if (auto* words = std::get_if<LastWords>(&*reply)) transcript = std::move(words->transcript);
    if (const auto* none = std::get_if<Unavailable>(&*reply)) {
      throw TargetUnavailable(none->why + process.hint());
    }
    if (const auto* odd = std::get_if<Unsupported>(&*reply)) {
      if (!ready) throw TargetUnavailable(beyond(odd->call) + process.hint());
      return outside(which, odd->call);
    }
    if (auto* concluded = std::get_if<Concluded>(&*reply)) {
      concluded->facts.transcript_hash =
          combined(facts_.transcript_hash, concluded->facts.transcript_hash);
      facts_ = std::move(concluded->facts);
      concluded_any_ = true;
      tell_once(concluded->result);
      const bool unclear = concluded->result.verdict == Verdict::kInconclusive;
      if (unclear) concluded->result.reason += process.hint();
      return std::move(concluded->result);
    }
  }
  if (!ready) throw_never_ready(process, options_);
  return ended(process, which, std::move(transcript));
}

// Each case has a process of its own, and learns for itself that the undisturbed exchange fails.
void PreloadRunner::tell_once(CheckResult& result) {
  if (result.failures.empty() || result.failures.front().point != kUndisturbed) return;
  const Failure failure = result.failures.front();
  if (std::exchange(told_, failure.cause) != failure.cause) return;
  result.verdict = Verdict::kInconclusive;
  result.answer = result.connection = Verdict::kSkip;
  result.reason = fmt::format("{}: {}", kUndisturbed, failure.violation.actual);
  result.transcript = failure.transcript;
  result.failures.clear();
}

// A server that forks for each connection does so in every case.
CheckResult PreloadRunner::outside(const CheckCase& which, std::string_view call) {
  if (!concluded_any_ && ++outside_ == kOutsideInVain) throw TargetUnavailable(beyond(call));
  return not_concluded(which, beyond(call));
}

// The program ended in the middle of the case.
CheckResult PreloadRunner::ended(PreloadedProcess& process, const CheckCase& which,
                                 std::vector<std::string> transcript) {
  if (process.timed_out()) {
    return not_concluded(which, not_done(options_));
  }
  const int status = process.status();
  if (process.out_of_sight()) {
    return not_concluded(which, "it has closed the descriptor of libe3-preload.so and gone on");
  }
  if (const auto call = trapped_call(status); !call.empty()) {
    return outside(which, call);
  }
  concluded_any_ = true;
  Failure failure;
  failure.point = "one of its points";
  failure.violation = violation_by_end(process.death(status));
  failure.cause = cause_of(*which.check, failure.violation);
  failure.transcript = with_output(std::move(transcript), process.output().lines(kOutputShown));
  CheckResult result = not_concluded(which, {});
  result.verdict = result.answer = Verdict::kCrash;
  result.failures.push_back(std::move(failure));
  return result;
}

}  // namespace e3::preload
