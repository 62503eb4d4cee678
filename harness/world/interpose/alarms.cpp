// SPDX-License-Identifier: MIT
#include <csignal>

#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/turn.h"

namespace e3::interpose {
namespace {

struct sigaction handled {};  // as it was set by who runs this process

void on_alarm(int number, siginfo_t* info, void* context) {
  const Turn taken_from_the_target;
  if ((handled.sa_flags & SA_SIGINFO) != 0) {
    handled.sa_sigaction(number, info, context);
  } else {
    handled.sa_handler(number);
  }
}

bool is_handler(const struct sigaction& action) {
  if ((action.sa_flags & SA_SIGINFO) != 0) return action.sa_sigaction != on_alarm;
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

}  // namespace

void give_alarms_real_calls() {
  struct sigaction action {};
  sigaction(SIGALRM, nullptr, &action);
  if (!is_handler(action)) return;
  handled = action;
  action.sa_flags |= SA_SIGINFO;
  action.sa_sigaction = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
}

}  // namespace e3::interpose
