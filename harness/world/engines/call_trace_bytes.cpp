// SPDX-License-Identifier: MIT
// The calls that move bytes.
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/world/engines/call_trace.h"
#include "harness/world/engines/sanitizer_memory.h"
#include "harness/world/interpose/interpose.h"

namespace e3 {
namespace {

std::size_t total_size(const iovec* parts, int count) {
  std::size_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  return total;
}

// A vector cut after `limit` bytes.
class CutVector {
 public:
  CutVector(const iovec* parts, int count, std::size_t limit) {
    for (int i = 0; i < count && limit > 0; ++i) {
      parts_.push_back({parts[i].iov_base, std::min(parts[i].iov_len, limit)});
      limit -= parts_.back().iov_len;
    }
  }

  const iovec* parts() const { return parts_.data(); }
  int count() const { return static_cast<int>(parts_.size()); }

 private:
  std::vector<iovec> parts_;
};

// The calls' names as records have them, padded with zeros.
constexpr auto kSpellings = [] {
  std::array<std::array<char, sizeof TranscriptRecord::name>, kByteCallNames.size()> spellings{};
  for (std::size_t i = 0; i < kByteCallNames.size(); ++i) {
    std::copy(kByteCallNames[i].begin(), kByteCallNames[i].end(), spellings[i].begin());
  }
  return spellings;
}();

void spell(TranscriptRecord& record, ByteCall call) {
  std::memcpy(record.name, kSpellings[static_cast<std::size_t>(call)].data(), sizeof record.name);
}

// Keeps the first bytes of what was moved in several parts.
void keep_gathered(TranscriptRecord& record, const iovec* parts, int count) {
  const auto moved = static_cast<std::size_t>(record.result);
  std::byte bytes[TranscriptRecord::kPayloadMax];
  const std::size_t wanted = std::min(moved, sizeof bytes);
  std::size_t kept = 0;
  for (int part = 0; part < count && kept < wanted; ++part) {
    const std::size_t run = std::min(parts[part].iov_len, wanted - kept);
    std::memcpy(bytes + kept, parts[part].iov_base, run);
    kept += run;
  }
  record.keep(bytes, kept);
}

bool is_blocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

}  // namespace

// A length beyond the end of a buffer is a bug though no byte of it may be touched this time.
void CallTrace::check_memory(ByteCall call, const iovec* parts, int count) {
  for (int i = 0; i < count; ++i) {
    if (!is_poisoned(parts[i].iov_base, parts[i].iov_len)) continue;
    misuse_.push_back(fmt::format("{}() was given {} bytes of memory, not all of which are there",
                                  to_string(call), parts[i].iov_len));
  }
}

// In line: more arguments than fit into registers.
[[gnu::always_inline]] inline void CallTrace::write_down_bytes(CallKind kind, ByteCall call, int fd,
                                                               Done done, const iovec* parts,
                                                               int count, std::size_t total) {
  TranscriptRecord& record = write_down(kind, name_of(fd), done);
  record.argument = static_cast<std::int64_t>(total);
  spell(record, call);
  if (done.result <= 0 || parts == nullptr) return;
  const auto moved = static_cast<std::size_t>(done.result);
  if (moved <= parts[0].iov_len) {
    record.keep(parts[0].iov_base, moved);
  } else {
    keep_gathered(record, parts, count);
  }
}

// Pends, or runs the target's handler, as on Linux.
bool CallTrace::survives_sigpipe() {
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  if (action.sa_handler == SIG_DFL && !is_blocked(SIGPIPE)) return false;
  if (action.sa_handler != SIG_IGN) interpose::deliver(SIGPIPE, *this);
  return true;
}

std::string CallTrace::death_by_sigpipe(std::string_view call, int fd) const {
  const DescriptorName name = name_of(fd);
  return fmt::format("killed by SIGPIPE in {}({}{})", call, to_string(name.role()), name.number());
}

long CallTrace::receive(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  const bool fills = (flags & MSG_TRUNC) == 0;  // else the bytes are dropped, tcp(7)
  if (fills && memory_is_known()) check_memory(call, parts, count);
  const std::size_t total = total_size(parts, count);
  const Done done = moved(CallKind::kReceive, fd, flags, total, [&](std::size_t limit) {
    if (limit == total) return kernel_->receive(call, fd, parts, count, flags);
    const CutVector cut(parts, count, limit);
    return kernel_->receive(call, fd, cut.parts(), cut.count(), flags);
  });
  if (fills && done.result > 0) mark_filled(parts, count, static_cast<std::size_t>(done.result));
  write_down_bytes(CallKind::kReceive, call, fd, done, fills ? parts : nullptr, count, total);
  return finish(done, done.result > 0);
}

long CallTrace::transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  if (memory_is_known()) check_memory(call, parts, count);
  const std::size_t total = total_size(parts, count);
  const Done done = moved(CallKind::kTransmit, fd, flags, total, [&](std::size_t limit) {
    if (limit == total) return kernel_->transmit(call, fd, parts, count, flags);
    const CutVector cut(parts, count, limit);
    return kernel_->transmit(call, fd, cut.parts(), cut.count(), flags);
  });
  write_down_bytes(CallKind::kTransmit, call, fd, done, parts, count, total);
  if (done.result == -EPIPE && (flags & MSG_NOSIGNAL) == 0 && !survives_sigpipe()) {
    turn_->die(death_by_sigpipe(to_string(call), fd));
  }
  return finish(done, done.result > 0);
}

long CallTrace::sendfile(int out, int in, off_t* offset, std::size_t size) {
  const Done done = moved(CallKind::kSendfile, out, 0, size, [&](std::size_t limit) {
    return kernel_->sendfile(out, in, offset, limit);
  });
  write_down(CallKind::kSendfile, name_of(out), done).argument = static_cast<std::int64_t>(size);
  if (done.result == -EPIPE && !survives_sigpipe()) {
    turn_->halt(death_by_sigpipe("sendfile", out));  // which libc declares noexcept
  }
  return finish_noexcept(done, done.result > 0);
}

}  // namespace e3
