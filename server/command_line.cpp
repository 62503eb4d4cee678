// SPDX-License-Identifier: MIT
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <map>
#include <string>

#include "address_text.h"
#include "e3/server/characters.h"

namespace {

using e3::server::Limits;
using e3::server::ListenAddress;
using e3::server::Options;
using e3::server::Protocol;
using e3::server::Timeouts;

constexpr int kUsageError = 2;
constexpr std::size_t kWorkersMax = 1024;

constexpr const char* kExamples =
    "Examples:\n"
    "  e3-server                                   serve http on 127.0.0.1:8889\n"
    "  e3-server --protocol echo --port 0          echo on a free port, which is printed\n"
    "  e3-server --listen unix:/run/e3.sock        serve on a Unix domain socket\n"
    "  e3-server --date 'Mon, 1 Jan 1996 01:01:01 GMT' --log\n"
    "Ctrl-C or SIGTERM lets it finish what it is serving, twice stops it at once; exit code 0.\n"
    "SIGUSR1 prints its counters.";

// CLI11 would take a leading zero for the sign of an octal or hexadecimal number.
CLI::Validator decimal() {
  const auto check = [](const std::string& text) {
    const bool has_digits_only = text.find_first_not_of("0123456789") == text.npos;
    const bool is_decimal = has_digits_only && (text.size() == 1 || !text.starts_with('0'));
    return is_decimal ? std::string() : "not a decimal number: " + text;
  };
  return {check, ""};
}

struct LimitOption {
  const char* name;
  std::size_t Limits::*limit;
  std::size_t min;
  std::size_t max;
  const char* unit;
  const char* help;
};

constexpr std::size_t kMiB = 1 << 20;

constexpr LimitOption kLimitOptions[] = {
    {"--request-line-max", &Limits::request_line, 16, kMiB, "BYTES", "longest request line (414)"},
    {"--head-max", &Limits::head, 16, 16 * kMiB, "BYTES", "request line and fields together (431)"},
    {"--fields-max", &Limits::fields, 1, 10'000, "COUNT", "header fields of a request (431)"},
    {"--body-max", &Limits::body, 0, 1024 * kMiB, "BYTES", "content of a request (413)"},
    {"--requests-max", &Limits::requests, 1, 1'000'000'000, "COUNT",
     "requests on one connection, which then ends"},
    {"--connections-max", &Limits::connections, 1, 10'000'000, "COUNT",
     "connections at once; more wait in the listen queue"},
    {"--output-max", &Limits::output, 1, 1024 * kMiB, "BYTES",
     "unsent answers at which a connection is not read from"},
    {"--reads-per-turn", &Limits::reads_per_turn, 1, 10'000, "COUNT",
     "receives on one connection before others get their turn"},
    {"--accepts-per-turn", &Limits::accepts_per_turn, 1, 10'000, "COUNT",
     "accepts on one listener before others get their turn"},
};

struct TimeoutOption {
  const char* name;
  std::chrono::milliseconds Timeouts::*timeout;
  const char* help;
};

constexpr std::chrono::milliseconds::rep kTimeoutMaxMs = 86'400'000;  // a day

constexpr TimeoutOption kTimeoutOptions[] = {
    {"--head-timeout", &Timeouts::head, "for a request's line and fields, in total"},
    {"--body-timeout", &Timeouts::body, "without a byte of a request's content"},
    {"--idle-timeout", &Timeouts::idle, "between two requests; an echo has none"},
    {"--write-timeout", &Timeouts::write, "without a byte taken by the peer"},
    {"--linger-timeout", &Timeouts::linger, "from the last byte sent to the peer's end of input"},
    {"--drain-timeout", &Timeouts::drain, "from the signal to stop to the end"},
    {"--accept-retry", &Timeouts::accept_retry, "pause after descriptors or memory ran out"},
};

void add_limits(CLI::App& app, Limits& limits) {
  for (const LimitOption& option : kLimitOptions) {
    app.add_option(option.name, limits.*option.limit, option.help)
        ->type_name(option.unit)
        ->check(decimal())
        ->check(CLI::Range(option.min, option.max))
        ->capture_default_str()
        ->group("Limits");
  }
}

void add_timeouts(CLI::App& app, Timeouts& timeouts) {
  for (const TimeoutOption& option : kTimeoutOptions) {
    std::chrono::milliseconds& timeout = timeouts.*option.timeout;
    app.add_option_function<std::chrono::milliseconds::rep>(
           option.name,
           [&timeout](const auto& count) { timeout = std::chrono::milliseconds(count); },
           option.help)
        ->type_name("MILLISECONDS")
        ->check(decimal())
        ->check(CLI::Range(std::chrono::milliseconds::rep{1}, kTimeoutMaxMs))
        ->default_str(std::to_string(timeout.count()))
        ->group("Timeouts");
  }
}

void add_addresses(CLI::App& app, ListenAddress& address) {
  CLI::Option* host = app.add_option("--address", address.host, "IP address to listen on");
  CLI::Option* port = app.add_option("--port", address.port, "TCP port; 0 takes a free one");
  host->capture_default_str();
  port->check(decimal())->capture_default_str();
  const auto listen = [&address](const std::string& text) {
    const auto parsed = parse_listen_address(text);
    if (!parsed) {
      throw CLI::ValidationError("--listen", "not HOST:PORT, [V6]:PORT or unix:PATH: " + text);
    }
    address = *parsed;
  };
  app.add_option_function<std::string>(
         "--listen", listen,
         "HOST:PORT, [V6]:PORT or unix:PATH, in place of --address and --port; descriptors "
         "passed by LISTEN_FDS go before all three")
      ->type_name("ADDRESS")
      ->excludes(host)
      ->excludes(port);
}

void add_answers(CLI::App& app, Options& options) {
  static const std::map<std::string, Protocol> protocols = {
      {"echo", Protocol::kEcho}, {"hello", Protocol::kHello}, {"http", Protocol::kHttp}};
  app.add_option_function<std::string>(
         "--protocol",
         [&options](const std::string& name) { options.protocol = protocols.at(name); },
         "echo, hello or http (default http)")
      ->transform(CLI::IsMember(protocols, CLI::ignore_case).description(""))
      ->type_name("NAME");
  const auto set_date = [&options](const std::string& date) {
    const auto is_text = [](char byte) { return e3::server::is_in(e3::server::kTextBytes, byte); };
    if (!std::all_of(date.begin(), date.end(), is_text)) {
      throw CLI::ValidationError("--date", "a field holds no line end or other control character");
    }
    options.fixed_date = date;
  };
  app.add_option_function<std::string>("--date", set_date,
                                       "the text of every Date field, instead of the time");
  app.add_flag("--http10", options.http10_only, "answer as HTTP/1.0 and close, whatever is asked");
}

}  // namespace

std::optional<int> read_command_line(int argc, const char* const* argv, CommandLine& result) {
  CLI::App app("An epoll server for echo, a greeting, and HTTP.", "e3-server");
  app.footer(kExamples);
  add_addresses(app, result.address);
  add_answers(app, result.options);
  app.add_flag("--log", result.log, "print a line for each request and connection");
  app.add_option("--workers", result.workers,
                 "threads, each with connections and limits of its own")
      ->type_name("COUNT")
      ->check(decimal())
      ->check(CLI::Range(std::size_t{1}, kWorkersMax))
      ->capture_default_str();
  add_limits(app, result.options.limits);
  add_timeouts(app, result.options.timeouts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "e3-server: " << error.what() << "; see e3-server --help\n";
    return kUsageError;
  }
  return std::nullopt;
}
