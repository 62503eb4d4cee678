// SPDX-License-Identifier: MIT
// The in-process engines beside each other, with a server that does nothing but the calls every
// edge-triggered server makes: connect, three fragments, the answer checked, close. Compare the
// engines within one run; the absolute rates are the machine's. engines.py makes a table of it.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/targets/shipped_server.h"
#include "harness/world/engines/in_process_source.h"
#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"

namespace {

constexpr std::string_view kFragments[] = {"GET /e3 HT", "TP/1.0\r\nHost: local", "host\r\n\r\n"};
constexpr std::string_view kAnswer =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\ne3";

std::size_t request_size() {
  std::size_t size = 0;
  for (const std::string_view fragment : kFragments) size += fragment.size();
  return size;
}

// Accepts, reads to the end of the request, answers, reads the end, closes.
class LeanServer {
 public:
  explicit LeanServer(int wait_milliseconds) : wait_milliseconds_(wait_milliseconds) {}
  ~LeanServer() {
    ::close(listener_);
    ::close(epoll_);
  }

  void run() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 4096);
    epoll_ = ::epoll_create1(0);
    watch(listener_);
    std::array<epoll_event, 64> events{};
    while (!stopped) {
      const int count = ::epoll_wait(epoll_, events.data(), 64, wait_milliseconds_);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        fd == listener_ ? accept() : serve(fd);
      }
    }
  }

  static inline bool stopped = false;

 private:
  void watch(int fd) {
    epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      received_ = 0;
      watch(fd);
    }
  }

  void serve(int fd) {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      ::close(fd);
      return;
    }
    received_ += static_cast<std::size_t>(got);
    if (received_ == request_size()) ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }

  int wait_milliseconds_;
  int listener_ = -1;
  int epoll_ = -1;
  std::size_t received_ = 0;
};

e3::InProcessTarget lean_server(int wait_milliseconds = -1) {
  return {.name = "lean server",
          .serve =
              [=] {
                LeanServer::stopped = false;
                LeanServer(wait_milliseconds).run();
              },
          .stop = [] { LeanServer::stopped = true; }};
}

bool exchange(e3::World& world, std::string_view ending) {
  e3::Peer peer = world.connect();
  for (const std::string_view fragment : kFragments) {
    peer.send(fragment);
    world.settle();
  }
  peer.receive(4096);
  const bool right = peer.received().ends_with(ending);
  peer.close();
  world.settle();
  return right;
}

void exchange(benchmark::State& state, e3::InProcessEngine engine,
              const e3::InProcessTarget& target, bool new_world_each) {
  e3::Transcript transcript;
  e3::InProcessSource source(target, engine, 42, transcript);
  for ([[maybe_unused]] auto _ : state) {
    if (new_world_each) source.renew();
    if (!exchange(source.world(), "\r\n\r\ne3")) state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations());
}

void sim(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, lean_server(), false);
}
void sim_in_new_worlds(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, lean_server(), true);
}
void socketpair(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSocketpair, lean_server(), false);
}
void sim_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSim, e3::targets::shipped_server("http"), false);
}
void socketpair_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kSocketpair, e3::targets::shipped_server("http"), false);
}

void tcp(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kTcp, lean_server(), false);
}
void tcp_shipped_server(benchmark::State& state) {
  exchange(state, e3::InProcessEngine::kTcp, e3::targets::shipped_server("http"), false);
}

// What making a world costs beside making the server in it: nothing is done there.
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
      peers.back().send(kFragments[0]);
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
BENCHMARK(sim_new_world);
BENCHMARK(sim_shipped_server);
BENCHMARK(socketpair_shipped_server);
BENCHMARK(tcp_shipped_server);
BENCHMARK(sim_idle_seconds);
BENCHMARK(sim_ten_thousand_connections)->Iterations(1);

}  // namespace
