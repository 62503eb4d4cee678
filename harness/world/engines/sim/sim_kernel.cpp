// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/sim_kernel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/world/engines/sim/descriptor_numbers.h"
#include "harness/world/engines/sim/sim_wire.h"
#include "harness/world/interpose/real_calls.h"

namespace e3 {
namespace {

// A window smaller than SO_RCVBUF can make it, as of a peer whose buffer is nearly full.
constexpr int kTinyReceiveBuffer = 1024;

sim::KernelConfig configuration(std::uint16_t first_peer_port, int descriptor_limit) {
  sim::KernelConfig config;
  config.descriptor_limit = descriptor_limit;
  config.ephemeral_port_first = first_peer_port;
  config.monotonic_start = SimKernel::kUptime;
  config.realtime_start = SimKernel::kEpochAtStart;
  return config;
}

// 0: it has none.
std::uint16_t port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

}  // namespace

SimKernel::SimKernel(TargetTurn& turn, std::uint16_t first_peer_port, int descriptor_limit)
    : InProcessKernel(turn),
      machine_(SimMachine::take(configuration(first_peer_port, descriptor_limit))) {}

SimKernel::~SimKernel() { SimMachine::give_back(std::move(machine_)); }

std::unique_ptr<Wire> SimKernel::connect_peer(const ConnectOptions& options) {
  if (!listening_) return nullptr;
  sim::PeerSocket peer =
      kernel().connect_peer(reinterpret_cast<const sockaddr*>(&listener_), listener_size_);
  if (!peer.connected() && !peer.connecting()) return nullptr;
  if (options.tiny_buffers) {
    peer.set_receive_buffer(kTinyReceiveBuffer);
    tiny_peers_.insert(peer.port());
  }
  return std::make_unique<SimWire>(peer);
}

std::optional<std::size_t> SimKernel::accept_queue() {
  if (!listening_) return std::nullopt;
  return kernel().accept_queue(reinterpret_cast<const sockaddr*>(&listener_), listener_size_);
}

bool SimKernel::accept_queue_is_full() {
  return listening_ && kernel().accept_queue_is_full(reinterpret_cast<const sockaddr*>(&listener_),
                                                     listener_size_);
}

bool SimKernel::wire_is_connecting(Wire& wire) {
  return static_cast<SimWire&>(wire).is_connecting();
}

bool SimKernel::wire_is_ready(Wire& wire, short events) {
  return static_cast<SimWire&>(wire).is_ready(events);
}

std::optional<VirtualTime> SimKernel::next_timer() const {
  if (kernel().next_timer() == sim::kNever) return std::nullopt;
  return VirtualTime(kernel().next_timer() - kUptime);
}

void SimKernel::time_moved(VirtualTime now) { kernel().advance_to(kUptime + now.count()); }

// --- Sockets ----------------------------------------------------------------------------------

long SimKernel::socket(int domain, int type, int protocol) {
  const auto room = machine_->room_for(1);
  return kernel().socket(domain, type, protocol);
}

long SimKernel::bind(int fd, const sockaddr* address, socklen_t size) {
  return kernel().bind(fd, address, size);
}

long SimKernel::listen(int fd, int backlog) {
  const long result = kernel().listen(fd, backlog);
  if (result != 0) return result;
  if (listening_ && port_of(listener_) == expected_port_ && expected_port_ != 0) return result;
  listening_ = true;
  listener_size_ = sizeof listener_;
  return kernel().getsockname(fd, reinterpret_cast<sockaddr*>(&listener_), &listener_size_);
}

long SimKernel::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const auto room = machine_->room_for(1);
  const long accepted = blocking([&] { return kernel().accept4(fd, address, size, flags); });
  if (accepted < 0 || tiny_peers_.empty()) return accepted;
  sockaddr_in peer{};
  socklen_t peer_size = sizeof peer;
  kernel().getpeername(static_cast<int>(accepted), reinterpret_cast<sockaddr*>(&peer), &peer_size);
  if (tiny_peers_.erase(ntohs(peer.sin_port)) != 0) {
    const int smallest = 1;  // raised to the minimum, socket(7)
    kernel().setsockopt(static_cast<int>(accepted), SOL_SOCKET, SO_SNDBUF, &smallest,
                        sizeof smallest);
  }
  return accepted;
}

long SimKernel::getsockname(int fd, sockaddr* address, socklen_t* size) {
  return kernel().getsockname(fd, address, size);
}

long SimKernel::getpeername(int fd, sockaddr* address, socklen_t* size) {
  return kernel().getpeername(fd, address, size);
}

long SimKernel::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  return kernel().getsockopt(fd, level, name, value, size);
}

long SimKernel::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  return kernel().setsockopt(fd, level, name, value, size);
}

long SimKernel::shutdown(int fd, int how) { return kernel().shutdown(fd, how); }

long SimKernel::connect(int fd, const sockaddr* address, socklen_t size) {
  return blocking([&] { return kernel().connect(fd, address, size); });
}

long SimKernel::socketpair(int domain, int type, int protocol, int* ends) {
  const auto room = machine_->room_for(2);
  return kernel().socketpair(domain, type, protocol, ends);
}

// --- Descriptors ------------------------------------------------------------------------------

long SimKernel::fcntl(int fd, int command, long argument) {
  if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)
    return kernel().fcntl(fd, command, argument);
  // The numbers from there on may all be taken.
  const long last = argument + static_cast<long>(kernel().open_descriptors());
  const bool sensible = argument >= 0 && last <= INT_MAX;
  const auto room = sensible ? machine_->room_at(static_cast<int>(last)) : machine_->room_for(1);
  return kernel().fcntl(fd, command, argument);
}

long SimKernel::ioctl(int fd, unsigned long request, void* argument) {
  return kernel().ioctl(fd, request, static_cast<int*>(argument));
}

long SimKernel::close(int fd) {
  if (kernel().owns(fd)) {
    const auto room = machine_->closing();
    return close_simulated(fd);
  }
  // A placeholder's number is not open as far as the target can know.
  if (is_reserved_number(fd)) return -EBADF;
  if (::close(fd) != 0) return -errno;
  machine_->real_file_closed(fd);
  return 0;
}

// With SO_LINGER it may sleep until the peer has all; when it wakes, the descriptor is closed.
long SimKernel::close_simulated(int fd) {
  long result = 0;
  try {
    result = blocking([&] { return kernel().close(fd); });
  } catch (const TargetStopped&) {
    // May be in a destructor, of a target that is being unwound.
  }
  if (!kernel().owns(fd)) return result;
  const linger no_more{};
  kernel().setsockopt(fd, SOL_SOCKET, SO_LINGER, &no_more, sizeof no_more);
  return kernel().close(fd);
}

long SimKernel::dup(int fd) {
  const auto room = machine_->room_for(1);
  return kernel().dup(fd);
}

// Onto a simulated descriptor's number: it cannot be both.
void SimKernel::require_simulated(int fd, const char* call) {
  if (!answers(fd) && real::fcntl(fd, F_GETFD, 0) >= 0) unmodelled(call);
}

long SimKernel::dup2(int fd, int wanted) {
  require_simulated(fd, "dup2() of a real file");
  const auto room = machine_->room_at(wanted);
  return kernel().dup2(fd, wanted);
}

long SimKernel::dup3(int fd, int wanted, int flags) {
  require_simulated(fd, "dup3() of a real file");
  const auto room = machine_->room_at(wanted);
  return kernel().dup3(fd, wanted, flags);
}

long SimKernel::pipe2(int* ends, int flags) {
  const auto room = machine_->room_for(2);
  return kernel().pipe2(ends, flags);
}

long SimKernel::epoll_create1(int flags) {
  const auto room = machine_->room_for(1);
  return kernel().epoll_create1(flags);
}

long SimKernel::eventfd(unsigned int initial, int flags) {
  const auto room = machine_->room_for(1);
  return kernel().eventfd(initial, flags);
}

long SimKernel::timerfd_create(int clock, int flags) {
  const auto room = machine_->room_for(1);
  return kernel().timerfd_create(clock, flags);
}

long SimKernel::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  return kernel().timerfd_settime(fd, flags, value, old);
}

long SimKernel::timerfd_gettime(int fd, itimerspec* value) {
  return kernel().timerfd_gettime(fd, value);
}

long SimKernel::signalfd(int fd, const sigset_t* mask, int flags) {
  const auto room = machine_->room_for(1);
  return kernel().signalfd4(fd, mask, flags);
}

// --- Waiting and time -------------------------------------------------------------------------

// A regular file is refused by Linux as well; what it would watch, this kernel cannot.
namespace {

std::string file_behind(int fd) {
  std::error_code error;
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd), error).string();
}

}  // namespace

long SimKernel::watch_real_file(int fd) {
  const int watcher = real::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  const int result = real::epoll_ctl(watcher, EPOLL_CTL_ADD, fd, &event);
  const int error = errno;
  real::close(watcher);
  if (result != 0) return -error;
  static thread_local std::string call;  // the world outlives the call
  call =
      fmt::format("epoll_ctl() on descriptor {}, {}, that is not simulated", fd, file_behind(fd));
  unmodelled(call.c_str());
  return -EPERM;
}

long SimKernel::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  if (!answers(fd) && owns(epoll)) {
    if (SilentSockets::is_one(fd)) return silent_sockets_.control(epoll, operation, fd);
    if (operation == EPOLL_CTL_ADD) return watch_real_file(fd);
  }
  return kernel().epoll_ctl(epoll, operation, fd, event);
}

std::optional<VirtualTime> SimKernel::end_of(std::optional<std::chrono::nanoseconds> timeout) {
  if (!timeout) return std::nullopt;
  const VirtualTime now = turn().now();
  return *timeout < VirtualTime::max() - now ? now + *timeout : VirtualTime::max();
}

int SimKernel::milliseconds_until(VirtualTime end) {
  const VirtualTime left = std::max(end - turn().now(), VirtualTime(0));
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::min<decltype(whole)>(whole, INT32_MAX));
}

long SimKernel::epoll_wait(int epoll, epoll_event* events, int capacity,
                           std::optional<std::chrono::nanoseconds> timeout) {
  const std::optional<VirtualTime> end = end_of(timeout);
  return blocking([&] {
    return kernel().epoll_wait(epoll, events, capacity, end ? milliseconds_until(*end) : -1);
  });
}

long SimKernel::poll(pollfd* entries, nfds_t count,
                     std::optional<std::chrono::nanoseconds> timeout) {
  const std::optional<VirtualTime> end = end_of(timeout);
  const auto milliseconds = [&] { return end ? milliseconds_until(*end) : -1; };
  const auto is_real = [this](const pollfd& entry) { return entry.fd >= 0 && !answers(entry.fd); };
  if (std::none_of(entries, entries + count, is_real)) {
    return blocking([&] { return kernel().poll(entries, count, milliseconds()); });
  }
  std::vector<pollfd> simulated(entries, entries + count);
  std::vector<pollfd> others(entries, entries + count);
  for (nfds_t i = 0; i < count; ++i) (is_real(entries[i]) ? simulated : others)[i].fd = -1;
  return blocking([&] {
    const int others_ready = real::poll(others.data(), count, 0);
    const long ready =
        kernel().poll(simulated.data(), count, others_ready > 0 ? 0 : milliseconds());
    for (nfds_t i = 0; i < count; ++i)
      entries[i].revents = static_cast<short>(simulated[i].revents | others[i].revents);
    return ready < 0 ? ready : ready + std::max(others_ready, 0);
  });
}

VirtualTime SimKernel::monotonic_now() { return VirtualTime(kUptime) + turn().now(); }

VirtualTime SimKernel::realtime_now() {
  return VirtualTime(kEpochAtStart) + realtime_steps_ + turn().now();
}

bool SimKernel::step_realtime(VirtualTime by) {
  realtime_steps_ += by;
  kernel().step_realtime(by.count());
  return true;
}

void SimKernel::sleep(std::chrono::nanoseconds duration) {
  const VirtualTime until = turn().now() + duration;
  while (turn().now() < until) turn().wait(until);
}

}  // namespace e3
