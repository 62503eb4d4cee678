// SPDX-License-Identifier: MIT
// Deadlines that all lie the same time ahead: a queue, since the first to enter is the first to
// expire. Entering and leaving cost a few pointer writes and no memory, so every request can afford
// them.
#pragma once

#include "e3/server/clock.h"

namespace e3::server {

// What waits in a queue derives from this. Its destruction takes it out of the queue.
class Deadline {
 public:
  Deadline() = default;
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { cancel(); }

  void cancel() noexcept {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }
  bool is_scheduled() const noexcept { return next_ != nullptr; }

 private:
  friend class DeadlineQueue;
  Deadline* previous_ = nullptr;
  Deadline* next_ = nullptr;
  Instant at_{};
};

class DeadlineQueue {
 public:
  explicit DeadlineQueue(std::chrono::nanoseconds ahead) : ahead_(ahead) {
    ends_.next_ = ends_.previous_ = &ends_;
  }
  DeadlineQueue(const DeadlineQueue&) = delete;
  DeadlineQueue& operator=(const DeadlineQueue&) = delete;
  ~DeadlineQueue() {
    while (ends_.next_ != &ends_) ends_.next_->cancel();
  }

  // The deadline is now + ahead; one that is scheduled anywhere is moved here. `now` never
  // decreases.
  void schedule(Deadline& deadline, Instant now) noexcept {
    deadline.cancel();
    deadline.at_ = now + ahead_;
    deadline.previous_ = ends_.previous_;
    deadline.next_ = &ends_;
    ends_.previous_->next_ = &deadline;
    ends_.previous_ = &deadline;
  }
  // kNever when nothing is scheduled.
  Instant earliest() const noexcept { return ends_.next_ == &ends_ ? kNever : ends_.next_->at_; }
  // Removes and returns one deadline that has passed, else nullptr.
  Deadline* take_expired(Instant now) noexcept {
    Deadline* first = ends_.next_;
    if (first == &ends_ || first->at_ > now) return nullptr;
    first->cancel();
    return first;
  }

 private:
  std::chrono::nanoseconds ahead_;
  Deadline ends_;  // the ring's fixed element: next_ is the earliest, previous_ the latest
};

}  // namespace e3::server
