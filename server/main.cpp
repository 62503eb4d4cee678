// SPDX-License-Identifier: MIT
// The e3-server program: command line in, exit code out. 0: stopped by SIGTERM or SIGINT; 1: cannot
// serve; 2: the command line is wrong.
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "address_text.h"
#include "command_line.h"
#include "e3/server/listener.h"
#include "passed_descriptors.h"
#include "workers.h"

namespace {

using e3::server::Descriptor;
using e3::server::ListenAddress;
using e3::server::Listener;

constexpr int kCannotServe = 1;

std::atomic<Workers*> running{nullptr};
std::atomic<bool> ending{false};

// While it lives, signals reach the workers.
struct SignalTarget {
  explicit SignalTarget(Workers& workers) { running = &workers; }
  SignalTarget(const SignalTarget&) = delete;
  SignalTarget& operator=(const SignalTarget&) = delete;
  ~SignalTarget() { running = nullptr; }
};

void handle_signal(int signal) {
  Workers* workers = running.load();
  if (workers == nullptr) return;
  if (signal == SIGUSR1) {
    workers->request_report();
  } else {
    ending = true;
    workers->drain();  // a second signal stops at once
  }
}

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = handle_signal;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaction(signal, &action, nullptr);
  action.sa_handler = SIG_IGN;  // who no longer watches or reads is no reason to stop serving
  for (const int signal : {SIGHUP, SIGPIPE}) ::sigaction(signal, &action, nullptr);
}

// Waits until standard output takes a line, or the server is to end; says whether it does. In short
// steps, since the signal may have interrupted another thread.
bool takes_a_line() {
  constexpr int kStepMs = 100;
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  while (true) {
    const bool is_last_look = ending;
    if (::poll(&output, 1, is_last_look ? 0 : kStepMs) > 0) return true;
    if (is_last_look) return false;
  }
}

// One thread at a time, since only then does the room that poll(2) has seen, which is PIPE_BUF at
// least, last until the write: it never blocks. Nor do lines of several threads mix.
void print_line(std::string_view line) {
  static std::mutex printing;
  const std::lock_guard lock(printing);
  const std::string whole = std::string(line) + '\n';
  std::string_view rest = whole;
  while (!rest.empty() && takes_a_line()) {
    const std::size_t size = std::min<std::size_t>(rest.size(), PIPE_BUF);
    const ssize_t written = ::write(STDOUT_FILENO, rest.data(), size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // whoever took the lines away does not want them
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// For who wanted to listen on a port.
std::string advice_for(const std::error_code& error) {
  switch (static_cast<std::errc>(error.value())) {
    case std::errc::address_in_use:
      return "; choose another port, or 0 for a free one";
    case std::errc::permission_denied:
      return "; ports below 1024 need privileges, choose a higher one";
    case std::errc::address_not_available:
    case std::errc::invalid_argument:
      return "; it takes an IP address of this machine, such as 127.0.0.1 or ::1";
    default:
      return "";
  }
}

// Listens on what was passed to the program, else on the address; says where.
void listen(Workers& workers, ListenAddress address, std::vector<Descriptor> passed) {
  if (passed.empty()) {
    address.port = workers.listen(address);
    print_line("listening on " + to_string(address));
  }
  for (Descriptor& descriptor : passed) {
    const int number = descriptor.get();
    workers.listen(Listener(std::move(descriptor)));
    print_line("listening on descriptor " + std::to_string(number));
  }
}

int serve(const CommandLine& command) {
  std::string doing = "cannot start";
  bool is_listening = false;
  bool wants_port = false;
  try {
    std::vector<Descriptor> passed = take_passed_descriptors();
    Workers workers(command.options, command.workers, command.log, print_line);
    const SignalTarget target(workers);
    handle_signals();
    doing = "cannot listen on " +
            (passed.empty() ? to_string(command.address) : "the descriptors of LISTEN_FDS");
    is_listening = true;
    wants_port = passed.empty() && command.address.path.empty();
    listen(workers, command.address, std::move(passed));
    is_listening = wants_port = false;
    doing = "stopped serving";
    workers.run();
    return 0;
  } catch (const std::system_error& error) {
    // Which call it was says nothing to who has chosen an address, and much to all others.
    const std::string why = is_listening ? error.code().message() : error.what();
    std::cerr << "e3-server: " << doing << ": " << why
              << (wants_port ? advice_for(error.code()) : "") << '\n';
    return kCannotServe;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CommandLine command;
    if (const auto exit_code = read_command_line(argc, argv, command)) return *exit_code;
    return serve(command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "e3-server: %s\n", error.what());
    return kCannotServe;
  }
}
