// SPDX-License-Identifier: MIT
// The simulated kernel, answering a schedule's calls.
#pragma once

#include <fcntl.h>
#include <sys/eventfd.h>

#include <array>

#include "kernel/kernel.h"
#include "schedule.h"
#include "system.h"

namespace e3::differential {

class ModelSystem final : public System {
 public:
  // `first_descriptor`: the lowest number that is free on the system compared with.
  ModelSystem(int first_descriptor, bool unix_sockets, const sim::KernelConfig& config = {});

  void begin() override;
  void end() override {}
  long listen() override;
  long epoll_create() override { return kernel_.epoll_create1(0); }
  long eventfd() override { return kernel_.eventfd(0, EFD_NONBLOCK); }
  long pipe(int ends[2]) override { return kernel_.pipe2(ends, O_NONBLOCK); }
  long accept(int fd) override { return kernel_.accept4(fd, nullptr, nullptr, SOCK_NONBLOCK); }
  long new_client() override { return kernel_.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); }
  long connect(int fd) override;
  long receive(int fd, std::span<std::byte> bytes, int flags) override {
    return kernel_.recv(fd, bytes.data(), bytes.size(), flags);
  }
  long send(int fd, std::span<const std::byte> bytes, int flags) override {
    return kernel_.send(fd, bytes.data(), bytes.size(), flags);
  }
  long readv(int fd, std::span<const iovec> pieces) override {
    return kernel_.readv(fd, pieces.data(), static_cast<int>(pieces.size()));
  }
  long writev(int fd, std::span<const iovec> pieces) override {
    return kernel_.writev(fd, pieces.data(), static_cast<int>(pieces.size()));
  }
  long read(int fd, std::span<std::byte> bytes) override {
    return kernel_.read(fd, bytes.data(), bytes.size());
  }
  long write(int fd, std::span<const std::byte> bytes) override {
    return kernel_.write(fd, bytes.data(), bytes.size());
  }
  long shutdown(int fd, int how) override { return kernel_.shutdown(fd, how); }
  long close(int fd) override { return kernel_.close(fd); }
  long set_linger_reset(int fd) override;
  long set_low_water(int fd, int bytes) override;
  long socket_error(int fd) override;
  long peer_name(int fd) override;
  long readable(int fd) override;
  long duplicate(int fd) override { return kernel_.dup(fd); }
  long duplicate_onto(int fd, int number) override { return kernel_.dup2(fd, number); }
  long poll(pollfd& entry) override { return kernel_.poll(&entry, 1, 0); }
  long epoll_ctl(int epoll, int operation, int fd, epoll_event& event) override {
    return kernel_.epoll_ctl(epoll, operation, fd, &event);
  }
  long epoll_wait(int epoll, std::span<epoll_event> events) override {
    return kernel_.epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 0);
  }
  bool take_sigpipe() override;
  long peer_connect(int peer) override;
  long peer_receive(int peer, std::span<std::byte> bytes) override;
  long peer_send(int peer, std::span<const std::byte> bytes, int flags) override;
  long peer_shutdown(int peer, int how) override;
  long peer_close(int peer) override;
  long peer_reset(int peer) override;
  long peer_poll(int peer) override;

 private:
  sim::PeerSocket& peer(int number) { return peers_.at(static_cast<std::size_t>(number)); }

  sim::Kernel kernel_;
  std::array<sim::PeerSocket, kPeers> peers_;
  bool unix_sockets_;
};

}  // namespace e3::differential
