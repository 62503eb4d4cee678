// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/process_tree.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "harness/world/engines/memory_in_use.h"

namespace e3 {
namespace {

namespace fs = std::filesystem;

// The state letter and the parent from /proc/PID/stat; the name between parentheses may hold
// anything, so reading starts behind its last ')'.
struct Stat {
  char state = '?';
  pid_t parent = 0;
};

Stat read_stat(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  Stat stat;
  const std::size_t end = line.rfind(')');
  if (end == std::string::npos || end + 3 >= line.size()) return stat;
  stat.state = line[end + 2];
  stat.parent = static_cast<pid_t>(std::strtol(line.c_str() + end + 4, nullptr, 10));
  return stat;
}

// The entries of a /proc directory, which may vanish while we read.
std::vector<fs::path> entries(const fs::path& directory, std::error_code& error) {
  std::vector<fs::path> found;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    found.push_back(it->path());
  }
  return found;
}

std::vector<fs::path> entries(const fs::path& directory) {
  std::error_code ignored;
  return entries(directory, ignored);
}

bool runs(pid_t pid) {
  const char state = read_stat(fmt::format("/proc/{}/stat", pid)).state;
  return state != '?' && state != 'Z';
}

// Where the kernel lists the children of each thread, proc(5), there is no need to ask every
// process of the machine for its parent.
bool kernel_lists_children() {
  static const bool lists =
      std::ifstream(fmt::format("/proc/{0}/task/{0}/children", getpid())).is_open();
  return lists;
}

std::vector<pid_t> listed_members(pid_t root) {
  std::vector<pid_t> found;
  if (runs(root)) found.push_back(root);
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const fs::path& thread : entries(fmt::format("/proc/{}/task", found[i]))) {
      std::ifstream children(thread / "children");
      for (pid_t child = 0; children >> child;) {
        if (runs(child)) found.push_back(child);
      }
    }
  }
  return found;
}

}  // namespace

std::vector<pid_t> ProcessTree::members() const {
  if (kernel_lists_children()) return listed_members(root_);
  std::multimap<pid_t, pid_t> children;
  bool root_lives = false;
  for (const fs::path& path : entries("/proc")) {
    const std::string name = path.filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    const Stat stat = read_stat(path / "stat");
    if (stat.state == '?' || stat.state == 'Z') continue;
    if (pid == root_) root_lives = true;
    children.emplace(stat.parent, pid);
  }
  std::vector<pid_t> found{root_};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
  }
  if (!root_lives) found.erase(found.begin());
  return found;
}

ProcessTree::ProcessorTime ProcessTree::processor_time() const {
  ProcessorTime total;
  for (const pid_t pid : members()) {
    for (const fs::path& thread : entries(fmt::format("/proc/{}/task", pid))) {
      std::ifstream file(thread / "schedstat");
      std::chrono::nanoseconds::rep used = 0;
      std::chrono::nanoseconds::rep waited = 0;
      if (!(file >> used >> waited)) continue;
      total.used += std::chrono::nanoseconds(used);
      total.waited += std::chrono::nanoseconds(waited);
    }
  }
  return total;
}

bool ProcessTree::is_asleep() const { return no_thread_is("RD"); }

bool ProcessTree::is_stopped() const { return no_thread_is("RDSI"); }

bool ProcessTree::no_thread_is(std::string_view states) const {
  for (const pid_t pid : members()) {
    for (const fs::path& thread : entries(fmt::format("/proc/{}/task", pid))) {
      if (states.find(read_stat(thread / "stat").state) != std::string_view::npos) return false;
    }
  }
  return true;
}

std::size_t ProcessTree::descriptors_of(const std::vector<pid_t>& processes) {
  std::size_t total = 0;
  for (const pid_t pid : processes) total += entries(fmt::format("/proc/{}/fd", pid)).size();
  return total;
}

bool ProcessTree::has_one_of(const std::vector<std::uint64_t>& socket_inodes) const {
  bool may_not_look = false;  // which is not the same as nothing to see: it may just be ending
  for (const pid_t pid : members()) {
    std::error_code refusal;
    const std::vector<fs::path> descriptors = entries(fmt::format("/proc/{}/fd", pid), refusal);
    may_not_look = may_not_look || refusal == std::errc::permission_denied;
    for (const fs::path& descriptor : descriptors) {
      std::error_code error;
      const std::string file = fs::read_symlink(descriptor, error).string();
      for (const std::uint64_t inode : socket_inodes) {
        if (file == fmt::format("socket:[{}]", inode)) return true;
      }
    }
  }
  return may_not_look;
}

std::size_t ProcessTree::resident() const {
  std::size_t total = 0;
  for (const pid_t pid : members()) total += resident_bytes(pid);
  return total;
}

std::size_t ProcessTree::threads() const {
  std::size_t total = 0;
  for (const pid_t pid : members()) total += entries(fmt::format("/proc/{}/task", pid)).size();
  return total;
}

void ProcessTree::signal(int signal) const {
  for (const pid_t pid : members()) ::kill(pid, signal);
}

}  // namespace e3
