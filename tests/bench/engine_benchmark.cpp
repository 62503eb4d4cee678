// SPDX-License-Identifier: MIT
// One full exchange with the shipped server on each in-process engine: connect, three fragments,
// the answer checked, close. Compare the engines with each other, in one run; the absolute rates
// are the machine's.
#include <benchmark/benchmark.h>

#include <string_view>

#include "harness/targets/shipped_server.h"
#include "harness/world/engines/in_process_source.h"

namespace {

constexpr std::string_view kFragments[] = {"GET /e3 HT", "TP/1.0\r\nHost: local", "host\r\n\r\n"};

void exchange(benchmark::State& state, e3::InProcessEngine engine) {
  e3::Transcript transcript;
  e3::InProcessSource source(e3::targets::shipped_server("http"), engine, 42, transcript);
  e3::World& world = source.world();
  for ([[maybe_unused]] auto _ : state) {
    e3::Peer peer = world.connect();
    for (const std::string_view fragment : kFragments) {
      peer.send(fragment);
      world.settle();
    }
    peer.receive_to_end();
    if (!peer.received().ends_with("\r\n\r\ne3")) state.SkipWithError("wrong answer");
    peer.close();
    world.settle();
  }
  state.SetItemsProcessed(state.iterations());
}

void sim_exchange(benchmark::State& state) { exchange(state, e3::InProcessEngine::kSim); }
void socketpair_exchange(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSocketpair);
}

void tcp_exchange(benchmark::State& state) { exchange(state, e3::InProcessEngine::kTcp); }

BENCHMARK(sim_exchange);
BENCHMARK(socketpair_exchange);
BENCHMARK(tcp_exchange);

}  // namespace
