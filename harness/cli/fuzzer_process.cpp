// SPDX-License-Identifier: MIT
#include "harness/cli/fuzzer_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <utility>

namespace e3::cli {
namespace {

// Enough for a finding with its scenario and transcript.
constexpr std::size_t kLinesKept = 4000;

}  // namespace

FuzzerProcess::FuzzerProcess(const std::vector<std::string>& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  output_ = ends[0];
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const int error =
      ::posix_spawn(&pid_, command[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error == 0) return;
  ::close(output_);
  throw std::system_error(error, std::generic_category(), command[0]);
}

FuzzerProcess::~FuzzerProcess() {
  if (output_ >= 0) ::close(output_);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void FuzzerProcess::read_output() {
  std::array<char, 65536> buffer;  // NOLINT: filled by read
  const ssize_t count = ::read(output_, buffer.data(), buffer.size());
  if (count <= 0) {
    if (count < 0 && errno == EINTR) return;
    if (!partial_.empty()) take_line(std::exchange(partial_, {}));
    ::close(std::exchange(output_, -1));
    return;
  }
  partial_.append(buffer.data(), static_cast<std::size_t>(count));
  for (std::size_t end = 0; (end = partial_.find('\n')) != partial_.npos;) {
    take_line(partial_.substr(0, end));
    partial_.erase(0, end + 1);
  }
}

// "#8192  pulse  cov: 131 ft: 398 corp: 47/1203b lim: 512 exec/s: 4096 rss: 47Mb"; a recommended
// dictionary at the end has lines of "######".
void FuzzerProcess::take_line(std::string line) {
  if (line.size() > 1 && line[0] == '#' && line[1] >= '0' && line[1] <= '9') {
    std::istringstream words(line.substr(1));
    words >> figures_.executions;
    for (std::string word; words >> word;) {
      if (word == "cov:") words >> figures_.coverage;
      if (word == "corp:") words >> figures_.corpus;
      if (word == "exec/s:") words >> figures_.per_second;
    }
    return;
  }
  if (lines_.size() == kLinesKept) lines_.erase(lines_.begin(), lines_.begin() + kLinesKept / 2);
  lines_.push_back(std::move(line));
}

ProcessEnd FuzzerProcess::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status)};
}

}  // namespace e3::cli
