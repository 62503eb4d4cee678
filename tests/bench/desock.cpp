// SPDX-License-Identifier: MIT
// What AFL++ needs to fuzz a mutant as servers are fuzzed without e3: a stand-in for the sockets,
// in the manner of libdesock. There is one connection; the input is what it brings, then comes its
// end. Everything registered is always ready, all that is sent is taken and thrown away, and no
// call fails. See afl.py.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/mutants/tiny_server.h"

namespace {

enum Descriptor : int { kListener = 1000, kEpoll, kConnection };

struct Registration {
  std::uint32_t events = 0;
  epoll_data_t data{};
  bool is_registered = false;
};

struct Sockets {
  std::string_view input;
  bool accepted = false;
  Registration listener;
  Registration connection;
};
Sockets sockets;

// The server waits and nothing will come.
struct Over {};

bool is_ours(int fd) { return fd >= kListener && fd <= kConnection; }

int fail_with(int error) {
  errno = error;
  return -1;
}

e3::mutants::Bug bug_from_environment() {
  const char* given = std::getenv("E3_MUTANT");
  const std::string_view wanted = given != nullptr ? given : "";
  std::string list = "E3_MUTANT must be one of:\n";
  for (const auto& [bug, name] : e3::mutants::bug_names()) {
    if (name == wanted) return bug;
    if (e3::mutants::is_mutant(bug)) list.append(name).append("\n");
  }
  std::fputs(list.c_str(), stderr);
  std::exit(2);
}

}  // namespace

extern "C" {

int socket(int, int, int) noexcept { return kListener; }
int setsockopt(int, int, int, const void*, socklen_t) noexcept { return 0; }
int bind(int, const sockaddr*, socklen_t) noexcept { return 0; }
int listen(int, int) noexcept { return 0; }
int shutdown(int, int) noexcept { return 0; }

int accept4(int, sockaddr*, socklen_t*, int) {
  if (sockets.accepted) return fail_with(EAGAIN);
  sockets.accepted = true;
  return kConnection;
}

int epoll_create1(int) noexcept { return kEpoll; }

int epoll_ctl(int, int operation, int fd, epoll_event* event) noexcept {
  Registration& registration = fd == kListener ? sockets.listener : sockets.connection;
  registration = {};
  if (operation == EPOLL_CTL_DEL) return 0;
  registration = {.events = event->events, .data = event->data, .is_registered = true};
  return 0;
}

int epoll_wait(int, epoll_event* events, int count, int) {
  int ready = 0;
  const auto report = [&](const Registration& from, std::uint32_t what) {
    what &= from.events;
    if (!from.is_registered || what == 0 || ready == count) return;
    events[ready++] = {.events = what, .data = from.data};
  };
  if (!sockets.accepted) report(sockets.listener, EPOLLIN);
  report(sockets.connection, EPOLLIN | EPOLLOUT);
  if (ready == 0) throw Over{};
  return ready;
}

ssize_t recv(int, void* buffer, std::size_t size, int flags) {
  size = std::min(size, sockets.input.size());
  std::memcpy(buffer, sockets.input.data(), size);
  if ((flags & MSG_PEEK) == 0) sockets.input.remove_prefix(size);
  return static_cast<ssize_t>(size);
}

ssize_t send(int, const void*, std::size_t size, int) { return static_cast<ssize_t>(size); }

int close(int fd) {
  if (!is_ours(fd)) return static_cast<int>(::syscall(SYS_close, fd));
  if (fd == kConnection) sockets.connection = {};
  return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const e3::mutants::Bug bug = bug_from_environment();
  sockets = {};
  sockets.input = {reinterpret_cast<const char*>(data), size};
  try {
    e3::mutants::serve_tiny(bug, 8080);
  } catch (const Over&) {
  }
  return 0;
}

}  // extern "C"
