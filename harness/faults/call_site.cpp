// SPDX-License-Identifier: MIT
#include "harness/faults/call_site.h"

#include <algorithm>
#include <array>

namespace e3 {
namespace {

constexpr std::array<std::string_view, kCallKinds> kCallNames{
    "socket",        "bind",           "listen",          "accept",          "connect",
    "recv",          "send",           "sendfile",        "shutdown",        "close",
    "dup",           "pipe",           "socketpair",      "getsockname",     "getpeername",
    "getsockopt",    "setsockopt",     "fcntl",           "ioctl",           "epoll_create",
    "epoll_ctl_add", "epoll_ctl_mod",  "epoll_ctl_del",   "epoll_wait",      "poll",
    "eventfd",       "timerfd_create", "timerfd_settime", "timerfd_gettime", "signalfd",
    "clock",         "sleep"};

constexpr std::array<std::string_view, kRoles> kRoleNames{
    "any", "socket", "listener", "conn", "pair", "pipe", "epoll", "event", "timer", "signal"};

template <typename Value, std::size_t Size>
std::optional<Value> named(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

}  // namespace

std::string_view to_string(CallKind call) { return kCallNames[static_cast<std::size_t>(call)]; }

std::string_view to_string(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<CallKind> call_kind_named(std::string_view name) {
  return named<CallKind>(kCallNames, name);
}

std::optional<Role> role_named(std::string_view name) { return named<Role>(kRoleNames, name); }

}  // namespace e3
