// SPDX-License-Identifier: MIT
// A plain epoll server that knows nothing of e3, and does one odd thing: at its start, for each
// request, or when one comes in fragments.
// usage: odd-server PORT [start|request|split DEED | also-listen PORT]     DEED: see deeds below
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kConnections = 2048, kBuffer = 8192 };

struct connection {
  char bytes[kBuffer];
  size_t size;
};

static struct connection* connections[kConnections];
static const char* when = "";
static const char* deed = "";
static volatile int keep_going = 1;

static void* idle(void* argument) { return argument; }

static void overflow_heap(void) {
  volatile char* bytes = malloc(8);
  bytes[8] = 'x';
  free((void*)bytes);
}

static void recurse(volatile int depth) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  if (keep_going) recurse(depth + frame[0] + 1);
  frame[1] = frame[0];
}

// As liburing does, without libc.
static void set_up_io_uring(void) {
#if defined(__x86_64__)
  long result = SYS_io_uring_setup;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(8L), "S"(calloc(1, 256))
                   : "rcx", "r11", "memory");
#else
  syscall(SYS_io_uring_setup, 8, calloc(1, 256));
#endif
}

static void require(int right, const char* what) {
  if (right) return;
  fprintf(stderr, "not as on Linux: %s\n", what);
  abort();
}

// Numbers that it has never had, as programs do that do not know what they have.
static void close_unknown(void) {
  for (int fd = 900; fd < 2100; ++fd) close(fd);
  close(-1);
}

static void close_listed(void) {
  DIR* folder = opendir("/proc/self/fd");
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    const int fd = atoi(entry->d_name);
    if (fd > 2 && fd != dirfd(folder)) require(close(fd) == 0, "close of what is listed");
  }
  closedir(folder);
}

static void look_at_limits(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const int end = eventfd(0, 0);
  require(fcntl(end, F_DUPFD, (int)limit.rlim_cur) < 0, "F_DUPFD at the limit");
  limit.rlim_cur = 3000;
  require(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
  const int high = fcntl(end, F_DUPFD, 2900);
  require(high == 2900, "F_DUPFD below the raised limit");
  struct stat status;
  require(fstatat(high, "", &status, AT_EMPTY_PATH) == 0 && !S_ISCHR(status.st_mode), "fstatat");
  close(high);
  close(end);
}

static struct timespec global_start;

static void look_at_clocks(void) {
  const struct timespec second = {.tv_sec = 1};
  struct timespec before, after, wall;
  clock_gettime(CLOCK_MONOTONIC, &before);
  require(before.tv_sec - global_start.tv_sec <= 1, "a time before main");
  clock_gettime(CLOCK_REALTIME, &before);
  const clock_t ticks = times(&(struct tms){0});
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  require(sigtimedwait(&set, NULL, &second) < 0 && errno == EAGAIN, "sigtimedwait");
  timespec_get(&wall, TIME_UTC);
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &after);
  require(after.tv_sec - before.tv_sec == 1, "syscall(SYS_clock_gettime)");
  require(wall.tv_sec == after.tv_sec, "timespec_get");
  require(times(&(struct tms){0}) - ticks >= sysconf(_SC_CLK_TCK), "times");
  require(clock_gettime(12345, &wall) < 0 && errno == EINVAL, "an unknown clock");
}

static void do_deed(void) {
  fprintf(stderr, "about to: %s\n", deed);
  if (strcmp(deed, "segv") == 0) *(volatile int*)(uintptr_t)16 = 1;
  if (strcmp(deed, "abort") == 0) abort();
  if (strcmp(deed, "exit") == 0) exit(7);
  if (strcmp(deed, "quick-exit") == 0) _exit(8);
  if (strcmp(deed, "recursion") == 0) recurse(0);
  if (strcmp(deed, "heap-overflow") == 0) overflow_heap();
  while (strcmp(deed, "compute") == 0 && keep_going) {
  }
  if (strcmp(deed, "thread") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
    pthread_join(thread, NULL);
  }
  if (strcmp(deed, "fork") == 0) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  if (strcmp(deed, "vfork") == 0) {
    const pid_t child = vfork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  if (strcmp(deed, "posix_spawn") == 0) {
    char* const words[] = {"true", NULL};
    pid_t child;
    if (posix_spawnp(&child, "true", NULL, NULL, words, NULL) == 0) waitpid(child, NULL, 0);
  }
  if (strcmp(deed, "system") == 0 && system("true") != 0) exit(9);
  if (strcmp(deed, "popen") == 0) pclose(popen("true", "r"));
  if (strcmp(deed, "setitimer") == 0) {
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_sec = 3600}}, NULL);
  }
  if (strcmp(deed, "timer_create") == 0) {
    timer_t timer;
    timer_create(CLOCK_MONOTONIC, NULL, &timer);
  }
  if (strcmp(deed, "close_range") == 0) close_range(3, ~0U, 0);
  if (strcmp(deed, "io_uring") == 0) syscall(SYS_io_uring_setup, 8, calloc(1, 256));
  for (int fd = 3; strcmp(deed, "close-all") == 0 && fd < 4096; ++fd) close(fd);
  if (strcmp(deed, "raw-io_uring") == 0) set_up_io_uring();
  if (strcmp(deed, "closefrom") == 0) closefrom(3);
  if (strcmp(deed, "exec") == 0) execl("/bin/true", "true", (char*)NULL);
  if (strcmp(deed, "raw-close_range") == 0) syscall(SYS_close_range, 3, ~0U, 0);
  if (strcmp(deed, "close-unknown") == 0) close_unknown();
  if (strcmp(deed, "close-listed") == 0) close_listed();
  if (strcmp(deed, "limits") == 0) look_at_limits();
  if (strcmp(deed, "clocks") == 0) look_at_clocks();
  if (strcmp(deed, "wait") == 0) {
    int ends[2];
    char byte;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0) recv(ends[0], &byte, 1, 0);
  }
}

static void drop(int epoll, int fd) {
  epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

static void answer(int fd, const struct connection* request) {
  char path[256] = "";
  char text[512];
  sscanf(request->bytes, "%*s %255s", path);
  const int size = snprintf(text, sizeof text,
                            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
                            "Connection: close\r\n\r\n%s",
                            strlen(path), path);
  send(fd, text, (size_t)size, MSG_NOSIGNAL);
}

static void serve(int epoll, int fd) {
  struct connection* request = connections[fd];
  while (1) {
    const ssize_t got = recv(fd, request->bytes + request->size, kBuffer - 1 - request->size, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) break;
    request->size += (size_t)got;
    if (strstr(request->bytes, "\r\n\r\n") != NULL) {
      if (strcmp(when, "request") == 0) do_deed();
      answer(fd, request);
      break;
    }
    if (strcmp(when, "split") == 0) do_deed();
    if (request->size == kBuffer - 1) break;
  }
  drop(epoll, fd);
}

static void watch(int epoll, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data = {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int epoll, int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= kConnections) {
      close(fd);
      continue;
    }
    connections[fd] = calloc(1, sizeof *connections[fd]);
    watch(epoll, fd, EPOLLIN | EPOLLET);
  }
}

// A timer that ticks and an event that is never rung, as real servers have.
static int ticking_timer(void) {
  const struct itimerspec every_second = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  timerfd_settime(timer, 0, &every_second, NULL);
  return timer;
}

static int listen_on(const char* port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(port)),
                                .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  bind(listener, (struct sockaddr*)&address, sizeof address);
  listen(listener, 128);
  return listener;
}

static int global_epoll = -1;

// As constructors of global objects do.
__attribute__((constructor)) static void begin(int argc, char** argv) {
  clock_gettime(CLOCK_MONOTONIC, &global_start);
  if (argc > 3 && strcmp(argv[3], "global-epoll") == 0) global_epoll = epoll_create1(0);
}

int main(int argc, char** argv) {
  if (argc > 3) {
    when = argv[2];
    deed = argv[3];
  }
  if (strcmp(when, "start") == 0) do_deed();
  const int listener = listen_on(argc > 1 ? argv[1] : "8080");
  if (strcmp(when, "also-listen") == 0) listen_on(deed);  // on a port where nobody answers
  const int epoll = global_epoll >= 0 ? global_epoll : epoll_create1(0);
  const int timer = ticking_timer();
  watch(epoll, listener, EPOLLIN | EPOLLET);
  watch(epoll, timer, EPOLLIN);
  watch(epoll, eventfd(0, EFD_NONBLOCK), EPOLLIN);
  while (1) {
    struct epoll_event events[64];
    const int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      uint64_t ticks;
      if (fd == listener) {
        accept_all(epoll, listener);
      } else if (fd == timer) {
        if (read(timer, &ticks, sizeof ticks) < 0) continue;
      } else if (fd < kConnections && connections[fd] != NULL) {
        serve(epoll, fd);
      }
    }
  }
}
