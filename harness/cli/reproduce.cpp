// SPDX-License-Identifier: MIT
#include "harness/cli/reproduce.h"

#include <fmt/format.h>

#include <filesystem>

#include "harness/report/escape.h"

namespace e3::cli {

using report::shell_word;

std::string program_word(const std::string& started_as) {
  // Wherever it is, it has the same server; the reader may have it elsewhere.
  if (std::filesystem::path(started_as).filename() == "e3") return "e3";
  return shell_word(started_as);
}

std::string outcome_arguments(const Options& options) {
  const Options usual;
  std::string text;
  if (options.engine != usual.engine) text += fmt::format(" --engine {}", options.engine);
  if (options.preload) text += " --preload";
  if (!options.spawn.empty()) text += " --spawn " + shell_word(options.spawn);
  if (options.port != 0) text += fmt::format(" --port {}", options.port);
  if (!options.endpoint.empty()) text += " " + shell_word(options.endpoint);
  if (options.allow_remote) text += " --allow-remote";
  if (options.timeout) text += fmt::format(" --timeout {}ms", options.timeout->count());
  if (options.ready_timeout) {
    text += fmt::format(" --ready-timeout {}ms", options.ready_timeout->count());
  }
  if (options.strict) text += " --strict";
  if (options.fail_on != usual.fail_on) text += " --fail-on " + options.fail_on;
  if (!options.expectations.empty()) text += " --expectations " + shell_word(options.expectations);
  return text;
}

}  // namespace e3::cli
