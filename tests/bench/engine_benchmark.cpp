// SPDX-License-Identifier: MIT
// The in-process engines beside each other, by one exchange after the other. Compare the engines
// within one run; the absolute rates are the machine's. engines.py makes a table of it.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <memory>
#include <vector>

#include "harness/targets/shipped_server.h"
#include "harness/world/engines/in_process_source.h"
#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "lean_exchange.h"

namespace {

using e3::bench::Afterwards;
using e3::bench::exchange;
using e3::bench::lean_server;
using e3::bench::restarting_server;

// What is made anew for each exchange.
enum class Anew { kNothing, kServer, kWorld };

void exchange(benchmark::State& state, e3::InProcessEngine engine,
              const e3::InProcessTarget& target, Anew anew = Anew::kNothing) {
  e3::Transcript transcript;
  e3::InProcessSource source(target, engine, 42, transcript);
  for ([[maybe_unused]] auto _ : state) {
    if (anew == Anew::kWorld) source.renew();
    const auto afterwards =
        anew == Anew::kServer ? Afterwards::kServerEnds : Afterwards::kServerGoesOn;
    if (!exchange(source.world(), afterwards)) state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations());
}

void sim(benchmark::State& state) { exchange(state, e3::InProcessEngine::kSim, lean_server()); }
void sim_in_new_worlds(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, lean_server(), Anew::kWorld);
}
void sim_restarted_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, restarting_server(), Anew::kServer);
}
void socketpair(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSocketpair, lean_server());
}
void sim_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, e3::targets::shipped_server("http"));
}
void socketpair_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSocketpair, e3::targets::shipped_server("http"));
}

void tcp(benchmark::State& state) { exchange(state, e3::InProcessEngine::kTcp, lean_server()); }
void tcp_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kTcp, e3::targets::shipped_server("http"));
}

// What making a world costs together with starting and ending the server in it: nothing is done
// there.
void sim_new_world(benchmark::State& state) {
  e3::Transcript transcript;
  e3::InProcessSource source(lean_server(), e3::InProcessEngine::kSim, 42, transcript);
  for ([[maybe_unused]] auto _ : state) source.renew();
  state.SetItemsProcessed(state.iterations());
}

// A server that wakes every 30 seconds, for an hour at a time.
void sim_idle_seconds(benchmark::State& state) {
  e3::Transcript transcript;
  e3::InProcessSource source(lean_server(30'000), e3::InProcessEngine::kSim, 42, transcript);
  for ([[maybe_unused]] auto _ : state) source.world().advance(std::chrono::hours(1));
  state.SetItemsProcessed(state.iterations() * 3600);
}

// Memory that the world takes for ten thousand open connections with a request in each.
void sim_ten_thousand_connections(benchmark::State& state) {
  constexpr int kConnections = 10'000;
  e3::Transcript transcript;
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  for ([[maybe_unused]] auto _ : state) {
    e3::InProcessWorld world(
        lean_server(),
        [](e3::TargetTurn& turn) {
          return std::make_unique<e3::SimKernel>(turn, std::uint16_t{40000}, kConnections + 100);
        },
        transcript);
    std::vector<e3::Peer> peers;
    peers.reserve(kConnections);
    for (int i = 0; i < kConnections; ++i) {
      peers.push_back(world.connect());
      peers.back().send(e3::bench::kFragments[0]);
      if (i % 1000 == 0) world.settle();
    }
    if (world.health().descriptors != kConnections + 2) state.SkipWithError("not all accepted");
    const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    state.counters["MiB"] = static_cast<double>(after - before) / (1 << 20);
  }
}

BENCHMARK(sim);
BENCHMARK(socketpair);
BENCHMARK(tcp);
BENCHMARK(sim_in_new_worlds);
BENCHMARK(sim_restarted_server);
BENCHMARK(sim_new_world);
BENCHMARK(sim_shipped_server);
BENCHMARK(socketpair_shipped_server);
BENCHMARK(tcp_shipped_server);
BENCHMARK(sim_idle_seconds);
BENCHMARK(sim_ten_thousand_connections)->Iterations(1);

}  // namespace
