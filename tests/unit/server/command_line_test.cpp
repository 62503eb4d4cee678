// SPDX-License-Identifier: MIT
// That each option of the program reaches its own limit or timeout, and no other. What the limits
// bring about is tested where it happens.
#include "command_line.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace {

using e3::server::Limits;
using e3::server::Timeouts;
using Values = std::map<std::string, long long>;

Values values_of(const CommandLine& command) {
  const Limits& limits = command.options.limits;
  const Timeouts& timeouts = command.options.timeouts;
  Values values;
  const auto add = [&values](const char* option, std::size_t value) {
    values[option] = static_cast<long long>(value);
  };
  add("--request-line-max", limits.request_line);
  add("--head-max", limits.head);
  add("--fields-max", limits.fields);
  add("--body-max", limits.body);
  add("--requests-max", limits.requests);
  add("--connections-max", limits.connections);
  add("--output-max", limits.output);
  add("--reads-per-turn", limits.reads_per_turn);
  add("--accepts-per-turn", limits.accepts_per_turn);
  values["--head-timeout"] = timeouts.head.count();
  values["--body-timeout"] = timeouts.body.count();
  values["--idle-timeout"] = timeouts.idle.count();
  values["--write-timeout"] = timeouts.write.count();
  values["--linger-timeout"] = timeouts.linger.count();
  values["--drain-timeout"] = timeouts.drain.count();
  values["--accept-retry"] = timeouts.accept_retry.count();
  return values;
}

Values values_with(const std::string& option, const std::string& value) {
  CommandLine command;
  const char* const arguments[] = {"e3-server", option.c_str(), value.c_str()};
  EXPECT_FALSE(read_command_line(3, arguments, command)) << option;
  return values_of(command);
}

TEST(CommandLine, EachLimitAndTimeoutIsReachedByItsOptionAlone) {
  const Values defaults = values_of(CommandLine{});
  ASSERT_EQ(defaults.size(), 16U);
  for (const auto& [option, value] : defaults) {
    Values expected = defaults;
    expected[option] = 17;
    EXPECT_NE(value, 17);
    EXPECT_EQ(values_with(option, "17"), expected) << option;
  }
}

}  // namespace
