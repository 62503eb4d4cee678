// SPDX-License-Identifier: MIT
#include "harness/cli/make_source.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "harness/world/engines/tcp/tcp_source.h"
#include "harness/world/interpose/interpose.h"

namespace e3::cli {

namespace {

// Of processor time without a call: far more than any request is worth.
constexpr std::chrono::seconds kComputingMax{5};

}  // namespace

InProcessEngine engine_of(const Options& options) {
  if (options.engine == "socketpair") return InProcessEngine::kSocketpair;
  return options.engine == "tcp" ? InProcessEngine::kTcp : InProcessEngine::kSim;
}

std::unique_ptr<WorldSource> make_source(const Options& options, const MakeTarget& make_target,
                                         Transcript& transcript) {
  if (!options.spawn.empty()) {
    return std::make_unique<TcpSource>(
        ProgramOptions{
            .command = options.spawn, .port = options.port, .ready_timeout = options.ready_timeout},
        options.timeout, transcript);
  }
  if (!options.endpoint.empty()) {
    Endpoint endpoint = Endpoint::parse(options.endpoint);
    if (!endpoint.is_loopback() && !options.allow_remote) {
      throw UsageError{fmt::format(
          "{} is not on this machine; add --allow-remote if you may test it", options.endpoint)};
    }
    return std::make_unique<TcpSource>(std::move(endpoint), options.timeout, transcript);
  }
  interpose::limit_computing(kComputingMax);
  return std::make_unique<InProcessSource>(make_target(options.profile), engine_of(options),
                                           options.seed, transcript);
}

}  // namespace e3::cli
