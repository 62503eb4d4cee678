// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/program.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/world/engines/tcp/child_process.h"
#include "harness/world/engines/tcp/command_words.h"
#include "harness/world/engines/tcp/endpoint.h"
#include "harness/world/engines/tcp/sock_diag.h"
#include "harness/world/engines/tcp/wait.h"
#include "harness/world/interrupt.h"
#include "harness/world/world.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr auto kPoliteStop = 1s;  // after SIGTERM, before SIGKILL
// A free port is free until somebody takes it, which may be another e3 that runs beside us.
constexpr int kPortsTried = 5;

}  // namespace

Program::Program(const ProgramOptions& options) {
  // Orphans of the program come to us, so that stop() finds them.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  try {
    for (int tries = 1; !start_on_a_port(options); ++tries) {
      if (options.port != 0 || tries == kPortsTried) {
        throw TargetUnavailable(fmt::format("port {} is already in use by another program", port_));
      }
      stop();
      death_.reset();
    }
  } catch (...) {
    stop();
    throw;
  }
}

bool Program::start_on_a_port(const ProgramOptions& options) {
  port_ = options.port != 0 ? options.port : Endpoint::free_port();
  mark_ = fmt::format("E3_TARGET={}.{}", getpid(), port_);
  if (!SockDiag::listeners(port_).empty()) return false;
  start(options.command);
  return becomes_ready(options.ready_timeout);
}

Program::~Program() { stop(); }

void Program::start(const std::string& command) {
  std::vector<std::string> words = command_words(command, port_);
  std::vector<std::string> environment = own_environment();
  environment.push_back(mark_);
  const std::string file = words.front();
  pid_ = start_child({.file = file,
                      .words = std::move(words),
                      .environment = std::move(environment),
                      .output = output_.descriptor()});
  tree_ = ProcessTree(pid_);
}

bool Program::listens() {
  const std::vector<std::uint64_t> listeners = SockDiag::listeners(port_);
  return !listeners.empty() && tree_.has_one_of(listeners);
}

bool Program::becomes_ready(std::chrono::milliseconds timeout) {
  const Patience patience(timeout);
  while (!listens()) {
    if (const auto ended = death()) {
      if (!SockDiag::listeners(port_).empty()) return false;
      throw TargetUnavailable(
          fmt::format("the program ended before it listened on port {}: {}", port_, *ended));
    }
    if (patience.exhausted()) {
      throw TargetUnavailable(
          fmt::format("the program did not listen on port {} within {} ms; is {{port}} in its "
                      "command? (--ready-timeout waits longer)",
                      port_, timeout.count()));
    }
    patience.pause();
  }
  return true;
}

std::optional<std::string> Program::death() {
  int status = 0;
  if (death_ || pid_ < 0 || waitpid(pid_, &status, WNOHANG) != pid_) return death_;
  pid_ = -1;
  death_ = ending_in_words(status);
  const std::string output = output_.tail();
  if (!output.empty()) *death_ += fmt::format("; it printed: {}", output);
  return death_;
}

// What the program left behind has come to us, the subreaper. Other children of this process are
// not touched.
Program::Survivors Program::survivors(const std::vector<pid_t>& before) const {
  Survivors found;
  for (const pid_t pid : ProcessTree(getpid()).members()) {
    if (pid == getpid()) continue;
    std::ifstream file(fmt::format("/proc/{}/environ", pid));
    const std::string environment(std::istreambuf_iterator<char>(file), {});
    const bool marked = environment.find(mark_ + '\0') != std::string::npos;
    if (marked || std::find(before.begin(), before.end(), pid) != before.end()) {
      found.processes.push_back(pid);
    } else if (environment.empty()) {
      found.are_all = false;  // in the midst of execve(2) there is none
    }
  }
  return found;
}

void Program::ask_to_end() const {
  tree_.signal(SIGCONT);
  tree_.signal(SIGTERM);
}

void Program::stop() {
  const std::vector<pid_t> before = tree_.members();  // some servers overwrite their environment
  if (pid_ > 0) {
    ask_to_end();
    const Patience patience(kPoliteStop);
    while (!death() && !patience.exhausted()) patience.pause_uninterrupted();
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }
  // Until a look finds none: who is killed may have started another just before.
  const Patience patience(kPoliteStop);
  while (true) {
    const Survivors left = survivors(before);
    if (left.processes.empty() && (left.are_all || patience.exhausted())) return;
    for (const pid_t pid : left.processes) {
      ::kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    if (left.processes.empty()) patience.pause_uninterrupted();
  }
}

}  // namespace e3
