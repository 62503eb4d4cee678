// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "harness/world/interpose/interpose.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// How long a target may linger over what its peers left behind, in its own time.
constexpr VirtualTime kLingerTime = 120s;
// A timer that fires more often than this while time is advanced once is taken for a spin.
constexpr int kTimerWakes = 100'000;

}  // namespace

InProcessWorld::InProcessWorld(InProcessTarget target, const MakeKernel& make_kernel,
                               Transcript& transcript)
    : World(transcript),
      target_(std::move(target)),
      kernel_(make_kernel(*this)),
      injector_(*kernel_),
      trace_(*kernel_, injector_, *this),
      abilities_(kernel_->abilities()),
      fiber_([this] { run_target(); }) {
  resume();
  if (!kernel_->listening()) {
    const std::string why = death_ ? *death_ : spin_ ? *spin_ : "it waits without listening";
    end_target();
    throw TargetUnavailable(fmt::format("{} never became ready: {}", target_.name, why));
  }
}

InProcessWorld::~InProcessWorld() { end_target(); }

void InProcessWorld::run_target() {
  interpose::answer_with(&trace_);
  try {
    target_.serve();
    if (!leaving_) death_ = "it returned from its main loop";
  } catch (const TargetStopped&) {
    // The reason is already recorded.
  } catch (const std::exception& error) {
    death_ = fmt::format("uncaught exception: {}", error.what());
  } catch (...) {
    death_ = "uncaught exception of unknown type";
  }
  interpose::answer_with(nullptr);
  if (death_ && !leaving_) transcript().record(now_, "target", fmt::format("dies: {}", *death_));
}

void InProcessWorld::resume() {
  idle_calls_ = 0;
  turn_calls_ = 0;
  if (!halted_ && !fiber_.finished()) fiber_.resume();
}

void InProcessWorld::end_target() {
  leaving_ = true;
  if (target_.stop && !halted_ && !fiber_.finished()) {
    target_.stop();
    resume();
  }
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
  now_ = std::max(now_, when);
  kernel_->time_moved(now_);
}

void InProcessWorld::advance(VirtualTime duration) {
  const VirtualTime end = now_ + duration;
  int wakes = 0;
  for (auto wake = next_wake(); wake && *wake <= end && !fiber_.finished(); wake = next_wake()) {
    if (++wakes == kTimerWakes) {
      spin_ = fmt::format("{} timer wake-ups in {} virtual seconds", kTimerWakes,
                          std::chrono::duration<double>(duration).count());
      break;
    }
    move_time(*wake);
    resume();
  }
  move_time(end);
}

void InProcessWorld::inject(const Fault& fault) {
  if (!can_inject(fault)) World::inject(fault);
  injector_.inject(fault);
  transcript().record(now_, "world", fmt::format("will strike: {}", to_string(fault)));
}

bool InProcessWorld::wait_readable(Wire& /*wire*/) {
  settle();
  return true;
}

bool InProcessWorld::wait_writable(Wire& wire) {
  settle();
  return kernel_->writable(wire);
}

Health InProcessWorld::health() {
  settle();
  return {.death = death_,
          .spin = spin_,
          .descriptors = kernel_->open_descriptors(),
          .misuse = trace_.misuse()};
}

std::optional<std::size_t> InProcessWorld::descriptors_down_to(std::size_t wanted) {
  settle();
  const VirtualTime bound = now_ + kLingerTime;
  for (auto wake = next_wake(); kernel_->open_descriptors() > wanted && wake && *wake <= bound &&
                                !fiber_.finished() && !halted_;
       wake = next_wake()) {
    advance(std::max<VirtualTime>(*wake - now_, 1ms));
  }
  return kernel_->open_descriptors();
}

std::unique_ptr<Wire> InProcessWorld::open_wire(const ConnectOptions& options) {
  std::unique_ptr<Wire> wire = kernel_->connect_peer(options);
  if (wire == nullptr) {
    throw TargetUnavailable(fmt::format("{} no longer listens", target_.name));
  }
  return wire;
}

void InProcessWorld::called_noexcept(std::string_view line, bool progress) noexcept {
  if (leaving_) return;
  if (!line.empty()) transcript().record(now_, "target", line);
  idle_calls_ = progress ? 0 : idle_calls_ + 1;
  if (idle_calls_ <= kSpinCalls && ++turn_calls_ <= kTurnCalls) return;
  spin_ = fmt::format("{} calls in one turn, {} in a row without progress, the last {}",
                      turn_calls_, idle_calls_, line);
  // A loop that makes no call which can throw is never unwound.
  if (idle_calls_ > 10 * kSpinCalls) halt({});
}

void InProcessWorld::called(std::string_view line, bool progress) {
  called_noexcept(line, progress);
  if (!spin_ || leaving_) return;
  leaving_ = true;
  unwinding_ = true;
  throw TargetStopped{};
}

bool InProcessWorld::wait(std::optional<VirtualTime> deadline) {
  if (!leaving_ && injector_.interrupts_wait()) return false;
  deadline_ = deadline;
  fiber_.suspend();
  deadline_.reset();
  if (unwinding_) throw TargetStopped{};
  return true;
}

void InProcessWorld::die(std::string why) {
  if (!leaving_) death_ = std::move(why);
  unwinding_ = true;
  throw TargetStopped{};
}

void InProcessWorld::halt(std::string why) {
  if (!leaving_ && !why.empty()) death_ = std::move(why);
  halted_ = true;
  fiber_.suspend();  // for ever
}

}  // namespace e3
