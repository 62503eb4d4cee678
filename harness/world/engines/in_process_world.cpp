// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_world.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "harness/world/engines/memory_in_use.h"
#include "harness/world/engines/sanitizer_memory.h"
#include "harness/world/interpose/interpose.h"

// NOLINTBEGIN(bugprone-reserved-identifier): these are the runtime's own names.
extern "C" {
[[gnu::weak]] void __lsan_disable();
[[gnu::weak]] void __lsan_enable();
}
// NOLINTEND(bugprone-reserved-identifier)

namespace e3 {
namespace {

using namespace std::chrono_literals;

// How long a target may linger over what its peers left behind, in its own time.
constexpr VirtualTime kLingerTime = 120s;
constexpr VirtualTime kHandshake = 10s;
// Who rounds a time-out down asks the clock for the rest of the millisecond. As many calls take
// about that long on Linux: once a turn, time moves for them.
constexpr VirtualTime kBusyWait = 1ms;
constexpr int kBusyWaitCalls = CallLog::kSpinCalls / 2;
constexpr VirtualTime kLateness = 1us;  // PR_SET_TIMERSLACK of prctl(2) allows 50
// A server may sleep, in its own time, before it listens: until another one has begun, say.
constexpr VirtualTime kStartTime = 60s;
// A timer that fires more often than this while time is advanced once is taken for a spin.
constexpr int kTimerWakes = 100'000;

}  // namespace

InProcessWorld::InProcessWorld(InProcessTarget target, const MakeKernel& make_kernel,
                               Transcript& transcript)
    : World(transcript),
      target_(std::move(target)),
      kernel_(make_kernel(*this)),
      log_(transcript),
      injector_(*kernel_),
      trace_(*kernel_, injector_, log_, *this),
      abilities_(kernel_->abilities()),
      fiber_([this] { run_target(); }, target_.stack_bytes) {
  resume();
  let_time_pass(kStartTime, [&] { return spin_ || kernel_->listening(); });
  if (!kernel_->listening()) {
    const std::string why = death_ ? *death_ : spin_ ? *spin_ : "it waits without listening";
    end_target();
    throw TargetUnavailable(fmt::format("{} never became ready: {}", target_.name, why));
  }
}

InProcessWorld::~InProcessWorld() { end_target(); }

void InProcessWorld::run_target() {
  // A target that cannot be asked to stop is unwound, and a C one then frees nothing: not its
  // fault.
  const bool unwound = !target_.stop && __lsan_disable != nullptr;
  if (unwound) __lsan_disable();
  interpose::answer_with(&trace_);
  try {
    target_.serve();
    if (!log_.closed) death_ = "it returned from its main loop";
  } catch (const TargetStopped&) {
    // The reason is already recorded.
  } catch (const std::exception& error) {
    death_ = fmt::format("uncaught exception: {}", error.what());
  } catch (...) {
    death_ = "uncaught exception of unknown type";
  }
  interpose::answer_with(nullptr);
  if (unwound) __lsan_enable();
  if (death_ && !log_.closed) {
    transcript().note(log_.now, Actor::kTarget, fmt::format("dies: {}", *death_));
  }
}

void InProcessWorld::resume() {
  log_.begin_turn();
  busy_wait_ended_ = false;
  if (!halted_ && !fiber_.finished()) fiber_.resume();
}

void InProcessWorld::end_target() {
  log_.closed = true;
  if (target_.stop) {
    stop_asked_ = true;
    resume();
  }
  if (!target_.unwindable) return;
  unwinding_ = true;  // for a server that drains, or has no stop function
  resume();
}

void InProcessWorld::settle() {
  if (!held_) resume();
}

// When the target's own timeout or a timer of the kernel is due.
std::optional<VirtualTime> InProcessWorld::next_wake() const {
  const std::optional<VirtualTime> timer = kernel_->next_timer();
  if (!deadline_ || !timer) return deadline_ ? deadline_ : timer;
  return std::min(*deadline_, *timer);
}

void InProcessWorld::move_time(VirtualTime when) {
  log_.now = std::max(log_.now, when);
  kernel_->time_moved(log_.now);
}

// What is ready already does not wait for the time to pass.
void InProcessWorld::advance(VirtualTime duration) {
  settle();
  pass_time(duration);
}

void InProcessWorld::pass_time(VirtualTime duration) {
  const VirtualTime end = log_.now + duration;
  int wakes = 0;
  for (auto wake = next_wake(); wake && *wake <= end && !fiber_.finished(); wake = next_wake()) {
    if (++wakes == kTimerWakes) {
      spin_ = fmt::format("{} timer wake-ups in {} virtual seconds", kTimerWakes,
                          std::chrono::duration<double>(duration).count());
      break;
    }
    // Linux ends no wait at the very instant: a target may ask whether it is past that.
    const bool times_out = deadline_ && *wake == *deadline_;
    move_time(times_out ? *wake + kLateness : *wake);
    resume();
  }
  move_time(end);
}

void InProcessWorld::inject(const Fault& fault) {
  if (!can_inject(fault)) World::inject(fault);
  injector_.inject(fault);
  transcript().note(log_.now, Actor::kWorld, fmt::format("will strike: {}", to_string(fault)));
}

void InProcessWorld::order_events(EventOrder* order) {
  event_order_ = order;
  kernel_->set_event_order(order != nullptr ? this : nullptr);
}

World::Usage InProcessWorld::usage() {
  const std::size_t allocated = allocated_bytes();
  return {.resident = has_sanitizer_allocator() ? allocated : resident_bytes(::getpid()),
          .allocated = allocated,
          .threads = 1};
}

// Passes the question on and writes the answer down.
std::size_t InProcessWorld::next(std::size_t waiting, std::size_t reported) {
  const std::size_t choice = event_order_->next(waiting, reported);
  const bool nothing = choice == waiting && reported == 0;  // an empty report is none
  if (choice == 0 || choice > waiting || nothing || log_.closed) return 0;
  transcript().note(log_.now, Actor::kWorld,
                    choice == waiting
                        ? fmt::format("{} more events arrive after this report", waiting)
                        : fmt::format("event {} of {} comes first", choice + 1, waiting));
  return choice;
}

bool InProcessWorld::clock_asked() {
  VirtualTime passed = clock_drift_;
  if (busy_wait_allowed_ && log_.idle_calls() >= kBusyWaitCalls &&
      !std::exchange(busy_wait_ended_, true)) {
    passed += kBusyWait;
  }
  if (passed == VirtualTime(0)) return false;
  move_time(log_.now + passed);
  return true;
}

template <typename Enough>
void InProcessWorld::let_time_pass(VirtualTime at_most, const Enough& enough) {
  const VirtualTime bound = log_.now + at_most;
  for (auto wake = next_wake();
       wake && *wake <= bound && !enough() && !fiber_.finished() && !halted_; wake = next_wake()) {
    pass_time(std::max<VirtualTime>(*wake - log_.now, 1ms));
  }
}

// A peer that found the queue full has its next chances after 1, 3 and 7 seconds.
void InProcessWorld::let_connect(Wire& wire) {
  if (held_ || !kernel_->wire_is_connecting(wire)) return;
  let_time_pass(kHandshake, [&] { return spin_ || !kernel_->wire_is_connecting(wire); });
}

bool InProcessWorld::wait_readable(Wire& wire) {
  settle();
  let_connect(wire);
  let_time_pass(moment_, [&] { return spin_ || kernel_->wire_is_ready(wire, POLLIN); });
  return true;
}

bool InProcessWorld::wait_writable(Wire& wire) {
  settle();
  let_connect(wire);
  return kernel_->wire_is_ready(wire, POLLOUT);
}

std::optional<std::string> InProcessWorld::sleeps_in() {
  return fiber_.finished() || halted_ ? "" : trace_.sleeps_in();
}

std::string InProcessWorld::sleeps_beside_loop() {
  return fiber_.finished() || halted_ ? "" : trace_.sleeps_beside_loop();
}

Health InProcessWorld::health() {
  settle();
  return {.death = death_,
          .spin = spin_,
          .spins_on_event = spins_on_event_,
          .descriptors = kernel_->open_descriptors(),
          .misuse = trace_.misuse()};
}

std::optional<std::size_t> InProcessWorld::descriptors_down_to(std::size_t wanted) {
  settle();
  let_time_pass(kLingerTime, [&] { return kernel_->open_descriptors() <= wanted; });
  return kernel_->open_descriptors();
}

std::unique_ptr<Wire> InProcessWorld::open_wire(const ConnectOptions& options) {
  if (kernel_->accept_queue_is_full()) settle();
  std::unique_ptr<Wire> wire = kernel_->connect_peer(options);
  if (wire == nullptr) {
    throw TargetUnavailable(fmt::format("{} no longer listens", target_.name));
  }
  return wire;
}

void InProcessWorld::spins_noexcept() noexcept {
  spin_ = fmt::format("{} calls in one turn, {} in a row without progress, the last {}",
                      log_.turn_calls(), log_.idle_calls(), transcript().last());
  spins_on_event_ = trace_.woken();
  if (log_.clock_looks() > CallLog::kSpinCalls) {
    *spin_ += fmt::format(", and {} looks at the clock", log_.clock_looks());
  }
  // A loop that makes no call which can throw is never unwound.
  if (log_.idle_calls() > 10 * CallLog::kSpinCalls) halt({});
}

void InProcessWorld::computes(std::chrono::milliseconds since_last_call) {
  if (!log_.closed) {
    spin_ = fmt::format("no call in {} ms of processor time, the last {}", since_last_call.count(),
                        transcript().last());
    interpose::limit_computing_more();
  }
  halt({});
}

void InProcessWorld::spins() {
  spins_noexcept();
  log_.closed = true;
  if (!target_.unwindable) halt({});
  unwinding_ = true;
  throw TargetStopped{};
}

bool InProcessWorld::wait(std::optional<VirtualTime> deadline) {
  if (!log_.closed && injector_.interrupts_wait()) return false;
  deadline_ = deadline;
  fiber_.suspend();
  deadline_.reset();
  if (unwinding_) throw TargetStopped{};
  if (!std::exchange(stop_asked_, false)) return true;
  // As by a signal's handler: what it writes to is the target's, and a target that looks at a flag
  // may wait for nothing else.
  interpose::run_within(target_.stop, trace_);
  return false;
}

void InProcessWorld::die(std::string why) {
  if (!target_.unwindable) halt(why);
  if (!log_.closed) death_ = std::move(why);
  unwinding_ = true;
  throw TargetStopped{};
}

void InProcessWorld::halt(std::string why) {
  if (!log_.closed && !why.empty()) death_ = std::move(why);
  halted_ = true;
  fiber_.suspend();  // for ever
}

}  // namespace e3
