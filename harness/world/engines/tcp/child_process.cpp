// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "harness/world/engines/tcp/command_words.h"
#include "harness/world/world.h"

namespace e3 {
namespace {

struct Exec {
  const char* file;
  char* const* argv;
  char* const* environment;
  int output;
  bool random_addresses;
};

// Runs in the child: only async-signal-safe calls.
[[noreturn]] void become(const Exec& exec, int failure_pipe, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // e3 died before the line above
  if (!exec.random_addresses) personality(ADDR_NO_RANDOMIZE);
  const int null = ::open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  if (null != STDIN_FILENO) ::close(null);
  dup2(exec.output, STDOUT_FILENO);
  dup2(exec.output, STDERR_FILENO);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  execvpe(exec.file, exec.argv, exec.environment);
  const int error = errno;
  static_cast<void>(!::write(failure_pipe, &error, sizeof error));
  _exit(127);
}

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

pid_t start_child(ChildStart start) {
  const std::vector<char*> argv = pointers_to(start.words);
  const std::vector<char*> environment = pointers_to(start.environment);
  const Exec exec{start.file.c_str(), argv.data(), environment.data(), start.output,
                  start.random_addresses};
  std::array<int, 2> failure{};
  if (pipe2(failure.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(exec, failure[1], parent);
  const int fork_error = errno;
  ::close(failure[1]);
  int error = 0;
  const bool failed = child > 0 && ::read(failure[0], &error, sizeof error) == sizeof error;
  ::close(failure[0]);
  if (child < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  if (!failed) return child;
  waitpid(child, nullptr, 0);
  throw TargetUnavailable(fmt::format("cannot start '{}': {}", start.file, std::strerror(error)));
}

std::string ending_in_words(int status) {
  if (WIFSIGNALED(status)) return fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace e3
