// SPDX-License-Identifier: MIT
// The running Linux kernel, answering a schedule's calls over loopback TCP or AF_UNIX pairs.
#pragma once

#include <array>

#include "schedule.h"
#include "system.h"

namespace e3::differential {

class LinuxSystem final : public System {
 public:
  // Closes what the process holds of the numbers that schedules can reach.
  explicit LinuxSystem(bool unix_sockets);
  ~LinuxSystem() override;

  // The lowest number that the first call of a world will give out.
  int first_descriptor() const { return first_descriptor_; }

  // Patience for timing: how often to yield the processor after each step that may leave work to
  // the network stack's own thread.
  void set_yields(int yields) { yields_ = yields; }

  void begin() override;
  void end() override;
  long listen() override;
  long epoll_create() override;
  long eventfd() override;
  long pipe(int ends[2]) override;
  long accept(int fd) override;
  long new_client() override;
  long connect(int fd) override;
  long receive(int fd, std::span<std::byte> bytes, int flags) override;
  long send(int fd, std::span<const std::byte> bytes, int flags) override;
  long readv(int fd, std::span<const iovec> pieces) override;
  long writev(int fd, std::span<const iovec> pieces) override;
  long read(int fd, std::span<std::byte> bytes) override;
  long write(int fd, std::span<const std::byte> bytes) override;
  long shutdown(int fd, int how) override;
  long close(int fd) override;
  long set_linger_reset(int fd) override;
  long set_low_water(int fd, int bytes) override;
  long socket_error(int fd) override;
  long peer_name(int fd) override;
  long readable(int fd) override;
  long duplicate(int fd) override;
  long duplicate_onto(int fd, int number) override;
  long poll(pollfd& entry) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event& event) override;
  long epoll_wait(int epoll, std::span<epoll_event> events) override;
  bool take_sigpipe() override;
  long peer_connect(int peer) override;
  long peer_receive(int peer, std::span<std::byte> bytes) override;
  long peer_send(int peer, std::span<const std::byte> bytes, int flags) override;
  long peer_shutdown(int peer, int how) override;
  long peer_close(int peer) override;
  long peer_reset(int peer) override;
  long peer_poll(int peer) override;

 private:
  int& peer(int number) { return peers_.at(static_cast<std::size_t>(number)); }
  long settled(long result) const;
  long connect_pair(int number);

  bool unix_sockets_;
  int yields_ = 0;
  int first_descriptor_ = 0;
  std::uint16_t port_ = 0;
  std::array<int, kPeers> peers_{};
};

}  // namespace e3::differential
