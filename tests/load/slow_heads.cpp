// SPDX-License-Identifier: MIT
// Measures what slow-header attackers cost everyone else. A canary connects and asks, again and
// again; ATTACKERS connections hold an unfinished head each, and before each of the canary's
// requests some of them send one more byte of it. Rounds with and without attackers alternate. In
// the end the attackers go on until the server has refused each with 408.
// slow_heads PORT ATTACKERS ROUNDS REQUESTS
// Prints, as JSON, the p99 of the canary's microseconds in each round, and how the attackers ended.
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "load_socket.h"

namespace {

using e3::load::fail;
using e3::load::Socket;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kDripsPerRequest = 16;
constexpr std::string_view kBeginning = "GET /attack HTTP/1.1\r\nHost: t\r\nX: ";
constexpr std::string_view kRequest = "GET /canary HTTP/1.1\r\nHost: t\r\n\r\n";

std::string receive(const Socket& socket, int flags) {
  std::array<char, 4096> bytes;
  const ssize_t size = ::recv(socket.fd(), bytes.data(), bytes.size(), flags);
  return std::string(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

class Attack {
 public:
  Attack(std::uint16_t port, std::size_t count) : port_(port), attackers_(count) {
    for (std::size_t i = 0; i != count; ++i) connect(i);
  }

  // One byte from each of the next few. Who has been refused begins anew.
  void drip() {
    for (std::size_t i = 0; i != std::min(kDripsPerRequest, attackers_.size()); ++i) {
      next_ = (next_ + 1) % attackers_.size();
      if (is_over(attackers_[next_]) || !attackers_[next_].send("x")) connect(next_);
    }
  }

  // Every attacker goes on as long as it is let; returns how many were refused with 408.
  std::size_t go_on_until_refused() {
    constexpr int kPaceMs = 200;
    std::size_t refused = 0;
    while (!attackers_.empty()) {
      ::poll(nullptr, 0, kPaceMs);  // an attacker's pace: slower than any timeout per read
      std::erase_if(attackers_, [&](const Socket& attacker) {
        if (!is_over(attacker)) return !attacker.send("x");
        // The version of an answer to half a head is the server's choice.
        const std::string answer = receive(attacker, MSG_DONTWAIT);
        refused += answer.starts_with("HTTP/1.") && answer.substr(8, 5) == " 408 " ? 1U : 0U;
        return true;
      });
    }
    return refused;
  }

 private:
  static bool is_over(const Socket& attacker) {
    pollfd event{.fd = attacker.fd(), .events = POLLIN, .revents = 0};
    return ::poll(&event, 1, 0) != 0;
  }

  void connect(std::size_t index) {
    attackers_[index] = Socket(port_, index);
    attackers_[index].send(kBeginning);
  }

  std::uint16_t port_;
  std::vector<Socket> attackers_;
  std::size_t next_ = 0;
};

std::chrono::nanoseconds time_canary(std::uint16_t port, std::uint64_t number) {
  const Clock::time_point begin = Clock::now();
  const Socket canary(port, number);
  if (!canary.send(kRequest)) fail("canary: send");
  const std::string answer = receive(canary, 0);
  const auto taken = Clock::now() - begin;
  if (!answer.starts_with("HTTP/1.1 200 ")) throw std::runtime_error("canary: " + answer);
  return taken;
}

double p99_microseconds(std::uint16_t port, std::size_t requests, Attack* attack) {
  std::vector<std::chrono::nanoseconds> times;
  for (std::size_t i = 0; i != requests; ++i) {
    if (attack != nullptr) attack->drip();
    times.push_back(time_canary(port, i));
  }
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 99 / 100);
  std::nth_element(times.begin(), at, times.end());
  return static_cast<double>(at->count()) / 1000;
}

std::string listed(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
  return "[" + text + "]";
}

void measure(std::uint16_t port, std::size_t count, std::size_t rounds, std::size_t requests) {
  std::vector<double> unloaded;
  std::vector<double> loaded;
  for (std::size_t i = 0; i != rounds; ++i) {
    unloaded.push_back(p99_microseconds(port, requests, nullptr));
    Attack attack(port, count);
    loaded.push_back(p99_microseconds(port, requests, &attack));
  }
  const std::size_t refused = Attack(port, count).go_on_until_refused();
  std::printf("{\"unloaded\": %s, \"loaded\": %s, \"refused\": %zu}\n", listed(unloaded).c_str(),
              listed(loaded).c_str(), refused);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: slow_heads PORT ATTACKERS ROUNDS REQUESTS\n");
    return 2;
  }
  const auto number = [&](int i) { return std::strtoul(argv[i], nullptr, 10); };
  try {
    measure(static_cast<std::uint16_t>(number(1)), number(2), number(3), number(4));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slow_heads: %s\n", error.what());
    return 1;
  }
}
