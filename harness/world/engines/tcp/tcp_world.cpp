// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/tcp_world.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "harness/world/engines/tcp/wait.h"
#include "harness/world/interrupt.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// A quiet target wants no processor time. One that wanted this much since everybody went quiet, and
// got so much of it, spins. Waiting counts: beside a busy neighbour, whoever spins gets little.
// Less than this an engine with several threads may need to collect garbage.
constexpr auto kSpinWanted = 600ms;
constexpr auto kSpinUsed = 400ms;
// What a target may use for one fragment before it is no longer waited for.
constexpr auto kFragmentCpuTime = 50ms;
// Bounds that only a target in trouble, or a machine in trouble, ever reaches.
constexpr auto kQuietBound = 10s;
constexpr auto kReadBound = 1s;
constexpr auto kStopBound = 1s;
// While the target is held, the kernel completes handshakes by itself, up to the backlog.
constexpr auto kHeldConnectBound = 300ms;
// Between fragments where the receive queue cannot be asked.
constexpr auto kTimedGap = 5ms;

}  // namespace

TcpWorld::TcpWorld(Endpoint endpoint, Program* program, std::chrono::milliseconds timeout,
                   Transcript& transcript)
    : World(transcript),
      endpoint_(std::move(endpoint)),
      program_(program),
      timeout_(timeout),
      abilities_{.tcp = true,
                 .virtual_time = false,
                 .inside_view = program != nullptr,
                 .process = program != nullptr,
                 .can_hold = program != nullptr,
                 .small_windows = false},
      timed_(!sock_diag_.available() || !endpoint_.is_loopback()) {}

std::unique_ptr<Wire> TcpWorld::open_wire(const ConnectOptions& options) {
  const int fd =
      ::socket(endpoint_.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
  auto wire = std::make_unique<SocketWire>(fd);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.tiny_buffers) {  // before connect: it bounds the window that is announced
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &on, sizeof on);
  }
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&endpoint_.address), endpoint_.size) != 0 &&
      errno != EINPROGRESS) {
    throw TargetUnavailable(
        fmt::format("cannot connect to {}: {}", endpoint_.text, std::strerror(errno)));
  }
  pollfd entry{.fd = fd, .events = POLLOUT, .revents = 0};
  poll_any({&entry, 1}, held_ ? kHeldConnectBound : std::chrono::nanoseconds(timeout_));
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0 && entry.revents == 0 && !held_) error = ETIMEDOUT;
  if (error != 0) {
    throw TargetUnavailable(
        fmt::format("cannot connect to {}: {}", endpoint_.text, std::strerror(error)));
  }
  wires_.push_back(wire.get());
  return wire;
}

std::optional<std::size_t> TcpWorld::accept_queue() {
  if (timed_) return std::nullopt;
  return sock_diag_.accept_queue(endpoint_.address);
}

void TcpWorld::forget(Wire& wire) {
  if (const auto ends = SockDiag::ends_of(static_cast<SocketWire&>(wire).fd())) {
    left_.push_back(*ends);
  }
  wires_.erase(std::remove(wires_.begin(), wires_.end(), &wire), wires_.end());
}

bool TcpWorld::target_lives() { return program_ == nullptr || !program_->death(); }

bool TcpWorld::was_read(const SocketWire& wire) {
  const auto ends = SockDiag::ends_of(wire.fd());
  const auto state = ends ? sock_diag_.server_side(*ends) : std::nullopt;
  if (!state || state->closed) return true;  // nobody is left to read
  return state->accepted && state->receive_queue == 0;
}

void TcpWorld::settle() {
  throw_if_interrupted();
  if (held_) return;
  if (timed_) {
    const Patience gap(kTimedGap);
    while (!gap.exhausted()) gap.pause();
    return;
  }
  for (const SocketWire* wire : wires_) {
    const Patience patience(kReadBound);
    while (!was_read(*wire) && !patience.exhausted() && target_lives()) patience.pause();
  }
  if (program_ != nullptr) let_it_act();
}

// What was read is not yet acted upon; a program of ours is done when it sleeps.
void TcpWorld::let_it_act() {
  const ProcessTree& tree = program_->tree();
  if (tree.is_asleep()) return;  // nearly always: its processor time need not be read
  const Patience patience(kReadBound);
  const auto before = tree.processor_time().used;
  while (!tree.is_asleep() && !patience.exhausted() && target_lives() &&
         tree.processor_time().used - before < kFragmentCpuTime) {
    patience.pause();
  }
}

void TcpWorld::hold() {
  held_ = true;
  if (program_ == nullptr) return;
  program_->tree().signal(SIGSTOP);
  // kill(2) returns before a running target has stopped, and what a peer does meanwhile may be met.
  const Patience patience(kStopBound);
  while (!program_->tree().is_stopped() && !patience.exhausted() && target_lives())
    patience.pause();
}

void TcpWorld::release() {
  held_ = false;
  if (program_ != nullptr) program_->tree().signal(SIGCONT);
}

bool TcpWorld::wait_for(Wire& wire, short events) {
  // Nobody writes while the target is held.
  const bool in_vain = held_ && events == POLLIN;
  pollfd entry{.fd = static_cast<SocketWire&>(wire).fd(), .events = events, .revents = 0};
  // The kernel closes a dead program's sockets, so its end shows at the next poll.
  return poll_any({&entry, 1}, in_vain ? 0ms : timeout_);
}

bool TcpWorld::wait_readable(Wire& wire) { return wait_for(wire, POLLIN); }

bool TcpWorld::wait_writable(Wire& wire) { return wait_for(wire, POLLOUT); }

Health TcpWorld::health() {
  Health health;
  if (program_ == nullptr) return health;
  const Patience patience(kQuietBound);
  const auto before = program_->tree().processor_time();
  while (!(health.death = program_->death()) && !program_->tree().is_asleep()) {
    const auto now = program_->tree().processor_time();
    const auto used = now.used - before.used;
    if (used >= kSpinUsed && used + now.waited - before.waited >= kSpinWanted) {
      health.spin =
          fmt::format("wanted the processor for {} ms with nothing to do, and still does",
                      std::chrono::duration_cast<std::chrono::milliseconds>(kSpinWanted).count());
      break;
    }
    if (patience.exhausted()) break;
    patience.pause();
  }
  // What died after the loop's look at its death is no member of the tree, and seems asleep.
  if (!health.death) health.death = program_->death();
  if (!health.death) health.descriptors = program_->tree().descriptors();
  return health;
}

World::Usage TcpWorld::usage() {
  if (program_ == nullptr) return {};
  return {.resident = program_->tree().resident(), .threads = program_->tree().threads()};
}

bool TcpWorld::ends_when_asked(std::chrono::milliseconds bound) {
  program_->ask_to_end();
  const Patience patience(bound);
  while (!program_->death() && !patience.exhausted()) patience.pause();
  return program_->death().has_value();
}

std::optional<std::size_t> TcpWorld::mark_descriptors() {
  left_.clear();
  if (program_ == nullptr && !timed_) return 0;  // those of connections alone can be seen
  const Health quiet = health();
  if (!quiet.descriptors) return std::nullopt;
  marked_processes_ = program_->tree().members();
  return ProcessTree::descriptors_of(marked_processes_);
}

// How many connections some process of the target has open though our side has closed them.
std::size_t TcpWorld::connections_kept() {
  const auto gone = [this](const Ends& ends) {
    const auto state = sock_diag_.server_side(ends);
    return !state || !state->accepted;
  };
  left_.erase(std::remove_if(left_.begin(), left_.end(), gone), left_.end());
  return left_.size();
}

std::optional<std::size_t> TcpWorld::descriptors_down_to(std::size_t wanted) {
  const auto count = [&] {
    return std::max(ProcessTree::descriptors_of(marked_processes_), wanted + connections_kept());
  };
  const Patience patience(2 * timeout_);  // a good server lingers a little after its peers left
  std::size_t held = count();
  while (held > wanted && !patience.exhausted() && target_lives()) {
    patience.pause();
    held = count();
  }
  return held;
}

std::vector<std::string> TcpWorld::remarks() const {
  if (!timed_) return {"sync=diag: the kernel says when all has been read"};
  return {"sync=timed: fragments may have been joined on the way"};
}

}  // namespace e3
