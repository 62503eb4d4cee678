// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

namespace e3::interpose {
namespace {

constexpr std::array kDeadlySignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};

// Read by a handler: no memory is to be allocated there.
char running[96];
volatile std::sig_atomic_t starts = 0;

void say(const char* text) {
  [[maybe_unused]] const ssize_t written = real::write(STDERR_FILENO, text, std::strlen(text));
}

void tell_and_die(int signal) {
  if (answering != nullptr) {
    answering = nullptr;
    say("e3: SIG");
    say(sigabbrev_np(signal));
    say(" has ended the server under test, and e3 with it, into which it is linked");
    if (running[0] != '\0') say(", in ");
    say(running);
    if (starts > 1) {
      say("; it was not its first start in this process: what does it keep from one to the next, "
          "descriptors perhaps?");
    }
    say(". With --preload or --spawn it is a process of its own.\n");
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void tell_of_deaths() {
  for (const int signal : kDeadlySignals) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;
    action.sa_handler = tell_and_die;
    action.sa_flags = 0;
    sigaction(signal, &action, nullptr);
  }
}

void now_running(std::string_view name) {
  const std::size_t kept = std::min(name.size(), sizeof running - 1);
  name.copy(running, kept);
  running[kept] = '\0';
}

void count_start() { starts = starts + 1; }

}  // namespace e3::interpose
