// SPDX-License-Identifier: MIT
#include "harness/checks/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/checks/http_exchange.h"
#include "harness/checks/learned.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// Longer than any time-out that servers commonly have by default.
constexpr VirtualTime kPatience = 10min;
// How late a server may be whose time-out is known: timers are coarse, and machines busy.
constexpr VirtualTime kLateness = 2s;
// What tcp_wmem of tcp(7) allows by default: an answer of this size cannot be taken whole.
constexpr std::size_t kLargestSendBuffer = 4 << 20;

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace

Session::Session(const CheckCase& which, const Profile& profile, WorldSource& source,
                 std::uint64_t seed, Learned& learned)
    : check_(which.check),
      variant_(which.variant),
      level_(level_of(which)),
      profile_(&profile),
      source_(&source),
      learned_(&learned),
      random_state_(fnv1a(which.check->id, seed ^ 0xcbf29ce484222325U)) {
  source_->begin_check();
  learn_baseline();
}

Answer Session::exchange(const std::string& request) {
  Peer peer = world().connect();
  peer.send(request);
  finish_request(peer);
  receive_answer(peer);
  // Before the peer leaves, which would wake it.
  slept_in_ = peer.received().empty() ? world().sleeps_beside_loop() : "";
  return {.bytes = masked(*profile_, peer.received()),
          .ending = peer.ending(),
          .size = peer.received().size(),
          .is_cut = peer.ending() == Ending::kOpen && !is_whole(peer)};
}

const Answer& Session::answer_to(const std::string& request) {
  const auto known = std::find_if(answers_.begin(), answers_.end(),
                                  [&](const auto& entry) { return entry.first == request; });
  if (known != answers_.end()) return known->second;
  return answers_.emplace_back(request, exchange(request)).second;
}

const std::string& Session::large_request() {
  const std::string& large = profile_->large_request;
  const Answer& learned = answer_to(large);
  const int status = http_status(learned.bytes);
  const bool refused = learned.bytes.empty() || (profile_->is_http && status / 100 != 2);
  if (!refused && learned.is_cut) throw_cut(learned);
  if (!refused) return large;
  note(fmt::format("a request of {} bytes is refused; the plain one was used", large.size()));
  return request();
}

void Session::restart_target() {
  try {
    source_->restart();
  } catch (const TargetUnavailable& unavailable) {
    source_->renew();
    throw Violation{Symptom::kDied, "the server listens again at the same address",
                    unavailable.what()};
  }
}

const std::string& Session::request_that_fills_buffers() {
  const std::string& request = large_request();
  const std::size_t size = answer_to(request).bytes.size();
  if (!world().abilities().small_windows && size < kLargestSendBuffer) {
    throw NotShown{fmt::format(
        "an answer of {} bytes fits into the send buffer: give the profile a large_request that "
        "asks for {} MiB, use --preload, or link the server in",
        size, kLargestSendBuffer >> 20)};
  }
  return request;
}

std::string Session::padded_request(std::string_view filler) const {
  if (profile_->pad_at) return e3::padded_request(*profile_, filler);
  throw NotApplicable{"the profile does not say where a request can be made longer"};
}

void Session::send_rest(Peer& peer, std::string_view bytes, std::size_t sent,
                        std::size_t read_at_once) {
  while (sent < bytes.size() && peer.receive(read_at_once) > 0) {
    sent += peer.send(bytes.substr(sent));
  }
}

Peer Session::ask_with_tiny_buffers(const std::string& request) {
  Peer peer = world().connect({.tiny_buffers = true});
  send_rest(peer, request, peer.send(request));
  finish_request(peer);
  return peer;
}

void Session::finish_request(Peer& peer) {
  if (profile_->peer_ends) peer.shutdown_write();
}

void Session::receive_answer(Peer& peer) {
  if (const auto& length = profile_->answer_length) {
    peer.receive_up_to(length->at + length->bytes);
    if (const auto size = announced_size(*length, peer.received())) peer.receive_up_to(*size);
  } else if (!profile_->answer_end.empty()) {
    peer.receive_until(profile_->answer_end);
  } else if (profile_->is_http) {
    const Conversation seen =
        read_answers(peer, {.first_is_to_head = request().starts_with("HEAD ")});
    if (!seen.problem.empty()) peer.receive_to_end();
  } else {
    peer.receive_to_end();
  }
}

std::string Session::receive_behind(Peer& peer, std::size_t before, const Answer& wanted) {
  if (profile_->masks.empty()) {
    peer.receive_up_to(before + wanted.size);
  } else {
    peer.receive_to_end();  // how long a masked answer is it does not tell
  }
  return masked(*profile_, std::string_view(peer.received()).substr(before));
}

void Session::expect_answer(Peer& peer, const std::string& request) {
  const Answer& wanted = answer_to(request);
  const bool tells_its_end = !profile_->answer_end.empty() || profile_->answer_length;
  if (tells_its_end || !profile_->masks.empty()) {
    receive_answer(peer);  // a masked answer does not tell how many bytes to wait for
  } else if (wanted.ending == Ending::kOpen) {
    peer.receive_up_to(wanted.bytes.size());
  } else {
    // Not to the end: a target may send for ever.
    while (peer.received().size() <= wanted.bytes.size() && peer.receive(65536) > 0) {
    }
  }
  const std::string got = masked(*profile_, peer.received());
  if (const auto differs = compare_answers(got, peer.ending(), wanted)) throw *differs;
}

void Session::expect_silence(Peer& peer) {
  if (profile_->peer_ends || peer.receive_now(65536) == 0) return;
  throw Violation{Symptom::kEarlyAnswer, "no answer before the request is complete",
                  quoted(peer.received())};
}

void Session::expect_end(Peer& peer) {
  peer.receive_to_end();
  if (peer.ending() != Ending::kOpen) return;
  const bool is_virtual = world().abilities().virtual_time;
  if (!is_virtual && !profile_->time_out) {
    throw NotShown{
        "the connection stays open for longer than e3 waits, yet perhaps not for ever: give the "
        "profile the server's time_out_ms, or use --timeout TIME"};
  }
  const VirtualTime bound = profile_->time_out ? *profile_->time_out + kLateness : kPatience;
  if (is_virtual) {
    world().advance(bound);
    peer.receive_to_end();
  } else {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (peer.ending() == Ending::kOpen && std::chrono::steady_clock::now() < deadline) {
      peer.receive_to_end();
    }
  }
  if (peer.ending() != Ending::kOpen) return;
  const double seconds = std::chrono::duration<double>(bound).count();
  throw Violation{
      Symptom::kNotEnded, "the server ends the connection",
      fmt::format("still open after {:g} {}seconds", seconds, is_virtual ? "virtual " : ""), true};
}

void Session::expect_quiet() {
  const Health health = world().health();
  if (health.spin) {
    throw Violation{Symptom::kSpins, "a quiet server waits in epoll_wait",
                    *health.spin,    false,
                    false,           health.spins_on_event};
  }
}

void Session::require(bool holds, Symptom symptom, std::string expected, std::string actual) {
  if (!holds) throw Violation{symptom, std::move(expected), std::move(actual)};
}

}  // namespace e3
