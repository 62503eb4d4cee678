// SPDX-License-Identifier: MIT
// Interposed: RLIMIT_NOFILE, which the kernel that answers may have for itself.
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::answering;
using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

void give(const Turn& kernel, rlimit* limit) {
  if (const auto own = kernel->descriptor_limit()) limit->rlim_cur = *own;
}

// The process is given what the target asks for but not deprived of anything: the harness needs
// descriptors, too.
int set(const Turn& kernel, const rlimit& wanted) {
  if (wanted.rlim_cur > wanted.rlim_max) return returned(-EINVAL);
  rlimit now{};
  real::getrlimit(RLIMIT_NOFILE, &now);
  const rlimit raised{.rlim_cur = std::max(now.rlim_cur, wanted.rlim_cur),
                      .rlim_max = std::max(now.rlim_max, wanted.rlim_max)};
  if (real::setrlimit(RLIMIT_NOFILE, &raised) != 0) return -1;
  kernel->set_descriptor_limit(wanted.rlim_cur);
  return 0;
}

bool has_own_limit(const Turn& kernel) { return kernel && kernel->descriptor_limit(); }

}  // namespace

extern "C" {

// Sanitizers call this and the next before they have begun; see CMakeLists.txt.
int getrlimit(__rlimit_resource_t resource, rlimit* limit) noexcept {
  if (answering == nullptr) return real::getrlimit(resource, limit);
  const int result = real::getrlimit(resource, limit);
  if (result != 0 || resource != RLIMIT_NOFILE) return result;
  if (Turn kernel; has_own_limit(kernel)) give(kernel, limit);
  return result;
}

int setrlimit(__rlimit_resource_t resource, const rlimit* limit) noexcept {
  if (answering == nullptr) return real::setrlimit(resource, limit);
  if (Turn kernel; resource == RLIMIT_NOFILE && has_own_limit(kernel)) return set(kernel, *limit);
  return real::setrlimit(resource, limit);
}

int prlimit(pid_t process, __rlimit_resource resource, const rlimit* wanted,
            rlimit* limit) noexcept {
  if (Turn kernel; process == 0 && resource == RLIMIT_NOFILE && has_own_limit(kernel)) {
    if (limit != nullptr) {
      real::getrlimit(resource, limit);
      give(kernel, limit);
    }
    return wanted != nullptr ? set(kernel, *wanted) : 0;
  }
  return real::prlimit(process, resource, wanted, limit);
}

// The names that -D_FILE_OFFSET_BITS=64 makes of them.
int getrlimit64(__rlimit_resource_t resource, rlimit64* limit) noexcept {
  static_assert(sizeof(rlimit64) == sizeof(rlimit));
  return getrlimit(resource, reinterpret_cast<rlimit*>(limit));
}

int setrlimit64(__rlimit_resource_t resource, const rlimit64* limit) noexcept {
  return setrlimit(resource, reinterpret_cast<const rlimit*>(limit));
}

int prlimit64(pid_t process, __rlimit_resource resource, const rlimit64* wanted,
              rlimit64* limit) noexcept {
  return prlimit(process, resource, reinterpret_cast<const rlimit*>(wanted),
                 reinterpret_cast<rlimit*>(limit));
}

}  // extern "C"

namespace e3::interpose {
void link_limits() {}
}  // namespace e3::interpose
