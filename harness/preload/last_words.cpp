// SPDX-License-Identifier: MIT
#include "harness/preload/last_words.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "harness/world/interpose/interpose.h"

// NOLINTBEGIN(bugprone-reserved-identifier): the sanitizers' own name.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());
// NOLINTEND(bugprone-reserved-identifier)

namespace e3::preload {
namespace {

constexpr std::array kDeadlySignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU, SIGSYS};
constexpr unsigned kSecondsToSpeak = 5;
constexpr std::size_t kAlternateStack = std::size_t{256} << 10;

// Never destroyed: exit(3) comes after static objects have gone.
std::function<void()>& speech() {
  static auto& function = *new std::function<void()>;
  return function;
}

volatile std::sig_atomic_t deadly = 0;

void die_of_it(int /*signal*/) {
  std::signal(deadly, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, nullptr);
  raise(deadly);
}

void speak() {
  interpose::answer_with(nullptr);  // the program's turn is over
  if (const auto words = std::exchange(speech(), nullptr)) words();
}

// The program may have died inside of malloc, which the words need too: then they fail or hang, and
// the death is told without them.
void speak_and_die(int signal) {
  deadly = signal;
  for (const int each : kDeadlySignals) std::signal(each, SIG_DFL);
  std::signal(SIGALRM, die_of_it);
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGALRM);
  for (const int each : kDeadlySignals) sigaddset(&waited, each);
  sigprocmask(SIG_UNBLOCK, &waited, nullptr);
  interpose::answer_with(nullptr);
  ::alarm(kSecondsToSpeak);
  speak();
  die_of_it(signal);
}

void catch_signals() {
  stack_t stack{};
  stack.ss_sp = std::malloc(kAlternateStack);  // the program's own may have overflown
  stack.ss_size = kAlternateStack;
  sigaltstack(&stack, nullptr);
  for (const int signal : kDeadlySignals) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;  // a sanitizer's, which calls us back
    action.sa_handler = speak_and_die;
    action.sa_flags = SA_ONSTACK;
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void prepare_last_words(std::function<void()> words) {
  speech() = std::move(words);
  catch_signals();
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(speak);
  std::atexit(speak);
}

void forget_last_words() { speech() = nullptr; }

}  // namespace e3::preload
