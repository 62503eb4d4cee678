// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <vector>

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

// Runs in the child: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, char* const* environment, int output, int failure_pipe,
                         pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // e3 died before the line above
  const int null = ::open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  execvpe(argv[0], argv, environment);
  const int error = errno;
  static_cast<void>(!::write(failure_pipe, &error, sizeof error));
  _exit(127);
}

}  // namespace

Program::Program(const ProgramOptions& options)
    : port_(options.port != 0 ? options.port : Endpoint::free_port()),
      mark_(fmt::format("E3_TARGET={}.{}", getpid(), port_)) {
  // Orphans of the program come to us, so that stop() finds them.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  try {
    if (SockDiag::listens(port_)) {
      throw TargetUnavailable(fmt::format("port {} is already in use by another program", port_));
    }
    start(options.command);
    wait_until_ready(options.ready_timeout);
  } catch (...) {
    stop();
    throw;
  }
}

Program::~Program() { stop(); }

void Program::start(const std::string& command) {
  std::vector<std::string> words = command_words(command, port_);
  const std::vector<char*> argv = pointers_to(words);
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  const pid_t parent = getpid();
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  environment.push_back(mark_.data());
  environment.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) become(argv.data(), environment.data(), output_.descriptor(), failure[1], parent);
  const int fork_error = errno;
  ::close(failure[1]);
  int error = 0;
  const bool failed = pid_ > 0 && ::read(failure[0], &error, sizeof error) == sizeof error;
  ::close(failure[0]);
  if (pid_ < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  tree_ = ProcessTree(pid_);
  if (failed) {
    throw TargetUnavailable(
        fmt::format("cannot start '{}': {}", words.front(), std::strerror(error)));
  }
}

void Program::wait_until_ready(std::chrono::milliseconds timeout) {
  const Patience patience(timeout);
  while (!SockDiag::listens(port_)) {
    if (const auto ended = death()) {
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
}

std::optional<std::string> Program::death() {
  int status = 0;
  if (death_ || pid_ < 0 || waitpid(pid_, &status, WNOHANG) != pid_) return death_;
  pid_ = -1;
  if (WIFSIGNALED(status)) {
    death_ = fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
  } else {
    death_ = fmt::format("exit code {}", WEXITSTATUS(status));
  }
  const std::string output = output_.tail();
  if (!output.empty()) *death_ += fmt::format("; it printed: {}", output);
  return death_;
}

// What the program left behind has come to us, the subreaper. Other children of this process are
// not touched.
std::vector<pid_t> Program::survivors(const std::vector<pid_t>& before) const {
  std::vector<pid_t> found;
  for (const pid_t pid : ProcessTree(getpid()).members()) {
    if (pid == getpid()) continue;
    std::ifstream file(fmt::format("/proc/{}/environ", pid));
    const std::string environment(std::istreambuf_iterator<char>(file), {});
    const bool marked = environment.find(mark_ + '\0') != std::string::npos;
    if (marked || std::find(before.begin(), before.end(), pid) != before.end()) {
      found.push_back(pid);
    }
  }
  return found;
}

void Program::stop() {
  const std::vector<pid_t> before = tree_.members();  // some servers overwrite their environment
  if (pid_ > 0) {
    tree_.signal(SIGCONT);
    tree_.signal(SIGTERM);
    const Patience patience(kPoliteStop);
    while (!death() && !patience.exhausted()) patience.pause_uninterrupted();
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }
  for (const pid_t pid : survivors(before)) {
    ::kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
}

}  // namespace e3
