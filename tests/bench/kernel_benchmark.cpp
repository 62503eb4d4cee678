// SPDX-License-Identifier: MIT
// How fast the simulated kernel is, without any server: one exchange is what a peer and an
// edge-triggered server do for one short request.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <span>
#include <string_view>

#include "kernel/kernel.h"

namespace e3::sim {
namespace {

constexpr std::string_view kRequest =
    "GET /index.html HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, world!";
constexpr std::size_t kFragments = 3;

sockaddr_in server_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(8080);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A server of the simplest kind: accepts, reads to the end of the request, answers, reads the end.
class Server {
 public:
  explicit Server(Kernel& kernel) : kernel_(kernel) {
    const sockaddr_in address = server_address();
    listener_ = static_cast<int>(kernel.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    kernel.bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    kernel.listen(listener_, 128);
    epoll_ = static_cast<int>(kernel.epoll_create1(0));
    watch(listener_);
  }

  // Runs until epoll_wait(2) would block.
  void run() {
    std::array<epoll_event, 16> events{};
    for (;;) {
      const long count = kernel_.epoll_wait(epoll_, events.data(), 16, -1);
      if (count == kWouldBlock) return;
      for (long i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        fd == listener_ ? accept() : serve(fd);
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.fd = fd;
    kernel_.epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept() {
    for (;;) {
      const long fd = kernel_.accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      received_ = 0;
      watch(static_cast<int>(fd));
    }
  }

  void serve(int fd) {
    std::array<char, 4096> buffer;
    for (;;) {
      const long got = kernel_.recv(fd, buffer.data(), buffer.size(), 0);
      if (got == 0) kernel_.close(fd);
      if (got <= 0) return;
      received_ += static_cast<std::size_t>(got);
      if (received_ == kRequest.size()) {
        kernel_.send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      }
    }
  }

  Kernel& kernel_;
  int listener_ = -1;
  int epoll_ = -1;
  std::size_t received_ = 0;
};

bool exchange(Kernel& kernel, Server& server) {
  const sockaddr_in address = server_address();
  PeerSocket peer =
      kernel.connect_peer(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const auto request = std::as_bytes(std::span(kRequest));
  for (std::size_t i = 0; i < kFragments; ++i) {
    const std::size_t from = request.size() * i / kFragments;
    peer.send(request.subspan(from, request.size() * (i + 1) / kFragments - from));
    server.run();
  }
  std::array<std::byte, 256> answer;
  const long got = peer.receive(answer);
  const bool right = got == static_cast<long>(kAnswer.size()) &&
                     std::memcmp(answer.data(), kAnswer.data(), kAnswer.size()) == 0;
  peer.close();
  server.run();
  return right && kernel.open_descriptors() == 2;
}

void exchange_in_one_world(benchmark::State& state) {
  Kernel kernel;
  Server server(kernel);
  for (auto _ : state) {
    if (!exchange(kernel, server)) state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(exchange_in_one_world);

void exchange_in_a_new_world_each(benchmark::State& state) {
  Kernel kernel;
  for (auto _ : state) {
    kernel.reset();
    Server server(kernel);
    if (!exchange(kernel, server)) state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(exchange_in_a_new_world_each);

// Timeouts of thirty seconds that pass in virtual time, one after the other.
void idle_timeout(benchmark::State& state) {
  Kernel kernel;
  const int epoll = static_cast<int>(kernel.epoll_create1(0));
  epoll_event event{};
  for (auto _ : state) {
    kernel.epoll_wait(epoll, &event, 1, 30'000);
    kernel.advance_to(kernel.block().deadline);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(idle_timeout);

}  // namespace
}  // namespace e3::sim

BENCHMARK_MAIN();
