// SPDX-License-Identifier: MIT
// The e3-server program: command line in, exit code out. 0: stopped by SIGTERM or SIGINT; 1: cannot
// serve; 2: the command line is wrong.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "command_line.h"
#include "e3/server/listen_address.h"
#include "e3/server/server.h"
#include "passed_descriptors.h"

namespace {

using e3::server::Descriptor;
using e3::server::ListenAddress;
using e3::server::Listener;
using e3::server::Server;

constexpr int kCannotServe = 1;

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

}  // namespace

int main(int argc, char** argv) {
  try {
    CommandLine command;
    if (const auto exit_code = read_command_line(argc, argv, command)) return *exit_code;
    return serve(std::move(command.options), command.address);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "e3-server: %s\n", error.what());
    return kCannotServe;
  }
}
