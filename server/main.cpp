// SPDX-License-Identifier: MIT
// The e3-server program: command line in, exit code out. 0: stopped by SIGTERM or SIGINT; 1: cannot
// serve; 2: the command line is wrong.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "e3/server/listen_address.h"
#include "e3/server/server.h"
#include "passed_descriptors.h"

namespace {

using e3::server::Descriptor;
using e3::server::ListenAddress;
using e3::server::Listener;
using e3::server::Protocol;
using e3::server::Server;

constexpr int kCannotServe = 1;
constexpr int kUsageError = 2;

constexpr const char* kExamples =
    "Examples:\n"
    "  e3-server                                   serve http on 127.0.0.1:8889\n"
    "  e3-server --protocol echo --port 0          echo on a free port, which is printed\n"
    "  e3-server --listen unix:/run/e3.sock        serve on a Unix domain socket\n"
    "  e3-server --date 'Mon, 1 Jan 1996 01:01:01 GMT' --log\n"
    "Ctrl-C or SIGTERM lets it finish what it is serving, twice stops it at once; exit code 0.\n"
    "SIGUSR1 prints its counters.";

std::atomic<Server*> running_server{nullptr};

void handle_signal(int signal) {
  Server* server = running_server.load();
  if (server == nullptr) return;
  if (signal == SIGUSR1) {
    server->request_report();
  } else {
    server->drain();  // a second signal stops at once
  }
}

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = handle_signal;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaction(signal, &action, nullptr);
  action.sa_handler = SIG_IGN;  // a terminal that goes away is no reason to stop serving
  ::sigaction(SIGHUP, &action, nullptr);
}

void print_counters(const e3::server::Counters& counters) {
  std::cout << "event=counters accepted=" << counters.accepted << " closed=" << counters.closed
            << " requests=" << counters.requests << " refusals=" << counters.refusals
            << " timeouts=" << counters.timeouts << " accept_failures=" << counters.accept_failures
            << " bytes_received=" << counters.bytes_received
            << " bytes_sent=" << counters.bytes_sent << std::endl;
}

std::string advice_for(const std::error_code& error, const ListenAddress& address) {
  if (!address.path.empty()) return "";
  switch (static_cast<std::errc>(error.value())) {
    case std::errc::address_in_use:
      return "; choose another --port, or --port 0 for a free one";
    case std::errc::permission_denied:
      return "; ports below 1024 need privileges, choose a higher --port";
    case std::errc::address_not_available:
    case std::errc::invalid_argument:
      return "; --address takes an IP address of this machine, such as 127.0.0.1 or ::1";
    default:
      return "";
  }
}

// Listens on what was passed to the program, else on the address; says where.
void listen(Server& server, ListenAddress address, std::vector<Descriptor> passed) {
  if (passed.empty()) {
    Listener listener(address);
    address.port = listener.port();
    server.listen(std::move(listener));
    std::cout << "listening on " << to_string(address) << std::endl;
  }
  for (Descriptor& descriptor : passed) {
    const int number = descriptor.get();
    server.listen(Listener(std::move(descriptor)));
    std::cout << "listening on descriptor " << number << std::endl;
  }
}

int serve(e3::server::Options options, const ListenAddress& address) {
  std::string doing = "cannot start";
  try {
    std::vector<Descriptor> passed = take_passed_descriptors();
    Server server(std::move(options));
    running_server = &server;
    server.report = print_counters;
    handle_signals();
    doing = "cannot listen on " +
            (passed.empty() ? to_string(address) : "the descriptors of LISTEN_FDS");
    listen(server, address, std::move(passed));
    doing = "stopped serving";
    server.run();
    running_server = nullptr;
    return 0;
  } catch (const std::system_error& error) {
    running_server = nullptr;
    std::cerr << "e3-server: " << doing << ": " << error.code().message()
              << advice_for(error.code(), address) << '\n';
    return kCannotServe;
  }
}

int run(int argc, char** argv) {
  CLI::App app("An epoll server for echo, a greeting, and HTTP.", "e3-server");
  app.footer(kExamples);
  e3::server::Options options;
  ListenAddress address{"127.0.0.1", 8889, {}};
  std::string date;
  bool log = false;
  const std::map<std::string, Protocol> protocols = {
      {"echo", Protocol::kEcho}, {"hello", Protocol::kHello}, {"http", Protocol::kHttp}};
  app.add_option("--protocol", options.protocol, "echo, hello or http (default http)")
      ->transform(CLI::Transformer(protocols, CLI::ignore_case).description(""))
      ->type_name("NAME");
  CLI::Option* host = app.add_option("--address", address.host, "IP address to listen on");
  CLI::Option* port = app.add_option("--port", address.port, "TCP port; 0 takes a free one");
  host->capture_default_str();
  port->capture_default_str();
  app.add_option_function<std::string>(
         "--listen",
         [&address](const std::string& text) {
           const auto parsed = e3::server::parse_listen_address(text);
           if (!parsed) {
             throw CLI::ValidationError("--listen",
                                        "not HOST:PORT, [V6]:PORT or unix:PATH: " + text);
           }
           address = *parsed;
         },
         "HOST:PORT, [V6]:PORT or unix:PATH, in place of --address and --port; descriptors "
         "passed by LISTEN_FDS go before all three")
      ->type_name("ADDRESS")
      ->excludes(host)
      ->excludes(port);
  CLI::Option* date_option =
      app.add_option("--date", date, "the text of every Date field, instead of the time");
  app.add_flag("--log", log, "print a line for each request and connection");
  app.add_flag("--http10", options.http10_only, "answer as HTTP/1.0 and close, whatever is asked");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "e3-server: " << error.what() << "; see e3-server --help\n";
    return kUsageError;
  }
  if (!date_option->empty()) options.fixed_date = date;
  if (log) options.log = [](std::string_view line) { std::cout << line << std::endl; };
  return serve(std::move(options), address);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "e3-server: %s\n", error.what());
    return kCannotServe;
  }
}
