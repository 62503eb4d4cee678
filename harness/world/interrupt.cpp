// SPDX-License-Identifier: MIT
#include "harness/world/interrupt.h"

#include <csignal>

namespace e3 {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int /*signal*/) { interrupted = 1; }

void note_nothing(int /*signal*/) {}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;  // no SA_RESTART: waits must return
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);  // else under nohup(1)
}

void survive_broken_pipes() {
  struct sigaction action {};
  action.sa_handler = note_nothing;  // unlike SIG_IGN, it ends at execve(2)
  action.sa_flags = SA_RESTART;
  sigaction(SIGPIPE, &action, nullptr);
}

void throw_if_interrupted() {
  if (interrupted != 0) throw Interrupted{};
}

}  // namespace e3
