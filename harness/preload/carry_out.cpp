// SPDX-License-Identifier: MIT
// What libe3-preload.so does inside a program: runs the one case that e3 has ordered and tells the
// result. Nothing of the program or the world is taken down: the process ends.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/checks/world_runner.h"
#include "harness/preload/channel.h"
#include "harness/preload/inside.h"
#include "harness/preload/io_uring_trap.h"
#include "harness/preload/last_words.h"
#include "harness/preload/preloaded_source.h"

namespace e3::preload {
namespace {

[[noreturn]] void end_with(const Channel& channel, const Reply& reply) {
  forget_last_words();
  channel.send(reply);
  std::_Exit(EXIT_SUCCESS);
}

[[noreturn]] void carry_out(const Order& order, const Channel& channel,
                            const ProgramMain& program) {
  const CheckCase which = case_named(order.id);
  const RunOptions options{
      .profile = &load_profile(order.profile), .seed = order.seed, .strict = order.strict};
  Transcript transcript;
  prepare_last_words([&] { channel.send(LastWords{transcript.lines()}); });
  limit_processor_time(order.processor_seconds);
  trap_io_uring();
  try {
    PreloadedSource source(
        program, order.seed, order.port, transcript,
        [&](const char* call) { end_with(channel, Unsupported{call}); }, channel.descriptor());
    channel.send(Ready{});
    WorldRunner runner(source, options);
    CheckResult result = runner.run_one(which);
    end_with(channel, Concluded{std::move(result), runner.facts()});
  } catch (const TargetUnavailable& gone) {
    end_with(channel, Unavailable{gone.what()});
  }
}

}  // namespace

void run_inside(const ProgramMain& program) {
  const Channel channel = Channel::take();
  try {
    const Order order = channel.order();
    if (order.version != E3_VERSION) {
      throw BadMessage(
          fmt::format("libe3-preload.so is of e3 {}, e3 is {}", E3_VERSION, order.version));
    }
    carry_out(order, channel, program);
  } catch (const std::exception& error) {
    end_with(channel, Unavailable{error.what()});
  }
}

}  // namespace e3::preload
