// SPDX-License-Identifier: MIT
// Echoes bytes. One-shot registrations, a timerfd for what idles too long; and no listener: whoever
// embeds it accepts the connections.
#pragma once

#include <cstdint>
#include <map>
#include <string>

class OneshotServer {
 public:
  OneshotServer();
  ~OneshotServer();
  OneshotServer(const OneshotServer&) = delete;
  OneshotServer& operator=(const OneshotServer&) = delete;

  int epoll() const { return epoll_; }  // readable while turn() has something to do
  void adopt(int fd);
  void turn();

 private:
  struct Connection {
    std::string unsent;
    bool ended = false;  // the peer sends no more
    int idle_ticks = 0;
  };

  void arm(int operation, int fd, std::uint32_t events);
  void serve(int fd);
  void tick();
  void end(int fd);

  int epoll_;
  int timer_;
  std::map<int, Connection> connections_;
};
