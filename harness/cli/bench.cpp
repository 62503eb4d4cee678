// SPDX-License-Identifier: MIT
#include "harness/cli/bench.h"

#include "harness/checks/profile.h"
#include "harness/cli/syntax.h"
#include "harness/explore/http_protocol.h"

namespace e3::cli {

void add_target(CommandSyntax& command, Options& options) {
  command.add_option("target", options.endpoint, "A server that already runs")
      .type_name("HOST:PORT");
  command.add_option("--spawn", options.spawn, "Start this program; {port} stands for its port")
      .type_name("CMD");
  command.add_option("--port", options.port, "The port that the spawned program listens on")
      .within(1, 65535);
  command.add_option("--engine", options.engine, "auto, sim, socketpair or tcp")
      .one_of({"auto", "sim", "socketpair", "tcp"})
      .type_name("NAME");
  command
      .add_option("--profile", options.profile,
                  "What the server speaks: http, hello, echo, redis, memcached, smtp or FILE.toml")
      .type_name("NAME");
  command.add_flag("--allow-remote", options.allow_remote,
                   "Allow HOST:PORT to be another machine that you may test");
}

explore::Protocol protocol_of(const Profile& profile) {
  explore::Protocol protocol;
  protocol.request = profile.request;
  protocol.large_request = profile.large_request;
  protocol.peer_ends = profile.peer_ends;
  protocol.may_close = profile.half_close == HalfClose::kMayClose;
  protocol.comparable = [&profile](std::string_view answer) {
    const std::string text = masked(profile, answer);
    return profile.is_http ? explore::comparable_http(text) : text;
  };
  if (profile.is_http) {
    protocol.refuses = explore::refuses_http;
    protocol.forfeits_end = explore::sends_after_close_http;
  }
  return protocol;
}

void print_violation(const Violation& violation) {
  fmt::print("{}\n  expected: {}\n  actual:   {}\n", to_string(violation.symptom),
             violation.expected, violation.actual);
}

}  // namespace e3::cli
