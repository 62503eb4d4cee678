// SPDX-License-Identifier: MIT
#include "harness/cli/make_source.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <utility>

#include "harness/cli/syntax.h"
#include "harness/world/engines/tcp/tcp_source.h"
#include "harness/world/interpose/interpose.h"

namespace e3::cli {

namespace {

// Of processor time without a call: far more than any request is worth.
constexpr std::chrono::seconds kComputingMax{5};

}  // namespace

void add_timeouts(CommandSyntax& command, Options& options, const std::string& usual) {
  const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}};
  command.add_duration(
      "--timeout", units,
      [&options](std::int64_t count) { options.timeout = std::chrono::milliseconds(count); },
      fmt::format("How long a program may keep a peer waiting [{}]", usual));
  command.add_duration(
      "--ready-timeout", units,
      [&options](std::int64_t count) { options.ready_timeout = std::chrono::milliseconds(count); },
      "How long a program may take to listen [10s]");
}

InProcessEngine engine_of(const Options& options) {
  if (options.engine == "socketpair") return InProcessEngine::kSocketpair;
  return options.engine == "tcp" ? InProcessEngine::kTcp : InProcessEngine::kSim;
}

preload::PreloadOptions preload_options(const Options& options) {
  return {.command = options.spawn,
          .port = options.port,
          .ready_timeout = options.ready_timeout.value_or(kUsualReadyTimeout),
          .timeout = options.timeout.value_or(kUsualTimeout)};
}

std::unique_ptr<WorldSource> make_source(const Options& options, const MakeTarget& make_target,
                                         Transcript& transcript) {
  if (!options.spawn.empty()) {
    return std::make_unique<TcpSource>(
        ProgramOptions{.command = options.spawn,
                       .port = options.port,
                       .ready_timeout = options.ready_timeout.value_or(kUsualReadyTimeout)},
        options.timeout.value_or(kUsualTimeout), transcript);
  }
  if (!options.endpoint.empty()) {
    Endpoint endpoint = Endpoint::parse(options.endpoint);
    if (!endpoint.is_loopback() && !options.allow_remote) {
      throw UsageError{fmt::format(
          "{} is not on this machine; add --allow-remote if you may test it", options.endpoint)};
    }
    return std::make_unique<TcpSource>(std::move(endpoint), options.timeout.value_or(kUsualTimeout),
                                       transcript);
  }
  interpose::limit_computing(kComputingMax);
  interpose::fail_at_exit();
  interpose::tell_of_deaths();
  return std::make_unique<InProcessSource>(make_target(options.profile), engine_of(options),
                                           options.seed, transcript);
}

}  // namespace e3::cli
