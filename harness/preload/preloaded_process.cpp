// SPDX-License-Identifier: MIT
#include "harness/preload/preloaded_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "harness/world/engines/tcp/command_words.h"
#include "harness/world/engines/tcp/wait.h"
#include "harness/world/interrupt.h"
#include "harness/world/world.h"

namespace e3::preload {
namespace {

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

// Out of the way of the numbers that the program will be given.
int moved_up(int fd) {
  for (const int lowest : {1000, 100}) {
    const int moved = ::fcntl(fd, F_DUPFD, lowest);
    if (moved >= 0) return moved;
  }
  fail("fcntl");
}

// The environment of e3, with what the library needs.
std::vector<std::string> environment_for(const Launch& launch, int channel_end) {
  std::vector<std::string> entries{"LD_PRELOAD=" + launch.preload,
                                   fmt::format("{}={}", kChannelVariable, channel_end)};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("LD_PRELOAD=")) entries.emplace_back(*entry);
  }
  return entries;
}

// Runs in the child: only async-signal-safe calls.
[[noreturn]] void become(const char* file, char* const* argv, char* const* environment, int output,
                         int failure_pipe, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // e3 died before the line above
  personality(ADDR_NO_RANDOMIZE);       // whatever is ordered by address is so in every run
  const int null = ::open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  if (null != STDIN_FILENO) ::close(null);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  execve(file, argv, environment);
  const int error = errno;
  static_cast<void>(!::write(failure_pipe, &error, sizeof error));
  _exit(127);
}

}  // namespace

PreloadedProcess::PreloadedProcess(const Launch& launch, const Order& order) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) fail("socketpair");
  channel_ = ends[0];
  const int channel_end = moved_up(ends[1]);
  ::close(ends[1]);
  try {
    start(launch, channel_end);
  } catch (...) {
    ::close(channel_end);
    ::close(channel_);
    throw;
  }
  ::close(channel_end);
  const std::string bytes = encoded(order);  // far smaller than a socket's buffer
  static_cast<void>(::send(channel_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  ::shutdown(channel_, SHUT_WR);
}

PreloadedProcess::~PreloadedProcess() {
  // The whole group: a sanitizer starts helpers, which come to us, the subreaper, when it is gone.
  ::kill(-pid_, SIGKILL);
  if (!status_) {
    ::kill(pid_, SIGKILL);
    status();
  }
  while (waitpid(-pid_, nullptr, 0) > 0) {
  }
  ::close(channel_);
}

void PreloadedProcess::start(const Launch& launch, int channel_end) {
  std::vector<std::string> words = launch.words;
  std::vector<std::string> entries = environment_for(launch, channel_end);
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> environment = pointers_to(entries);
  std::array<int, 2> failure{};
  if (pipe2(failure.data(), O_CLOEXEC) != 0) fail("pipe2");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    become(launch.file.c_str(), argv.data(), environment.data(), output_.descriptor(), failure[1],
           parent);
  }
  const int fork_error = errno;
  ::close(failure[1]);
  int error = 0;
  const bool failed = pid_ > 0 && ::read(failure[0], &error, sizeof error) == sizeof error;
  ::close(failure[0]);
  if (pid_ < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  if (!failed) return;
  status();
  throw TargetUnavailable(fmt::format("cannot start '{}': {}", launch.file, std::strerror(error)));
}

std::optional<Reply> PreloadedProcess::next_reply(std::chrono::milliseconds patience) {
  const Patience bound(patience);
  Reply reply;
  while (!take_reply(stream_, reply)) {
    throw_if_interrupted();
    pollfd entry{.fd = channel_, .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, bound.poll_timeout()) <= 0) {
      if (!bound.exhausted()) continue;
      timed_out_ = true;
      ::kill(pid_, SIGKILL);
      return std::nullopt;
    }
    std::array<char, 65536> bytes;
    const ssize_t got = ::recv(channel_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return std::nullopt;
    stream_.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return reply;
}

int PreloadedProcess::status() {
  int status = 0;
  while (!status_) {
    if (waitpid(pid_, &status, 0) == pid_) status_ = status;
  }
  return *status_;
}

std::string PreloadedProcess::death() {
  const int how = status();
  std::string words = WIFSIGNALED(how) ? fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(how)))
                                       : fmt::format("exit code {}", WEXITSTATUS(how));
  if (const std::string printed = output_.tail(); !printed.empty()) {
    words += fmt::format("; it printed: {}", printed);
  }
  return words;
}

}  // namespace e3::preload
