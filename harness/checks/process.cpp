// SPDX-License-Identifier: MIT
// What only a program shows: what it uses as connections come and go, and how it ends and begins.
#include <fmt/format.h>

#include <chrono>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kConnections = 1000;  // in a round
// Caches and pools settle before; a collector of garbage on a busy machine may take ten rounds.
constexpr std::size_t kRounds = 20;
constexpr std::size_t kGrowth = 256;   // bytes for each connection: more than any list of them
constexpr std::size_t kThreads = 100;  // in a round: more than a pool adds
// The least that supervisors wait before they kill: docker 10 s, Kubernetes 30 s, systemd 90 s.
// Only who is being served, nobody here, may make a server take longer.
constexpr auto kStopBound = 10s;

void exchange(Session& session) {
  Peer peer = session.world().connect();
  session.send_request(peer);
  session.receive_answer(peer);
}

World::Usage usage_after_a_round(Session& session) {
  for (std::size_t i = 0; i < kConnections; ++i) exchange(session);
  session.world().health();  // waits until it is quiet
  return session.world().usage();
}

// Whether it grows round after round. A round that adds next to nothing shows that it does not.
void run_memory(Session& session) {
  session.sweep({"connections in a round:", "rounds"}, {kConnections}, [&](std::size_t) {
    World::Usage before = usage_after_a_round(session);
    const World::Usage first = before;
    for (std::size_t round = 1; round < kRounds; ++round) {
      const World::Usage now = usage_after_a_round(session);
      const bool more_memory = now.resident > before.resident + kGrowth * kConnections;
      const bool more_threads = now.threads > before.threads + kThreads;
      if (!more_memory && !more_threads) return;
      before = now;
    }
    throw Violation{Symptom::kUnbounded, "what a connection took is used again, or given back",
                    fmt::format("after each of {} rounds more: {} KiB and {} threads, from {} KiB "
                                "and {}",
                                kRounds, before.resident >> 10, before.threads,
                                first.resident >> 10, first.threads)};
  });
}

void run_terminate(Session& session) {
  session.sweep({"idle connections:", "moments"}, {0, 2}, [&](std::size_t connections) {
    World& world = session.world();
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < connections; ++i) peers.push_back(world.connect());
    world.settle();
    const bool ends = world.ends_when_asked(kStopBound);
    peers.clear();
    session.replace_target();
    Session::require(ends, Symptom::kNotStopped, "the program ends",
                     fmt::format("it runs on {} s after SIGTERM", kStopBound.count()));
  });
}

// The side that closes first keeps the address for a while, in TIME_WAIT: the server does, whose
// end closes what its peers have left open.
void run_restart(Session& session) {
  session.sweep({"exchanges before:", "restarts"}, {3}, [&](std::size_t exchanges) {
    for (std::size_t i = 0; i < exchanges; ++i) exchange(session);
    Peer stays = session.world().connect();
    session.send_request(stays);
    session.expect_answer(stays);
    session.world().ends_when_asked(kStopBound);
    stays.close();
    session.restart_target();
    Peer peer = session.world().connect();
    session.send_request(peer);
    session.expect_answer(peer);
  });
}

constexpr Cause kCauses[] = {
    {.slug = "memory-leak",
     .what = "a connection leaves memory or a thread behind",
     .evidence = "tornadoweb/tornado#184, romange/helio#492, netty/netty#2727",
     .fix = "free what belongs to a connection in the one place where its descriptor is closed"},
    {.slug = "request-memory-leak",
     .what = "a request leaves memory behind until its connection ends",
     .evidence = "civetweb/civetweb#790, reactphp/http#514, nikhilm/qhttpserver#64",
     .fix = "free what belongs to a request when its answer has been sent"},
    {.slug = "signal-shutdown-hang",
     .what = "the server does not end when it is asked to",
     .evidence = "davidmoreno/onion#229, kazuho/Starlet#23, haproxy/haproxy#2537",
     .fix = "let the signal wake the loop (signalfd, or a mask in epoll_pwait), and bound the time "
            "that open connections are given"},
    {.slug = "restart-eaddrinuse",
     .what = "a restarted server cannot listen while old connections are in TIME_WAIT",
     .evidence = "uNetworking/uWebSockets#176, neondatabase/neon#801",
     .fix = "set SO_REUSEADDR on the listening socket before bind()"},
};

constexpr Blame kMemoryBlames[] = {{Symptom::kUnbounded, "memory-leak"}};
constexpr Blame kTerminateBlames[] = {{Symptom::kNotStopped, "signal-shutdown-hang"}};
constexpr Blame kRestartBlames[] = {{Symptom::kDied, "restart-eaddrinuse"}};

constexpr Check kChecks[] = {
    {.id = "process.memory",
     .when = "thousands of connections come, are answered and go",
     .must = "use neither more memory nor more threads with every one of them",
     .because = "what a server keeps for each connection it keeps for ever: a long-lived process "
                "runs out of it",
     .needs = {.process = true},
     .blames = kMemoryBlames,
     .run = run_memory},
    {.id = "process.terminate",
     .when = "SIGTERM arrives while nobody is connected, or some are but ask nothing",
     .must = "end within ten seconds",
     .because = "supervisors ask like this, and kill whoever goes on: signal(7)",
     .needs = {.process = true},
     .blames = kTerminateBlames,
     .run = run_terminate},
    {.id = "process.restart",
     .when = "the server is ended and started again at once",
     .must = "listen at the same address and answer",
     .because =
         "connections that it closed itself stay in TIME_WAIT for a minute (RFC 9293, section "
         "3.6); SO_REUSEADDR lets bind() pass over them: socket(7)",
     .needs = {.process = true},
     .blames = kRestartBlames,
     .run = run_restart},
};

}  // namespace

std::span<const Check> process_checks() { return kChecks; }
std::span<const Cause> process_causes() { return kCauses; }

}  // namespace e3
