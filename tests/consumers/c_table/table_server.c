/* SPDX-License-Identifier: MIT */
/* A C server of the level-triggered kind: one table, indexed by descriptor. It greets whoever sends
 * a request head. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kConnections = 1024, kRequestMost = 16384 };

struct connection {
  char request[kRequestMost];
  size_t received;
  const char *answer; /* null until the request is complete */
  size_t sent;
};

static struct connection table[kConnections];

static const char kGreeting[] =
    "HTTP/1.0 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";
static const char kRefusal[] =
    "HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static void watch(int epoll, int operation, int fd, unsigned events) {
  struct epoll_event event = {.events = events, .data = {.fd = fd}};
  epoll_ctl(epoll, operation, fd, &event);
}

static void accept_one(int epoll, int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return; /* level-triggered: it is reported again */
  if (fd >= kConnections) {
    close(fd);
    return;
  }
  table[fd].received = table[fd].sent = 0;
  table[fd].answer = NULL;
  watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
}

static const char *answer_to(const struct connection *c) {
  const char *line_end = memchr(c->request, '\n', c->received);
  const char *path = memmem(c->request, c->received, " /", 2);
  const char *version = memmem(c->request, c->received, " HTTP/1.", 8);
  int good = line_end && path && version && path < version && version < line_end;
  return good ? kGreeting : kRefusal;
}

/* Returns 0 when the connection is over. */
static int read_some(int epoll, int fd) {
  struct connection *c = &table[fd];
  ssize_t got = recv(fd, c->request + c->received, kRequestMost - c->received, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return 0; /* no request, or not all of it */
  c->received += (size_t)got;
  if (memmem(c->request, c->received, "\r\n\r\n", 4)) {
    c->answer = answer_to(c);
  } else if (c->received == kRequestMost) {
    c->answer = kRefusal;
  } else {
    return 1;
  }
  watch(epoll, EPOLL_CTL_MOD, fd, EPOLLOUT);
  return 1;
}

static int write_some(int fd) {
  struct connection *c = &table[fd];
  size_t left = strlen(c->answer) - c->sent;
  ssize_t put = send(fd, c->answer + c->sent, left, MSG_NOSIGNAL);
  if (put < 0) return errno == EAGAIN || errno == EINTR;
  c->sent += (size_t)put;
  return (size_t)put < left;
}

/* Serves on the port that argv[1] names until the process ends. */
int table_server_main(int argc, char **argv) {
  unsigned port = 0;
  if (argc != 2 || sscanf(argv[1], "%u", &port) != 1) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) return 1;
  int epoll = epoll_create1(0);
  watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN);
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_one(epoll, listener);
        continue;
      }
      int alive = table[fd].answer ? write_some(fd) : read_some(epoll, fd);
      if (!alive || (events[i].events & EPOLLERR)) close(fd);
    }
  }
}
