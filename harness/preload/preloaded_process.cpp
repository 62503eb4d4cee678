// SPDX-License-Identifier: MIT
#include "harness/preload/preloaded_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/world/engines/tcp/child_process.h"
#include "harness/world/engines/tcp/wait.h"
#include "harness/world/interrupt.h"

namespace e3::preload {
namespace {

constexpr std::chrono::seconds kTimeToEnd{5};

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
  std::vector<std::string> entries = own_environment();
  std::erase_if(entries, [](const std::string& e) { return e.starts_with("LD_PRELOAD="); });
  entries.push_back("LD_PRELOAD=" + launch.preload);
  entries.push_back(fmt::format("{}={}", kChannelVariable, channel_end));
  return entries;
}

// To a process that has died, nothing: next_reply() will tell.
void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
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
    // Fixed addresses: whatever is ordered by address is so in every run.
    pid_ = start_child({.file = launch.file,
                        .words = launch.words,
                        .environment = environment_for(launch, channel_end),
                        .output = output_.descriptor(),
                        .random_addresses = false});
  } catch (...) {
    ::close(channel_end);
    ::close(channel_);
    throw;
  }
  ::close(channel_end);
  send_all(channel_, encoded(order));
  if (!order.id.empty()) ::shutdown(channel_, SHUT_WR);  // no questions follow
}

void PreloadedProcess::ask(const Question& question) { send_all(channel_, encoded(question)); }

PreloadedProcess::~PreloadedProcess() {
  // The whole group: a sanitizer starts helpers, which come to us, the subreaper, when it is gone.
  ::kill(-pid_, SIGKILL);
  if (!status_) {
    timed_out_ = true;  // it is not waited for
    ::kill(pid_, SIGKILL);
    status();
  }
  while (waitpid(-pid_, nullptr, 0) > 0) {
  }
  ::close(channel_);
}

std::optional<Reply> PreloadedProcess::next_reply(std::chrono::milliseconds patience) {
  const Patience bound(patience);
  Reply reply;
  while (!take(stream_, reply)) {
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
  if (auto* loaded = std::get_if<Loaded>(&reply)) {
    loaded_ = true;
    made_earlier_ = std::move(loaded->made_earlier);
    return next_reply(patience);
  }
  return reply;
}

// A program that has closed our channel may go on, out of our sight: it is given a while to end.
int PreloadedProcess::status() {
  if (status_) return *status_;
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  const Patience bound(kTimeToEnd);
  for (int ended = 0; ended <= 0 && !bound.exhausted();) {
    pollfd entry{.fd = process, .events = POLLIN, .revents = 0};
    ended = ::poll(&entry, 1, bound.poll_timeout());
  }
  ::close(process);
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) {
    ::kill(pid_, SIGKILL);
    out_of_sight_ = !timed_out_;
    while (waitpid(pid_, &status, 0) != pid_) {
    }
  }
  status_ = status;
  return status;
}

std::string PreloadedProcess::hint() const {
  if (made_earlier_.empty()) return {};
  return fmt::format(
      " (it called {} before main, where the simulation has not begun: call it in main)",
      made_earlier_);
}

std::string PreloadedProcess::death(int status) const {
  std::string words = ending_in_words(status);
  if (const std::string printed = output_.tail(); !printed.empty()) {
    words += fmt::format("; it printed: {}", printed);
  }
  return words;
}

void throw_never_ready(PreloadedProcess& process, const PreloadOptions& options) {
  if (!process.loaded()) {
    const std::string printed = process.output().tail();
    throw TargetUnavailable(fmt::format(
        "libe3-preload.so was not loaded into the program, as ld.so does for those that "
        "are setuid or have capabilities, getcap(8){}{}",
        printed.empty() ? "" : "; it printed: ", printed));
  }
  if (process.timed_out()) {
    throw TargetUnavailable(
        fmt::format("the program did not listen within {} ms (--ready-timeout waits longer){}",
                    options.ready_timeout.count(), process.hint()));
  }
  const int status = process.status();
  if (process.out_of_sight()) {
    throw TargetUnavailable(
        "the program goes on, but has closed the descriptors that it had inherited, also that of "
        "libe3-preload.so");
  }
  if (const auto call = trapped_call(status); !call.empty()) throw TargetUnavailable(beyond(call));
  throw TargetUnavailable(fmt::format("the program ended before it listened: {}{}",
                                      process.death(status), process.hint()));
}

}  // namespace e3::preload
