// SPDX-License-Identifier: MIT
// Interposed: sleeping until a signal comes. In a simulated run none comes but those that the
// target has sent itself, and a SIGPIPE; else a time-out is a sleep, and no time-out is for ever.
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/time_value.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// Takes one that is pending already. Its number, or -1.
int take_pending(const sigset_t* set, siginfo_t* info) {
  constexpr timespec kAtOnce{};
  return real::sigtimedwait(set, info, &kAtOnce);
}

}  // namespace

extern "C" {

int sigtimedwait(const sigset_t* set, siginfo_t* info, const timespec* timeout) {
  if (Turn kernel; kernel) {
    if (timeout != nullptr && !e3::interpose::is_valid(*timeout)) return returned(-EINVAL);
    if (const int signal = take_pending(set, info); signal >= 0) return signal;
    if (timeout == nullptr) kernel->unmodelled("sigtimedwait");
    kernel->sleep(e3::interpose::duration_of(*timeout));
    return returned(-EAGAIN);
  }
  return real::sigtimedwait(set, info, timeout);
}

int sigwaitinfo(const sigset_t* set, siginfo_t* info) {
  if (Turn kernel; kernel) {
    if (const int signal = take_pending(set, info); signal >= 0) return signal;
    kernel->unmodelled("sigwaitinfo");
  }
  return real::sigwaitinfo(set, info);
}

int sigwait(const sigset_t* set, int* signal) {
  if (Turn kernel; kernel) {
    *signal = take_pending(set, nullptr);
    if (*signal >= 0) return 0;
    kernel->unmodelled("sigwait");
  }
  return real::sigwait(set, signal);
}

int sigsuspend(const sigset_t* mask) {
  if (Turn kernel; kernel) kernel->unmodelled("sigsuspend");
  return real::sigsuspend(mask);
}

int pause() {
  if (Turn kernel; kernel) kernel->unmodelled("pause");
  return real::pause();
}

}  // extern "C"

namespace e3::interpose {
void link_signals() {}
}  // namespace e3::interpose
