/* SPDX-License-Identifier: MIT */
#include "mutant_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kDescriptors = 1024, kRequestMost = 16384, kPauseMilliseconds = 100 };

struct connection {
  char request[kRequestMost];
  size_t received, sent;
  int is_open, answers, input_ended;
};

static struct connection connections[kDescriptors];
static int epoll = -1, listener = -1, listener_is_paused;
static const char *bug = "";

/* Larger than small socket buffers. */
static char answer[20000];
static size_t answer_size;

static int has(const char *name) { return strcmp(bug, name) == 0; }

static int control(int operation, int fd, unsigned events) {
  struct epoll_event event = {.events = events, .data = {.fd = fd}};
  return epoll_ctl(epoll, operation, fd, &event);
}

static unsigned listener_events(void) {
  return has("accepts-once-per-edge") ? EPOLLIN | EPOLLET : EPOLLIN;
}

static void drop(int fd) {
  connections[fd].is_open = 0;
  close(fd);
}

/* Returns 0 when the connection is over. */
static int write_to(int fd, struct connection *c) {
  int flags = has("raises-sigpipe") ? 0 : MSG_NOSIGNAL;
  while (c->sent < answer_size) {
    ssize_t put = send(fd, answer + c->sent, answer_size - c->sent, flags);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno == EAGAIN;
    c->sent += (size_t)put;
    if (has("ignores-short-write")) return 0;
  }
  return 0;
}

static int read_from(int fd, struct connection *c) {
  for (;;) {
    if (c->answers) c->received = 0; /* what follows the head says nothing */
    if (c->received == kRequestMost) return 0;
    ssize_t got = recv(fd, c->request + c->received, kRequestMost - c->received, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0 && has("reads-eof-for-ever")) continue;
    if (got == 0 && has("computes-at-eof")) for (;;) {}
    if (got == 0) {
      c->input_ended = 1;
      return c->answers ? !has("drops-answer-at-half-close") : has("keeps-half-open");
    }
    const char *begin = has("forgets-between-reads") ? c->request + c->received : c->request;
    c->received += (size_t)got;
    size_t size = (size_t)(c->request + c->received - begin);
    if (memmem(begin, size, "\r\n\r\n", 4)) c->answers = 1;
  }
}

static void serve(int fd, unsigned events) {
  struct connection *c = &connections[fd];
  if (!c->is_open) return;
  int alive = 1;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !c->input_ended) alive = read_from(fd, c);
  if (alive && c->answers) alive = write_to(fd, c);
  if (!alive) drop(fd);
}

static void accept_all(void) {
  int fd;
  do {
    fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0 && mutant_adopt(fd) != 0) close(fd);
  } while (fd >= 0 && !has("accepts-once-per-edge"));
  /* Whatever made accept4() fail: the listener is level-triggered. Where it will go on failing,
   * that would be for ever. */
  if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
    listener_is_paused = control(EPOLL_CTL_MOD, listener, 0) == 0;
  }
}

int mutant_open(void) {
  const char *name = getenv("E3_MUTANT");
  bug = name ? name : "";
  for (int fd = 0; fd < kDescriptors; ++fd) connections[fd].is_open = 0;
  answer_size = (size_t)snprintf(
      answer, sizeof answer, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%0*d", 16000, 16000, 7);
  listener = -1;
  epoll = epoll_create1(EPOLL_CLOEXEC);
  return epoll;
}

int mutant_listen(unsigned port) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address)) return -1;
  if (listen(listener, 128)) return -1;
  listener_is_paused = 0;
  return control(EPOLL_CTL_ADD, listener, listener_events());
}

int mutant_adopt(int fd) {
  if (fd >= kDescriptors) return -1;
  memset(&connections[fd], 0, sizeof connections[fd]);
  unsigned events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  connections[fd].is_open = control(EPOLL_CTL_ADD, fd, events) == 0;
  return connections[fd].is_open ? 0 : -1;
}

int mutant_turn(int milliseconds) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, 64, listener_is_paused ? kPauseMilliseconds : milliseconds);
  if (listener_is_paused) {
    listener_is_paused = control(EPOLL_CTL_MOD, listener, listener_events()) != 0;
  }
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == listener) {
      accept_all();
    } else {
      serve(events[i].data.fd, events[i].events);
    }
  }
  return count;
}

void mutant_close(void) {
  for (int fd = 0; fd < kDescriptors; ++fd) {
    if (connections[fd].is_open) drop(fd);
  }
  if (listener >= 0) close(listener);
  close(epoll);
}

int mutant_main(int argc, char **argv) {
  if (argc != 2 || mutant_open() < 0 || mutant_listen((unsigned)atoi(argv[1])) != 0) return 1;
  for (;;) mutant_turn(-1);
}
