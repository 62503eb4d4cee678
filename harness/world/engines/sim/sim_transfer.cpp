// SPDX-License-Identifier: MIT
// The calls that move bytes; blocking ones sleep until all is moved, as Linux has them do.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/gathered_message.h"

namespace e3 {
namespace {

// Leaves out the first `size` bytes.
void drop_front(std::vector<iovec>& parts, std::size_t size) {
  std::size_t whole = 0;
  for (; whole < parts.size() && parts[whole].iov_len <= size; ++whole)
    size -= parts[whole].iov_len;
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(whole));
  if (size == 0) return;
  parts.front().iov_base = static_cast<std::byte*>(parts.front().iov_base) + size;
  parts.front().iov_len -= size;
}

}  // namespace

long SimKernel::FilePart::read(std::size_t begin, std::size_t count,
                               std::vector<std::byte>& bytes) const {
  bytes.resize(count);
  const ssize_t got = ::pread(file, bytes.data(), count, from + static_cast<off_t>(begin));
  if (got < 0) return -errno;
  bytes.resize(static_cast<std::size_t>(got));
  return 0;
}

// A call that moves bytes to or from `parts`: what it has moved before it sleeps is behind it. It
// goes on until `all` is moved, or is content with what it has when it wakes.
template <typename Move>
long SimKernel::moving(int fd, const iovec* parts, int count, bool all, const Move& move) {
  std::vector<iovec> rest;  // empty until something has been moved
  return blocking(
      [&] {
        if (rest.empty()) return move(parts, count);
        // What has been moved counts; an error stays for the next call to find.
        return !all || fails(fd) ? 0 : move(rest.data(), static_cast<int>(rest.size()));
      },
      [&](std::size_t moved) {
        if (rest.empty()) rest.assign(parts, parts + count);
        drop_front(rest, moved);
      });
}

bool SimKernel::fails(int fd) {
  pollfd entry{.fd = fd, .events = 0, .revents = 0};
  kernel().poll(&entry, 1, 0);
  return (entry.revents & POLLERR) != 0;
}

long SimKernel::receive(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  return moving(fd, parts, count, (flags & MSG_WAITALL) != 0, [&](const iovec* to, int pieces) {
    if (serves_any_file(call)) return kernel().readv(fd, to, pieces);
    if (pieces == 1) return kernel().recv(fd, to->iov_base, to->iov_len, flags);
    msghdr message = message_of(to, pieces);
    return kernel().recvmsg(fd, &message, flags);
  });
}

long SimKernel::transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  const long result = moving(fd, parts, count, true, [&](const iovec* from, int pieces) {
    if (serves_any_file(call)) return kernel().writev(fd, from, pieces);
    if (pieces == 1) return kernel().send(fd, from->iov_base, from->iov_len, flags);
    const msghdr message = message_of(from, pieces);
    return kernel().sendmsg(fd, &message, flags);
  });
  kernel().take_signal(SIGPIPE);  // CallTrace lets the target die of EPIPE where it is due
  return result;
}

long SimKernel::send_whole(int out, const FilePart& part) {
  std::vector<std::byte> bytes;
  if (const long error = part.read(0, part.size, bytes); error != 0) return error;
  std::span<const std::byte> rest(bytes);
  return blocking(
      [&] {
        const bool failed = rest.size() != bytes.size() && fails(out);
        return failed ? 0 : kernel().sendfile(out, rest);
      },
      [&](std::size_t moved) { rest = rest.subspan(moved); });
}

// No more is read than may fit: a file is sent in thousands of calls, some of which send nothing.
long SimKernel::send_what_fits(int out, const FilePart& part) {
  constexpr std::size_t kPiece = 64 << 10;
  std::vector<std::byte> piece;
  long sent = 0;
  do {
    const auto begin = static_cast<std::size_t>(sent);
    long result = part.read(begin, std::min(kPiece, part.size - begin), piece);
    if (result == 0) result = kernel().sendfile(out, piece);
    if (result <= 0) return sent > 0 ? sent : result;
    sent += result;
    if (static_cast<std::size_t>(result) < piece.size()) return sent;
  } while (static_cast<std::size_t>(sent) < part.size);
  return sent;
}

// The file is a real one: what is simulated can be neither mapped nor sought in.
long SimKernel::sendfile(int out, int in, off_t* offset, std::size_t size) {
  if (answers(in)) return owns(in) ? -EINVAL : -EBADF;
  struct stat file {};
  if (::fstat(in, &file) != 0) return -errno;
  const off_t from = offset != nullptr ? *offset : ::lseek(in, 0, SEEK_CUR);
  if (from < 0) return -ESPIPE;
  const off_t left = std::max<off_t>(file.st_size - from, 0);
  const FilePart part{in, from, std::min(size, static_cast<std::size_t>(left))};
  const bool sleeps = (kernel().fcntl(out, F_GETFL, 0) & O_NONBLOCK) == 0;
  const long sent = sleeps ? send_whole(out, part) : send_what_fits(out, part);
  kernel().take_signal(SIGPIPE);
  if (sent <= 0) return sent;
  if (offset != nullptr) {
    *offset = from + sent;
  } else {
    ::lseek(in, from + sent, SEEK_SET);
  }
  return sent;
}

}  // namespace e3
