// SPDX-License-Identifier: MIT
// One end of an AF_UNIX stream connection, or a listener: unix(7). It differs from TCP where
// servers notice: the peer's end is a hang-up at once, there is no reset by SO_LINGER, and write
// space is counted in kernel memory per packet, given back as the reader frees packets.
#pragma once

#include <vector>

#include "stream_socket.h"

namespace e3::sim {

class UnixSocket final : public StreamSocket {
 public:
  explicit UnixSocket(Machine* machine) : StreamSocket(machine) {}

  void create(int flags);

  std::uint32_t poll() override;
  long send(const ScatterList& from, int flags) override;
  long receive(const ScatterList& to, int flags) override;
  long shutdown(int how) override;
  long connect(const SocketAddress& destination) override;
  void pair_with(StreamSocket& other) override;
  long destination_refused() const override;
  void receive_buffer_changed() override {}
  void low_water_changed() override {}
  void abort() override { reset_peer_ = true; }
  void connect_to(StreamSocket& listener) override;
  void refuse() override;
  long wait_for_room() override;
  bool fail(int error) override;
  bool hold_writer() override;
  bool has_peer_name() const override { return state_ == SocketState::kEstablished; }
  std::size_t output_queue() const override { return charged_; }

 private:
  // What one send put into the reader's queue: Linux's socket buffer.
  struct Packet {
    std::size_t unread;
    std::size_t charge;  // kernel memory, counted against the writer
  };

  void release() override;
  bool writable() const;
  void consume(std::size_t length);
  void free_first_packet();
  void give_back(std::size_t charge);

  UnixSocket* peer_ = nullptr;  // nullptr: unconnected, or the other end is closed
  bool reset_peer_ = false;     // never accepted: the other end sees a reset
  std::size_t charged_ = 0;     // of the packets in the peer's queue
  std::vector<Packet> packets_;
  std::size_t first_packet_ = 0;
};

}  // namespace e3::sim
