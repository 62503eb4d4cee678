// SPDX-License-Identifier: MIT
// Connections on which nothing happens: which of them the server ends, and when. All wait together.
#include <fmt/format.h>

#include <deque>

#include "harness/checks/http_exchange.h"
#include "harness/probe/questions.h"
#include "harness/world/engines/tcp/wait_any.h"

namespace e3::probe {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// How long to wait where nothing else is said: longer than servers' time-outs are, but where time
// is real.
constexpr std::chrono::milliseconds kVirtualWait = 10min;
constexpr std::chrono::milliseconds kRealWait = 10s;
constexpr VirtualTime kStep = 50ms;  // of virtual time: how exact a time-out is told

struct Idler {
  std::string_view key;
  std::string_view label;
  Peer peer;
  std::optional<std::chrono::nanoseconds> ended = {};
};

class Idlers {
 public:
  explicit Idlers(const Known& known) : known_(&known) {}

  void start();
  void wait(std::chrono::milliseconds bound);
  const std::deque<Idler>& all() const { return all_; }

 private:
  World& world() { return known_->session->world(); }
  Peer& add(std::string_view key, std::string_view label);
  void start_after_an_answer();
  // Notes who has ended by now; whether anybody is left.
  bool look(std::chrono::nanoseconds time);
  void wait_in_virtual_time(std::chrono::milliseconds bound);
  void wait_in_real_time(std::chrono::milliseconds bound);

  const Known* known_;
  std::deque<Idler> all_;
};

Peer& Idlers::add(std::string_view key, std::string_view label) {
  all_.push_back({.key = key, .label = label, .peer = world().connect()});
  return all_.back().peer;
}

// To be called first: while its answer is awaited, the time of others would pass unseen.
void Idlers::start_after_an_answer() {
  Session& session = *known_->session;
  if (known_->http && !known_->http->persistent) return;
  if (!known_->http && session.answer().ending != Ending::kOpen) return;
  Peer peer = world().connect();
  if (known_->http) {
    peer.send(expanded("{get}", *known_->http));
    read_answers(peer, {});
  } else {
    peer.send(session.request());
    session.receive_answer(peer);
  }
  all_.push_back(
      {.key = "idle_time_out", .label = "time-out between requests", .peer = std::move(peer)});
}

void Idlers::start() {
  const Session& session = *known_->session;
  start_after_an_answer();
  add("silence_time_out", "time-out without a byte");
  if (!session.profile().peer_ends) {
    add("request_time_out", "time-out within a request")
        .send(std::string_view(session.request()).substr(0, session.request().size() - 1));
  }
  if (known_->http && known_->http->waits_for_body) {
    add("body_time_out", "time-out within a body")
        .send(expanded("{post}Content-Length: 5\r\n\r\nh", *known_->http));
  }
  world().settle();
}

bool Idlers::look(std::chrono::nanoseconds time) {
  bool waiting = false;
  for (Idler& idler : all_) {
    if (idler.ended) continue;
    while (idler.peer.receive_now(65536) > 0) {
    }
    if (idler.peer.ending() != Ending::kOpen) {
      idler.ended = time;
    } else {
      waiting = true;
    }
  }
  return waiting;
}

void Idlers::wait_in_virtual_time(std::chrono::milliseconds bound) {
  VirtualTime time{0};
  while (look(time) && time < bound) {
    world().advance(kStep);
    time += kStep;
  }
}

void Idlers::wait_in_real_time(std::chrono::milliseconds bound) {
  const auto begin = Clock::now();
  auto passed = Clock::duration{0};
  while (look(passed) && passed < bound) {
    std::vector<Wire*> open;
    for (Idler& idler : all_) {
      if (!idler.ended) open.push_back(&idler.peer.wire());
    }
    wait_any_readable(open, std::chrono::ceil<std::chrono::milliseconds>(bound - passed));
    passed = Clock::now() - begin;
  }
}

void Idlers::wait(std::chrono::milliseconds bound) {
  world().abilities().virtual_time ? wait_in_virtual_time(bound) : wait_in_real_time(bound);
}

}  // namespace

void ask_for_time_outs(const Known& known, const Options& options, std::vector<Fact>& facts) {
  const bool is_virtual = known.session->world().abilities().virtual_time;
  const auto bound = options.wait.value_or(is_virtual ? kVirtualWait : kRealWait);
  Idlers idlers(known);
  idlers.start();
  idlers.wait(bound);
  for (const Idler& idler : idlers.all()) {
    if (idler.ended) {
      const double seconds = std::chrono::duration<double>(*idler.ended).count();
      facts.push_back({idler.key, idler.label, seconds, fmt::format("{:.2f} s", seconds)});
    } else {
      const double seconds = std::chrono::duration<double>(bound).count();
      facts.push_back({idler.key, idler.label, {}, fmt::format("none within {:g} s", seconds)});
    }
  }
}

}  // namespace e3::probe
