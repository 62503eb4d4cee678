// SPDX-License-Identifier: MIT
#include <sys/time.h>

#include <csignal>

#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/time_value.h"
#include "harness/world/interpose/turn.h"

namespace e3::interpose {
namespace {

// Set before the timer that makes the handler read it.
std::chrono::milliseconds first_limit{0};
std::chrono::milliseconds interval{0};

bool tick_every(std::chrono::milliseconds period) {
  const itimerval timer{.it_interval = timeval_of(period), .it_value = timeval_of(period)};
  return setitimer(ITIMER_VIRTUAL, &timer, nullptr) == 0;
}

void on_tick(int /*signal*/) {
  if (const Turn taken_from_the_target; taken_from_the_target) {
    taken_from_the_target->processor_time_passed(interval);
  }
}

bool is_free(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 &&
         (action.sa_handler == SIG_DFL || action.sa_handler == on_tick);
}

}  // namespace

bool limit_computing(std::chrono::milliseconds limit) {
  struct sigaction action {};
  sigaction(SIGVTALRM, nullptr, &action);
  if (!is_free(action)) return false;
  first_limit = interval = limit;
  action.sa_handler = on_tick;
  // The handler may be left without returning, and must strike again.
  action.sa_flags = SA_RESTART | SA_NODEFER;
  sigaction(SIGVTALRM, &action, nullptr);
  return tick_every(limit);
}

void limit_computing_more() {
  interval = first_limit / 5;
  tick_every(interval);
}

}  // namespace e3::interpose
