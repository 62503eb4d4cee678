// SPDX-License-Identifier: MIT
// Interposed: what programs do to files, and sockets answer as well.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::ByteCall;
using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// Neither sockets nor pipes have a place to go to; what else is simulated stays where it is.
long seek(e3::SystemCalls& kernel, int fd) {
  struct stat status {};
  const long result = kernel.fstat(fd, &status);
  if (result < 0) return result;
  return S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) ? -ESPIPE : 0;
}

// Nothing that is simulated has a place to read or write at.
long at_a_place(e3::SystemCalls& kernel, int fd) {
  struct stat status {};
  const long result = kernel.fstat(fd, &status);
  return result < 0 ? result : -ESPIPE;
}

// Of fstatat(2) and its kin: the descriptor is meant, and no file beside it.
bool is_itself(const char* path, int flags) {
  return path != nullptr && *path == '\0' && (flags & AT_EMPTY_PATH) != 0;
}

long write_all(e3::SystemCalls& kernel, int fd, char* text, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const iovec rest{.iov_base = text + done, .iov_len = size - done};
    const long written = kernel.transmit(ByteCall::kWrite, fd, &rest, 1, 0);
    if (written < 0) return written;
    done += static_cast<std::size_t>(written);
  }
  return static_cast<long>(size);
}

}  // namespace

extern "C" {

int fstat(int fd, struct stat* status) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->fstat(fd, status));
  return real::fstat(fd, status);
}

off_t lseek(int fd, off_t offset, int whence) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned<off_t>(seek(*kernel.operator->(), fd));
  return real::lseek(fd, offset, whence);
}

ssize_t pread(int fd, void* buffer, size_t size, off_t offset) {
  if (Turn kernel; kernel.owns(fd)) return returned<ssize_t>(at_a_place(*kernel.operator->(), fd));
  return real::pread(fd, buffer, size, offset);
}

ssize_t pwrite(int fd, const void* buffer, size_t size, off_t offset) {
  if (Turn kernel; kernel.owns(fd)) return returned<ssize_t>(at_a_place(*kernel.operator->(), fd));
  return real::pwrite(fd, buffer, size, offset);
}

ssize_t preadv(int fd, const iovec* parts, int count, off_t offset) {
  if (Turn kernel; kernel.owns(fd)) return returned<ssize_t>(at_a_place(*kernel.operator->(), fd));
  return real::preadv(fd, parts, count, offset);
}

ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
  if (Turn kernel; kernel.owns(fd)) return returned<ssize_t>(at_a_place(*kernel.operator->(), fd));
  return real::pwritev(fd, parts, count, offset);
}

// The names that -D_FILE_OFFSET_BITS=64 makes of them.
int fstat64(int fd, struct stat64* status) noexcept {
  static_assert(sizeof(struct stat64) == sizeof(struct stat));
  return fstat(fd, reinterpret_cast<struct stat*>(status));
}

int fstatat(int fd, const char* path, struct stat* status, int flags) noexcept {
  if (Turn kernel; is_itself(path, flags) && kernel.owns(fd)) {
    return returned(kernel->fstat(fd, status));
  }
  return real::fstatat(fd, path, status, flags);
}

int fstatat64(int fd, const char* path, struct stat64* status, int flags) noexcept {
  return fstatat(fd, path, reinterpret_cast<struct stat*>(status), flags);
}

int statx(int fd, const char* path, int flags, unsigned wanted, struct statx* status) noexcept {
  if (Turn kernel; is_itself(path, flags) && kernel.owns(fd)) {
    struct stat plain {};
    const long result = kernel->fstat(fd, &plain);
    if (result < 0) return returned(result);
    *status = {};
    status->stx_mask = STATX_TYPE | STATX_MODE | STATX_NLINK;
    status->stx_mode = static_cast<std::uint16_t>(plain.st_mode);
    status->stx_nlink = static_cast<std::uint32_t>(plain.st_nlink);
    status->stx_blksize = static_cast<std::uint32_t>(plain.st_blksize);
    return 0;
  }
  return real::statx(fd, path, flags, wanted, status);
}

off64_t lseek64(int fd, off64_t offset, int whence) noexcept { return lseek(fd, offset, whence); }

ssize_t pread64(int fd, void* buffer, size_t size, off64_t offset) {
  return pread(fd, buffer, size, offset);
}

ssize_t pwrite64(int fd, const void* buffer, size_t size, off64_t offset) {
  return pwrite(fd, buffer, size, offset);
}

ssize_t preadv64(int fd, const iovec* parts, int count, off64_t offset) {
  return preadv(fd, parts, count, offset);
}

ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t offset) {
  return pwritev(fd, parts, count, offset);
}

// glibc would write past the interposed functions.
int vdprintf(int fd, const char* format, va_list rest) {
  if (Turn kernel; kernel.owns(fd)) {
    char* text = nullptr;
    const int size = vasprintf(&text, format, rest);
    if (size < 0) return size;
    const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
    return returned(write_all(*kernel.operator->(), fd, text, static_cast<std::size_t>(size)));
  }
  return real::vdprintf(fd, format, rest);
}

int dprintf(int fd, const char* format, ...) {
  va_list rest;
  va_start(rest, format);
  const int written = vdprintf(fd, format, rest);
  va_end(rest);
  return written;
}

}  // extern "C"

namespace e3::interpose {
void link_files() {}
}  // namespace e3::interpose
