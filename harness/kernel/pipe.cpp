// SPDX-License-Identifier: MIT
#include "pipe.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <csignal>

#include "machine.h"
#include "page_size.h"

namespace e3::sim {

void PipeBuffer::clear() {
  bytes.clear();
  pages = 0;
  reader = writer = nullptr;
}

void PipeEnd::create(PipeBuffer& buffer, bool is_reader, int flags) {
  open((is_reader ? O_RDONLY : O_WRONLY) | (flags & O_NONBLOCK));
  buffer_ = &buffer;
  is_reader_ = is_reader;
  (is_reader ? buffer.reader : buffer.writer) = this;
}

std::uint32_t PipeEnd::poll() {
  std::uint32_t events = 0;
  if (is_reader_) {
    if (buffer_->pages != 0) events |= EPOLLIN | EPOLLRDNORM;
    if (buffer_->writer == nullptr) events |= EPOLLHUP;
  } else {
    if (buffer_->pages < PipeBuffer::kPages) events |= EPOLLOUT | EPOLLWRNORM;
    if (buffer_->reader == nullptr) events |= EPOLLERR;
  }
  return events;
}

long PipeEnd::read(const ScatterList& to) {
  if (to.size() == 0) return 0;
  PipeBuffer& pipe = *buffer_;
  if (pipe.pages == 0) return pipe.writer == nullptr ? 0 : would_block();
  const bool was_full = pipe.pages == PipeBuffer::kPages;
  const std::size_t length = std::min(to.size(), pipe.bytes.size());
  pipe.bytes.copy_to(to, length);
  pipe.bytes.consume(length);
  std::size_t freed = 0;
  for (std::size_t left = length; left != 0;) {
    const std::size_t part = std::min(left, pipe.unread.at(freed));
    pipe.unread.at(freed) -= part;
    left -= part;
    if (pipe.unread.at(freed) == 0) ++freed;
  }
  const auto shift = static_cast<std::ptrdiff_t>(freed);
  std::copy(pipe.unread.begin() + shift, pipe.unread.end(), pipe.unread.begin());
  std::copy(pipe.filled.begin() + shift, pipe.filled.end(), pipe.filled.begin());
  pipe.pages -= freed;
  // Only a writer that found all pages in use has something to learn.
  if (was_full && freed != 0 && pipe.writer != nullptr) {
    pipe.writer->wake(EPOLLOUT | EPOLLWRNORM);
  }
  return static_cast<long>(length);
}

long PipeEnd::write(const ScatterList& from) {
  if (from.size() == 0) return 0;
  if (buffer_->reader == nullptr) {
    machine().raise(SIGPIPE);
    return -EPIPE;
  }
  const std::size_t written = append(from);
  // Even when nothing fitted: Linux wakes a polled reader at every write.
  buffer_->reader->wake(EPOLLIN | EPOLLRDNORM);
  if (written == from.size()) return static_cast<long>(written);
  if (non_blocking()) return written != 0 ? static_cast<long>(written) : -EAGAIN;
  machine().block = {kNever, 0, written};
  return kWouldBlock;
}

std::size_t PipeEnd::append(const ScatterList& from) {
  PipeBuffer& pipe = *buffer_;
  std::size_t written = 0;
  const std::size_t odd = from.size() % kPageSize;
  if (odd != 0 && pipe.pages != 0 && pipe.filled.at(pipe.pages - 1) + odd <= kPageSize) {
    pipe.unread.at(pipe.pages - 1) += odd;
    pipe.filled.at(pipe.pages - 1) += odd;
    pipe.bytes.append(from, 0, odd);
    written = odd;
  }
  while (written < from.size() && pipe.pages < PipeBuffer::kPages) {
    const std::size_t part = std::min(kPageSize, from.size() - written);
    pipe.unread.at(pipe.pages) = pipe.filled.at(pipe.pages) = part;
    ++pipe.pages;
    pipe.bytes.append(from, written, part);
    written += part;
  }
  return written;
}

long PipeEnd::ioctl(unsigned long request, int* argument) {
  if (request != FIONREAD) return -ENOTTY;
  *argument = static_cast<int>(buffer_->bytes.size());
  return 0;
}

void PipeEnd::release() {
  (is_reader_ ? buffer_->reader : buffer_->writer) = nullptr;
  PipeEnd* other = is_reader_ ? buffer_->writer : buffer_->reader;
  if (other != nullptr) {
    other->wake(kWakeAll);
  } else {
    machine().pipe_buffers.give_back(*buffer_);
  }
  machine().pipe_ends.give_back(*this);
}

}  // namespace e3::sim
