// SPDX-License-Identifier: MIT
// The table of descriptors: making, copying and closing them. What is done with them is in
// linux_calls.cpp.
#include "harness/world/engines/linux/linux_kernel.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace e3 {
namespace {

// The harness keeps its own ends up here, so that the target gets the numbers it would get.
constexpr int kHarnessDescriptors = 512;

}  // namespace

LinuxKernel::~LinuxKernel() {
  for (std::size_t fd = 0; fd < table_.size(); ++fd) {
    if (table_[fd] != nullptr) ::close(static_cast<int>(fd));
  }
}

int LinuxKernel::above_the_target(int fd) {
  const int high = ::fcntl(fd, F_DUPFD_CLOEXEC, kHarnessDescriptors);
  if (high < 0) throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD)");
  ::close(fd);
  return high;
}

std::shared_ptr<OpenFile> LinuxKernel::file_of(int fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return fd >= 0 && index < table_.size() ? table_[index] : nullptr;
}

int LinuxKernel::number_of(const OpenFile& file) const {
  const auto found = std::find_if(table_.begin(), table_.end(),
                                  [&](const auto& entry) { return entry.get() == &file; });
  return static_cast<int>(found - table_.begin());
}

long LinuxKernel::adopt(int fd, std::shared_ptr<OpenFile> file) {
  if (fd < 0) return -errno;
  const auto index = static_cast<std::size_t>(fd);
  if (index >= table_.size()) table_.resize(index + 1);
  table_[index] = std::move(file);
  return fd;
}

std::shared_ptr<OpenFile> LinuxKernel::new_socket() {
  auto file = std::make_shared<OpenFile>();
  file->is_socket = true;
  return file;
}

bool LinuxKernel::is_blocking(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

std::size_t LinuxKernel::open_descriptors() const {
  return static_cast<std::size_t>(std::count_if(table_.begin(), table_.end(),
                                                [](const auto& file) { return file != nullptr; }));
}

long LinuxKernel::close(int fd) {
  if (owns(fd)) table_[static_cast<std::size_t>(fd)].reset();
  return ::close(fd) == 0 ? 0 : -errno;
}

// `to` is what a duplicating call returned for `from`.
long LinuxKernel::adopt_duplicate(int from, int to) {
  if (to < 0) return -errno;
  if (to == from) return to;
  return adopt(to, file_of(from));
}

long LinuxKernel::dup(int fd) { return adopt_duplicate(fd, ::dup(fd)); }

long LinuxKernel::dup2(int fd, int wanted) { return adopt_duplicate(fd, ::dup2(fd, wanted)); }

long LinuxKernel::dup3(int fd, int wanted, int flags) {
  return adopt_duplicate(fd, ::dup3(fd, wanted, flags));
}

long LinuxKernel::fcntl(int fd, int command, long argument) {
  const int result = ::fcntl(fd, command, argument);
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) return adopt_duplicate(fd, result);
  return result >= 0 ? result : -errno;
}

long LinuxKernel::pipe2(int* ends, int flags) {
  if (::pipe2(ends, flags) != 0) return -errno;
  adopt(ends[0], std::make_shared<OpenFile>());
  adopt(ends[1], std::make_shared<OpenFile>());
  return 0;
}

long LinuxKernel::socketpair(int domain, int type, int protocol, int* ends) {
  if (::socketpair(domain, type, protocol, ends) != 0) return -errno;
  adopt(ends[0], new_socket());
  adopt(ends[1], new_socket());
  return 0;
}

long LinuxKernel::epoll_create1(int flags) {
  return adopt(::epoll_create1(flags), std::make_shared<OpenFile>());
}

long LinuxKernel::eventfd(unsigned int initial, int flags) {
  return adopt(::eventfd(initial, flags), std::make_shared<OpenFile>());
}

long LinuxKernel::signalfd(int fd, const sigset_t* mask, int flags) {
  const int result = ::signalfd(fd, mask, flags);
  if (result == fd) return result;  // an existing one was given another mask
  return adopt(result, std::make_shared<OpenFile>());
}

}  // namespace e3
