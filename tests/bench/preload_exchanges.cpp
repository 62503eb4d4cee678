// SPDX-License-Identifier: MIT
// A library to preload into a server: makes exchanges with it in the simulated kernel and prints
// how many, and the processor time that they took. preload.py makes a row of it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

#include "harness/preload/inside.h"
#include "harness/preload/preloaded_source.h"
#include "tests/bench/three_fragments.h"

namespace e3::preload {
namespace {

constexpr int kWarmUp = 1000;
constexpr int kExchanges = 200'000;

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void exchange(World& world) {
  Peer peer = world.connect();
  for (const std::string_view fragment : bench::kFragments) {
    peer.send(fragment);
    world.settle();
  }
  peer.receive(4096);
  if (!bench::is_right(peer.received())) {
    std::fprintf(stderr, "wrong answer: %s\n", peer.received().c_str());
    std::_Exit(EXIT_FAILURE);
  }
  peer.close();
  world.settle();
}

}  // namespace

void run_inside(const ProgramMain& program) {
  try {
    Transcript transcript;
    PreloadedSource source(program, 42, 8080, transcript, [](const char* call) {
      std::fprintf(stderr, "not modelled: %s\n", call);
      std::_Exit(EXIT_FAILURE);
    });
    for (int i = 0; i < kWarmUp; ++i) exchange(source.world());
    const double began = processor_seconds();
    for (int i = 0; i < kExchanges; ++i) exchange(source.world());
    std::printf("%d %.9f\n", kExchanges, processor_seconds() - began);
    std::fflush(stdout);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::_Exit(EXIT_FAILURE);
  }
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace e3::preload
