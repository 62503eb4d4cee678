// SPDX-License-Identifier: MIT
// The way on to the functions that the harness defines over: the sanitizer's interceptor when one
// is linked (it poisons, unpoisons and orders memory accesses), else libc's.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace e3::real {

#define E3_CALL(result, name, parameters, arguments) result name parameters;
#include "harness/world/interpose/calls.def"
#undef E3_CALL

}  // namespace e3::real
