// SPDX-License-Identifier: MIT
#include "harness/world/interpose/interpose.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "harness/world/interpose/turn.h"

namespace e3::interpose {

[[gnu::tls_model("initial-exec")]] constinit thread_local SystemCalls* answering = nullptr;
constinit BeforeMain before_main;

namespace {

void fail_if_answering() {
  if (answering == nullptr) return;
  answering = nullptr;
  std::fputs("e3: the server under test has called exit()\n", stderr);
  std::_Exit(EXIT_FAILURE);
}

// Named by whatever names answer_with().
[[gnu::used]] void (*const kLinked[])() = {
    link_files,  link_sockets,   link_descriptors,     link_bytes,     link_readiness,
    link_clocks, link_fortified, link_randomness,      link_processes, link_signals,
    link_limits, link_refused,   link_raw_system_calls};

}  // namespace

void answer_with(SystemCalls* kernel) {
  restart_randomness();
  answering = kernel;
}

void fail_at_exit() {
  [[maybe_unused]] static const int registered_once = std::atexit(fail_if_answering);
}

void run_within(const std::function<void()>& handler, SystemCalls& kernel) {
  answering = &kernel;
  handler();
  answering = nullptr;
}

void deliver(int signal, SystemCalls& kernel) {
  run_within([signal] { std::raise(signal); }, kernel);
}

std::vector<std::string_view> call_names() {
  return {
#define E3_CALL(result, name, parameters, arguments) #name,
#include "harness/world/interpose/calls.def"
#undef E3_CALL
  };
}

}  // namespace e3::interpose
