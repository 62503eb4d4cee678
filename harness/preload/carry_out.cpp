// SPDX-License-Identifier: MIT
// What libe3-preload.so does inside a program: runs the one case that e3 has ordered and tells the
// result, or answers the questions of a PreloadedJudge. Nothing of the program or the world is
// taken down: the process ends.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "harness/checks/world_runner.h"
#include "harness/explore/profile_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/preload/channel.h"
#include "harness/preload/inside.h"
#include "harness/preload/io_uring_trap.h"
#include "harness/preload/last_words.h"
#include "harness/preload/preloaded_source.h"
#include "harness/scenario/text_form.h"
#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/turn.h"

namespace e3::preload {
namespace {

[[noreturn]] void end_with(const Channel& channel, const Reply& reply) {
  forget_last_words();
  channel.send(reply);
  std::_Exit(EXIT_SUCCESS);
}

void limit_computing(const Order& order) {
  interpose::limit_computing(std::chrono::seconds(order.computing_seconds));
}

[[noreturn]] void run_case(const Order& order, const Channel& channel, PreloadedSource& source) {
  const RunOptions options{
      .profile = &load_profile(order.profile), .seed = order.seed, .strict = order.strict};
  channel.send(Ready{});
  WorldRunner runner(source, options);
  CheckResult result = runner.run_one(case_named(order.id));
  end_with(channel, Concluded{std::move(result), runner.facts()});
}

Reply answer(const Question& question, explore::WorldJudge& judge) {
  if (question.what == Question::What::kAnswer) return Answered{judge.answer_to(question.text)};
  const scenario::Scenario scenario = scenario::parse(question.text, "question");
  if (question.what == Question::What::kRecordCalls) return Recorded{judge.record_calls(scenario)};
  Judged verdict{judge.judge_once(scenario), judge.faults_struck(), {}};
  if (question.what == Question::What::kJudge) verdict.transcript = judge.transcript();
  return verdict;
}

// The program stays as it is, waiting for its first connections: each answer comes from a copy.
[[noreturn]] void answer_questions(const Order& order, Channel& channel, PreloadedSource& source) {
  explore::WorldJudge judge(source, explore::protocol_of(load_profile(order.profile)));
  channel.send(Ready{});
  while (const auto question = channel.question()) {
    const pid_t copy = ::fork();
    if (copy == 0) {
      limit_computing(order);  // fork(2) leaves the timer behind
      end_with(channel, answer(*question, judge));
    }
    int status = 0;
    while (copy > 0 && ::waitpid(copy, &status, 0) < 0 && errno == EINTR) {
    }
    // A copy that has answered ends well.
    if (copy < 0 || status != 0) channel.send(Died{status});
  }
  end_with(channel, Ready{});
}

[[noreturn]] void carry_out(const Order& order, Channel& channel, const ProgramMain& program) {
  if (!order.id.empty()) case_named(order.id);  // before the program runs
  Transcript transcript;
  prepare_last_words([&] { channel.send(LastWords{transcript.lines()}); });
  limit_computing(order);
  trap_io_uring();
  try {
    PreloadedSource source(
        program, order.seed, order.port, transcript,
        [&](const char* call) { end_with(channel, Unsupported{call}); }, channel.descriptor());
    if (order.id.empty()) answer_questions(order, channel, source);
    run_case(order, channel, source);
  } catch (const TargetUnavailable& gone) {
    end_with(channel, Unavailable{gone.what()});
  } catch (const explore::ControlFailed& failed) {
    end_with(channel, Inconclusive{failed.what()});
  }
}

}  // namespace

void run_inside(const ProgramMain& program) {
  Channel channel = Channel::take();
  try {
    const Order order = channel.order();
    if (order.version != E3_VERSION) {
      throw BadMessage(
          fmt::format("libe3-preload.so is of e3 {}, e3 is {}", E3_VERSION, order.version));
    }
    const char* made = interpose::before_main.made;
    channel.send(Loaded{.made_earlier = made != nullptr ? made : ""});
    carry_out(order, channel, program);
  } catch (const std::exception& error) {
    end_with(channel, Unavailable{error.what()});
  }
}

}  // namespace e3::preload
