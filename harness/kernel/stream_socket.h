// SPDX-License-Identifier: MIT
// What TCP and AF_UNIX stream sockets have in common: state, queues, options, and the calls every
// stream socket answers. The protocols' own rules are in TcpSocket and UnixSocket.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "byte_queue.h"
#include "open_file.h"
#include "socket_address.h"
#include "socket_options.h"

namespace e3::sim {

enum class SocketState : std::uint8_t {  // the states of RFC 9293 that a process can tell apart
  kClosed,
  kListening,
  kConnecting,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
};

// Bits of shutdown_: which directions are over.
inline constexpr std::uint8_t kReceiveShut = 1;
inline constexpr std::uint8_t kSendShut = 2;
inline constexpr std::uint8_t kBothShut = kReceiveShut | kSendShut;

class StreamSocket : public OpenFile {
 public:
  // send(2) and recv(2) families. `flags` are MSG_ flags; the result is raw Linux or kWouldBlock.
  virtual long send(const ScatterList& from, int flags) = 0;
  virtual long receive(const ScatterList& to, int flags) = 0;
  virtual long shutdown(int how) = 0;
  // connect(2) and the calls by which its outcome is asked later.
  virtual long connect(const SocketAddress& destination) = 0;
  // Ends the connection as SO_LINGER with a time of zero does: a reset where the protocol has one.
  virtual void abort() = 0;
  // Makes this, a new socket, the client end of a connection to `listener`, which has room.
  virtual void connect_to(StreamSocket& listener) = 0;
  // Connects two new sockets with each other, without addresses or listener.
  virtual void pair_with(StreamSocket& other) = 0;
  // No one listens there, or no one any more.
  virtual void refuse() = 0;
  // The listener's queue is full: 0 to stay connecting, or a negative errno.
  virtual long wait_for_room() = 0;
  // The connection is lost: `error` waits to be reported here, ECONNRESET at the other end. False
  // when there is no connection, or the protocol knows no such end.
  virtual bool fail(int error) = 0;
  // The send buffer counts as full until the peer reads; when the peer has nothing to read, space
  // is back at once (as the end of tcp_sendmsg_locked() has it). Either way a writer is woken.
  // False when this end cannot send.
  virtual bool hold_writer() = 0;
  // False once the end of the stream is known: then nothing more can arrive.
  bool more_may_arrive() const { return state_ == SocketState::kEstablished && error_ == 0; }

  long read(const ScatterList& to) override;
  long write(const ScatterList& from) override;

  // listen(2); the caller has given the socket an address. 0 or a negative errno.
  long listen(int backlog);
  // The oldest connection that waits to be accepted, with its one reference; nullptr when none.
  StreamSocket* take_pending();
  // accept(2) finds no connection: -EAGAIN, or kWouldBlock.
  long wait_for_connection() const { return wait_or_again(0, options_.receive_timeout); }
  bool has_pending() const { return !pending_.empty(); }
  // Linux lets one more connection in than the backlog says.
  bool queue_full() const { return pending_count_ > backlog_; }
  std::size_t queue_room() const { return static_cast<std::size_t>(backlog_) + 1; }  // when empty
  bool listening() const { return state_ == SocketState::kListening; }

  SocketState state() const { return state_; }
  void set_state(SocketState state) { state_ = state; }
  std::size_t unread() const { return receive_queue_.size(); }
  bool end_of_input() const { return (shutdown_ & kReceiveShut) != 0; }
  // SO_ERROR: the pending error, which is cleared by asking.
  int take_error();

  SocketOptions& options() { return options_; }
  const SocketOptions& options() const { return options_; }
  SocketAddress& local_address() { return local_address_; }
  const SocketAddress& local_address() const { return local_address_; }
  SocketAddress& remote_address() { return remote_address_; }
  // True when getpeername(2) has an answer.
  virtual bool has_peer_name() const = 0;
  // What sendto(2) with an address answers; 0 where the address is ignored.
  virtual long destination_refused() const = 0;
  // Bytes that the peer's kernel does not hold yet.
  std::size_t unsent() const { return send_queue_.size(); }
  virtual std::size_t input_queue() const { return unread(); }   // FIONREAD
  virtual std::size_t output_queue() const { return unsent(); }  // SIOCOUTQ
  long ioctl(unsigned long request, int* argument) override;
  // SO_RCVBUF has changed.
  virtual void receive_buffer_changed() = 0;
  // SO_RCVLOWAT has changed.
  virtual void low_water_changed() {}

 protected:
  explicit StreamSocket(Machine* machine) : OpenFile(FileKind::kSocket, machine) {}
  ~StreamSocket() = default;

  void open_socket(int flags, int family);
  // Puts a connection made by a client at the end of the queue and tells the listener's watchers.
  void add_pending(StreamSocket& child);
  // Aborts all connections that wait to be accepted.
  void drop_pending();

  bool waits(int flags) const;  // the call may block: neither O_NONBLOCK nor MSG_DONTWAIT
  // -EAGAIN, or kWouldBlock until `timeout` (zero: for ever) with `progress` bytes already moved.
  long wait_or_again(int flags, Nanoseconds timeout, std::size_t progress = 0) const;
  // EPIPE, with SIGPIPE unless MSG_NOSIGNAL forbids it.
  long broken_pipe(int flags) const;

  SocketState state_ = SocketState::kClosed;
  std::uint8_t shutdown_ = 0;
  bool no_space_ = false;     // someone found no write space and must be told when there is some
  bool writer_held_ = false;  // see hold_writer()
  int error_ = 0;             // what SO_ERROR would say
  ByteQueue receive_queue_;
  ByteQueue send_queue_;  // accepted from the process, not yet in the peer's receive queue
  SocketOptions options_;

 private:
  ListHook<StreamSocket> in_queue_;

  using PendingList = IntrusiveList<StreamSocket, &StreamSocket::in_queue_>;

  PendingList pending_;
  int pending_count_ = 0;
  int backlog_ = 0;
  SocketAddress local_address_;
  SocketAddress remote_address_;
};

}  // namespace e3::sim
