// SPDX-License-Identifier: MIT
// Makes exchanges with a server over loopback TCP, one after another, and prints how many, and the
// processor time that they took here; the server's own is to be added.
// usage: tcp_exchanges PORT COUNT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "tests/bench/three_fragments.h"

namespace {

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

bool exchange(const sockaddr_in& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    return false;
  }
  for (const std::string_view fragment : e3::bench::kFragments) {
    if (send(fd, fragment.data(), fragment.size(), MSG_NOSIGNAL) < 0) std::perror("send");
  }
  std::string answer;
  std::array<char, 4096> bytes;
  for (ssize_t got; (got = recv(fd, bytes.data(), bytes.size(), 0)) > 0;) {
    answer.append(bytes.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  if (!e3::bench::is_right(answer)) std::fprintf(stderr, "wrong answer: %s\n", answer.c_str());
  return e3::bench::is_right(answer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return EXIT_FAILURE;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int count = std::atoi(argv[2]);
  const double began = processor_seconds();
  for (int i = 0; i < count; ++i) {
    if (!exchange(address)) return EXIT_FAILURE;
  }
  std::printf("%d %.9f\n", count, processor_seconds() - began);
}
