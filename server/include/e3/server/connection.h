// SPDX-License-Identifier: MIT
// One accepted socket: receives, lets its protocol answer, sends, and ends in order.
// Edge-triggered: it remembers what it has been told is ready until a call says otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "e3/server/deadline_queue.h"
#include "e3/server/descriptor.h"
#include "e3/server/exchange.h"
#include "e3/server/turn.h"

namespace e3::server {

class Connection : public Deadline {
 public:
  // Takes a connected, non-blocking stream socket. `token` is what the loop calls this connection,
  // `number` what the log calls it.
  Connection(Descriptor socket, bool is_tcp, std::uint64_t token, std::uint64_t number,
             const Options& options);

  enum class Next {
    kWait,    // nothing to do before the next event; interest() says which
    kAgain,   // its share of this turn is used up, and more can be done without an event
    kFinish,  // over: destroy it
  };

  // What epoll has reported; the next advance() acts on it.
  void note(std::uint32_t events) noexcept;

  // Does all that can be done, within the share of one turn. On a new connection the first receive
  // is tried at once. While the server drains, ends what has become idle.
  Next advance(Turn& turn);

  // Like advance(), when the timeout of the present phase has passed. Ends nobody whose bytes have
  // come, or gone, in time: they may lie there unseen, since the whole process was stopped.
  Next time_out(Turn& turn);

  // What the connection waits for; it decides which timeout applies.
  enum class Phase { kHead, kBody, kIdle, kWrite, kLinger, kNone };
  Phase phase() const noexcept;
  // Whether the last call got anywhere, so that the timeout of an unchanged phase starts anew.
  // Single bytes of a head get nowhere: its timeout is absolute.
  bool made_progress() const noexcept { return made_progress_; }

  // The epoll events to register for; only ever grows.
  std::uint32_t interest() const noexcept { return interest_; }

  // Kept by the server: what it registered, whether it has a turn coming, and which phase's
  // deadline is running.
  std::uint32_t registered_events = 0;
  bool is_due = false;
  Phase timed_phase = Phase::kNone;

  int fd() const noexcept { return socket_.get(); }
  std::uint64_t token() const noexcept { return token_; }
  std::uint64_t number() const noexcept { return number_; }

 private:
  enum class State {
    kOpen,       // input is wanted
    kFlushing,   // the last answer is on its way; input is dropped
    kLingering,  // our side is shut; input is dropped until the peer ends its side
  };

  // What loses the connection sets lost_.
  void take_input(Turn& turn);
  void receive(Turn& turn);
  void process(std::string_view input, Turn& turn);
  void process_end_of_input(Turn& turn);
  void send_or_keep(std::string_view bytes, Turn& turn);
  void flush(Turn& turn);
  void send_some(std::string_view& bytes, Turn& turn);
  std::size_t owed() const noexcept { return output_.size() - sent_; }
  bool is_idle() const noexcept;

  Descriptor socket_;
  std::uint64_t token_;
  std::uint64_t number_;
  std::string output_;  // what the socket has not taken yet, from sent_ on
  std::size_t sent_ = 0;
  unsigned unsent_ = ~0U;  // in the socket, when the last linger timeout passed
  std::string unread_;     // received and not looked at, since too much was owed
  Exchange exchange_;
  std::uint32_t interest_;
  State state_ = State::kOpen;
  bool echo_;
  bool is_tcp_;
  bool readable_ = true;      // a receive may find something
  bool read_to_end_ = false;  // an end or error was reported: a short receive is not the last word
  bool writable_ = true;      // a send has not been refused since the last event that allows one
  bool input_ended_ = false;
  bool dropped_input_ = false;  // something came after the last request
  bool lost_ = false;
  bool made_progress_ = false;
};

}  // namespace e3::server
