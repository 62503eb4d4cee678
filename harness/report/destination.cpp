// SPDX-License-Identifier: MIT
#include "harness/report/destination.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "harness/report/formats.h"

namespace e3::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardOutput = "-";
constexpr int kLinksMax = 40;  // as the kernel follows

bool names_an_open_file(const std::string& path) {
  if (path.starts_with("/dev/fd/") || path.starts_with("/dev/std")) return true;
  return path.starts_with("/proc/") && path.find("/fd/") != path.npos;
}

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path));
}

void check_opens(const std::string& path, const std::string& opened, int flags) {
  const int fd = ::open(opened.c_str(), flags | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) fail_to_write(path, errno);
  ::close(fd);
}

bool are_same(const Destination& one, const Destination& other) {
  if (one.path == kStandardOutput || other.path == kStandardOutput) return one.path == other.path;
  std::error_code error;
  if (fs::is_character_file(one.path, error)) return false;  // such as /dev/null
  if (fs::equivalent(one.path, other.path, error)) return true;
  const auto whole = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, error), error);
  };
  return whole(one.path) == whole(other.path);
}

void check(const Destination& destination) {
  if (destination.path == kStandardOutput) return;
  const Format* format = find_format(destination.format);
  std::error_code error;
  const bool extended =
      format != nullptr && format->grows() && fs::is_regular_file(destination.path, error);
  if (extended) {
    check_opens(destination.path, destination.path, 0);
  } else {
    check_replaceable(destination.path);
  }
}

}  // namespace

std::optional<fs::path> replaceable(const fs::path& path) {
  std::error_code error;
  fs::path target = path;
  for (int links = 0; !names_an_open_file(target.native()) && links < kLinksMax; ++links) {
    if (!fs::is_symlink(target, error)) {
      const bool is_free = !fs::exists(target, error) || fs::is_regular_file(target, error);
      return is_free ? std::optional(target) : std::nullopt;
    }
    target = target.parent_path() / fs::read_symlink(target, error);
  }
  return {};
}

bool is_stream(const Destination& destination) {
  return destination.path == kStandardOutput || !replaceable(destination.path);
}

void check_replaceable(const std::string& path) {
  std::error_code error;
  if (const auto target = replaceable(path)) {
    const std::string beside = target->string() + ".partial";
    check_opens(path, beside, O_CREAT);
    std::remove(beside.c_str());
  } else if (fs::is_directory(path, error)) {
    fail_to_write(path, EISDIR);
  } else if (::access(path.c_str(), W_OK) != 0) {  // a FIFO's reader would see it closed again
    fail_to_write(path, errno);
  }
}

void check_destinations(const std::vector<Destination>& destinations) {
  for (auto one = destinations.begin(); one != destinations.end(); ++one) {
    check(*one);
    for (auto other = destinations.begin(); other != one; ++other) {
      if (!are_same(*one, *other)) continue;
      throw std::invalid_argument(fmt::format("two reports are to go to {}: {} and {}", one->path,
                                              other->format, one->format));
    }
  }
}

}  // namespace e3::report
