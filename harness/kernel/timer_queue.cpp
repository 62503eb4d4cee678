// SPDX-License-Identifier: MIT
#include "timer_queue.h"

namespace e3::sim {

void TimerQueue::set(Timer& timer, Nanoseconds instant) {
  cancel(timer);
  if (instant == kNever) return;
  timer.instant_ = instant;
  timer.order_ = ++order_;
  heap_.push_back(&timer);
  timer.position_ = heap_.size() - 1;
  move_up(timer.position_);
}

void TimerQueue::cancel(Timer& timer) {
  if (!timer.armed()) return;
  timer.instant_ = kNever;
  const std::size_t position = timer.position_;
  Timer& last = *heap_.back();
  heap_.pop_back();
  if (&last == &timer) return;
  put(position, last);
  move_up(position);
  move_down(last.position_);
}

void TimerQueue::expire_next() {
  Timer& timer = *heap_.front();
  cancel(timer);
  timer.action_(timer.owner_);
}

void TimerQueue::reset() {
  for (Timer* timer : heap_) timer->instant_ = kNever;
  heap_.clear();
  order_ = 0;
}

bool TimerQueue::earlier(const Timer& a, const Timer& b) {
  return a.instant_ != b.instant_ ? a.instant_ < b.instant_ : a.order_ < b.order_;
}

void TimerQueue::move_up(std::size_t position) {
  Timer& timer = *heap_[position];
  while (position != 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!earlier(timer, *heap_[parent])) break;
    put(position, *heap_[parent]);
    position = parent;
  }
  put(position, timer);
}

void TimerQueue::move_down(std::size_t position) {
  Timer& timer = *heap_[position];
  while (2 * position + 1 < heap_.size()) {
    std::size_t child = 2 * position + 1;
    if (child + 1 < heap_.size() && earlier(*heap_[child + 1], *heap_[child])) ++child;
    if (!earlier(*heap_[child], timer)) break;
    put(position, *heap_[child]);
    position = child;
  }
  put(position, timer);
}

void TimerQueue::put(std::size_t position, Timer& timer) {
  heap_[position] = &timer;
  timer.position_ = position;
}

}  // namespace e3::sim
