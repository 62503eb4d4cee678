// SPDX-License-Identifier: MIT
// One end of a TCP connection, or a listener: RFC 9293 as Linux shows it to a process. Segments
// arrive at once and in order; what varies between real runs is a named choice in KernelConfig.
#pragma once

#include <algorithm>

#include "stream_socket.h"
#include "timer_queue.h"

namespace e3::sim {

class TcpSocket final : public StreamSocket {
 public:
  explicit TcpSocket(Machine* machine)
      : StreamSocket(machine), timer_(&TcpSocket::timer_expired, this) {}

  void create(int flags, int family);

  std::uint32_t poll() override;
  long send(const ScatterList& from, int flags) override;
  long receive(const ScatterList& to, int flags) override;
  long shutdown(int how) override;
  long connect(const SocketAddress& destination) override;
  void pair_with(StreamSocket& other) override;
  long destination_refused() const override { return 0; }
  void receive_buffer_changed() override;
  void abort() override;
  void connect_to(StreamSocket& listener) override;
  void refuse() override;
  long wait_for_room() override;
  bool fail(int error) override;
  bool hold_writer() override;
  bool has_peer_name() const override;
  void low_water_changed() override;
  bool close_would_block() override;

 private:
  void release() override;
  bool close_connection();
  void recycle();

  // Calls (tcp_socket.cpp).
  bool reaches_low_water(std::size_t beyond = 0) const;
  bool writable(bool for_poll) const;
  std::size_t send_room() const;
  std::size_t receive_window() const;
  long receive_nothing(int flags);

  // Handshake (tcp_handshake.cpp). connect(2) has said EINPROGRESS and was not asked again; or a
  // shutdown came between its failure and the question, after which Linux refuses the call.
  enum class ConnectCall : std::uint8_t { kNone, kUnreported, kGivenUp };
  void connection_failed(int error);
  void retransmit_syn();
  static void timer_expired(void* socket);

  // Urgent data (tcp_urgent.cpp).
  enum class UrgentByte : std::uint8_t { kNone, kUnread, kTaken };
  struct Readable {
    std::size_t skipped;  // an urgent byte before the data
    std::size_t length;
  };
  void forget_urgent_mark(std::size_t unread);
  void urgent_arrived(std::size_t unread_before);
  void urgent_refused(const ScatterList& data);
  bool at_urgent_mark() const;
  long receive_urgent(const ScatterList& to, int flags);
  Readable readable_up_to(std::size_t wanted) const;
  void pass_urgent_mark(std::size_t consumed);
  std::size_t input_queue() const override;

  // Segments (tcp_segments.cpp): what this end's actions do to the other end and back.
  std::size_t transmit(const ScatterList& from, bool urgent);
  void open_window();
  void announce_window();
  void transmit_queued();
  void data_refused();
  bool refuses_data() const;
  void data_arrived();
  void transmit_fin();
  void fin_arrived();
  void fin_acknowledged();
  void acknowledge_fin_of_peer();
  void transmit_reset();
  void reset_arrived();
  void become_closed();
  void check_write_space();
  void release_writer();
  void unlink_peer();

  TcpSocket* peer_ = nullptr;  // nullptr: unconnected, or the other end is past caring
  bool fin_received_ = false;
  bool fin_queued_ = false;  // the FIN waits behind data in the send queue
  ConnectCall connect_call_ = ConnectCall::kNone;
  bool orphan_ = false;  // closed by its process; lives on until its data is delivered
  UrgentByte urgent_ = UrgentByte::kNone;
  std::byte urgent_value_{};
  std::size_t urgent_offset_ = 0;  // of the urgent byte in the receive queue
  Nanoseconds linger_deadline_ = kNever;
  int syn_retransmissions_ = 0;
  Timer timer_;  // the next SYN, then the next window probe, then the acknowledgement of the FIN
};

inline std::size_t TcpSocket::send_room() const {
  const auto buffer = std::min<std::size_t>(static_cast<std::size_t>(options_.send_buffer),
                                            options_.not_sent_low_water);
  return buffer > send_queue_.size() ? buffer - send_queue_.size() : 0;
}

inline std::size_t TcpSocket::receive_window() const {
  const auto window = static_cast<std::size_t>(options_.receive_buffer) / 2;
  return window > receive_queue_.size() ? window - receive_queue_.size() : 0;
}

// SO_RCVLOWAT bytes and `beyond` more can be read, or the window is full.
inline bool TcpSocket::reaches_low_water(std::size_t beyond) const {
  const std::size_t target = static_cast<std::size_t>(options_.receive_low_water) + beyond;
  return !receive_queue_.empty() && (receive_queue_.size() >= target || receive_window() == 0);
}

}  // namespace e3::sim
