// SPDX-License-Identifier: MIT
#include "e3/server/deadline_queue.h"

namespace e3::server {

void Deadline::cancel() noexcept {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  next_ = previous_ = nullptr;
}

DeadlineQueue::DeadlineQueue(std::chrono::nanoseconds ahead) : ahead_(ahead) {
  ends_.next_ = ends_.previous_ = &ends_;
}

DeadlineQueue::~DeadlineQueue() {
  while (ends_.next_ != &ends_) ends_.next_->cancel();
}

void DeadlineQueue::schedule(Deadline& deadline, Instant now) noexcept {
  deadline.cancel();
  deadline.at_ = now + ahead_;
  deadline.previous_ = ends_.previous_;
  deadline.next_ = &ends_;
  ends_.previous_->next_ = &deadline;
  ends_.previous_ = &deadline;
}

Deadline* DeadlineQueue::take_expired(Instant now) noexcept {
  Deadline* first = ends_.next_;
  if (first == &ends_ || first->at_ > now) return nullptr;
  first->cancel();
  return first;
}

}  // namespace e3::server
