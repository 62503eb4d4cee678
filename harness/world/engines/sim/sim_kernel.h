// SPDX-License-Identifier: MIT
// The simulated kernel below an in-process target: TCP as Linux does it, without Linux. Simulated
// descriptors have the numbers that the real kernel would give next; a placeholder holds each of
// those numbers in the real table, so that no file the target opens can get one of them.
#pragma once

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/sim/descriptor_numbers.h"
#include "harness/world/engines/sim/silent_sockets.h"
#include "harness/world/engines/sim/sim_machine.h"

namespace e3 {

class SimKernel : public InProcessKernel {
 public:
  // The soft RLIMIT_NOFILE of most systems.
  static constexpr int kDescriptorLimit = 1024;

  // A machine that has been up for a day. Any constant would do.
  static constexpr sim::Nanoseconds kUptime = sim::kSecond * 24 * 3600;
  // 2024-01-01 00:00:00 UTC. Any constant would do.
  static constexpr sim::Nanoseconds kEpochAtStart = sim::kSecond * 1704067200;

  static constexpr Abilities kAbilities{.tcp = true,
                                        .virtual_time = true,
                                        .inside_view = true,
                                        .can_hold = true,
                                        .small_windows = true,
                                        .faults = true,
                                        .event_order = true,
                                        .repeatable = true};

  // `first_peer_port`: the port that the first peer comes from; later ones count upwards.
  // `descriptor_limit`: the target's RLIMIT_NOFILE; numbers are taken from the real process as they
  // are needed.
  SimKernel(TargetTurn& turn, std::uint16_t first_peer_port,
            int descriptor_limit = kDescriptorLimit);
  ~SimKernel() override;

  std::string_view engine() const override { return "sim"; }
  Abilities abilities() const override { return kAbilities; }
  // Peers connect to the listener on `port` when the target has several, else to the last.
  void expect_at(std::uint16_t port) { expected_port_ = port; }

  bool listening() const override { return listening_; }
  std::unique_ptr<Wire> connect_peer(const ConnectOptions& options) override;
  std::optional<std::size_t> accept_queue() override;
  bool accept_queue_is_full() override;
  bool wire_is_connecting(Wire& wire) override;
  bool wire_is_ready(Wire& wire, short events) override;
  std::size_t open_descriptors() const override { return kernel().open_descriptors(); }
  std::optional<VirtualTime> next_timer() const override;
  void time_moved(VirtualTime now) override;
  bool step_realtime(VirtualTime by) override;

  void set_event_order(EventOrder* order) override { kernel().set_event_order(order); }
  bool can_show(History /*history*/) const override { return true; }
  bool abort_pending(int listener) override { return kernel().abort_pending(listener); }
  bool fail_connection(int fd, int error) override { return kernel().fail_connection(fd, error); }
  bool more_may_arrive(int fd) override { return kernel().more_may_arrive(fd); }
  bool fill_send_buffer(int fd) override { return kernel().fill_send_buffer(fd); }
  void announce_arrival(int fd) override { kernel().announce_arrival(fd); }

  std::optional<rlim_t> descriptor_limit() const override { return machine_->descriptor_limit(); }
  void set_descriptor_limit(rlim_t limit) override { machine_->set_descriptor_limit(limit); }

  bool owns(int fd) const override { return kernel().owns(fd); }
  bool answers(int fd) const override { return owns(fd) || is_reserved_number(fd); }
  long socket(int domain, int type, int protocol) override;
  long bind(int fd, const sockaddr* address, socklen_t size) override;
  long listen(int fd, int backlog) override;
  long accept4(int fd, sockaddr* address, socklen_t* size, int flags) override;
  long getsockname(int fd, sockaddr* address, socklen_t* size) override;
  long getpeername(int fd, sockaddr* address, socklen_t* size) override;
  long getsockopt(int fd, int level, int name, void* value, socklen_t* size) override;
  long setsockopt(int fd, int level, int name, const void* value, socklen_t size) override;
  long fcntl(int fd, int command, long argument) override;
  long ioctl(int fd, unsigned long request, void* argument) override;
  long shutdown(int fd, int how) override;
  long fstat(int fd, struct stat* status) override { return kernel().fstat(fd, status); }
  long close(int fd) override;
  long connect(int fd, const sockaddr* address, socklen_t size) override;
  long socketpair(int domain, int type, int protocol, int* ends) override;
  long dup(int fd) override;
  long dup2(int fd, int wanted) override;
  long dup3(int fd, int wanted, int flags) override;
  long pipe2(int* ends, int flags) override;
  long sendfile(int out, int in, off_t* offset, std::size_t size) override;
  long timerfd_create(int clock, int flags) override;
  long timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) override;
  long timerfd_gettime(int fd, itimerspec* value) override;
  long signalfd(int fd, const sigset_t* mask, int flags) override;
  long receive(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long epoll_create1(int flags) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  long epoll_wait(int epoll, epoll_event* events, int capacity,
                  std::optional<std::chrono::nanoseconds> timeout) override;
  long poll(pollfd* entries, nfds_t count,
            std::optional<std::chrono::nanoseconds> timeout) override;
  long eventfd(unsigned int initial, int flags) override;
  VirtualTime monotonic_now() override;
  VirtualTime realtime_now() override;
  void sleep(std::chrono::nanoseconds duration) override;

 private:
  // Makes the call, and makes it again after each turn of the scenario for as long as it blocks;
  // tells `advance` how many bytes it moves before each sleep.
  template <typename Call, typename Advance>
  long blocking(const Call& call, const Advance& advance);
  template <typename Call>
  long blocking(const Call& call);
  template <typename Move>
  long moving(int fd, const iovec* parts, int count, bool all, const Move& move);
  // Of a real file, for sendfile(2).
  struct FilePart {
    int file;
    off_t from;
    std::size_t size;
    // 0 or -errno.
    long read(std::size_t begin, std::size_t count, std::vector<std::byte>& bytes) const;
  };
  long send_whole(int out, const FilePart& part);
  long send_what_fits(int out, const FilePart& part);
  long close_simulated(int fd);
  long watch_real_file(int fd);
  void require_simulated(int fd, const char* call);
  bool fails(int fd);  // an error is pending there

  // When a wait that begins now is over (absent: never), and how long that still takes.
  std::optional<VirtualTime> end_of(std::optional<std::chrono::nanoseconds> timeout);
  int milliseconds_until(VirtualTime end);

  sim::Kernel& kernel() { return machine_->kernel(); }
  const sim::Kernel& kernel() const { return machine_->kernel(); }

  std::unique_ptr<SimMachine> machine_;
  sockaddr_storage listener_{};
  socklen_t listener_size_ = 0;
  bool listening_ = false;
  VirtualTime realtime_steps_{0};
  std::uint16_t expected_port_ = 0;
  SilentSockets silent_sockets_;
  std::set<std::uint16_t> tiny_peers_;  // by port; their server sides get small buffers, too
};

template <typename Call, typename Advance>
long SimKernel::blocking(const Call& call, const Advance& advance) {
  sim::Nanoseconds deadline =
      sim::kNever;  // of the whole call: what wakes it moves that no further
  long moved = 0;
  for (bool first = true, due = false;; first = false) {
    const long result = call();
    if (result != sim::kWouldBlock) return moved == 0 ? result : moved + std::max(result, 0L);
    const sim::Block block = kernel().block();
    if (first) deadline = block.deadline;
    if (block.progress != 0) {
      moved += static_cast<long>(block.progress);
      advance(block.progress);
    }
    const long at_deadline = moved != 0 ? moved : block.at_deadline;
    if (due || (deadline != sim::kNever && kernel().now() >= deadline)) return at_deadline;
    std::optional<VirtualTime> end;
    if (deadline != sim::kNever) end = VirtualTime(deadline - kUptime);
    if (!turn().wait(end)) return at_deadline > 0 ? at_deadline : -EINTR;
    due = end && turn().now() >= *end;
  }
}

template <typename Call>
long SimKernel::blocking(const Call& call) {
  return blocking(call, [](std::size_t /*moved*/) {});
}

}  // namespace e3
