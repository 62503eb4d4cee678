/* SPDX-License-Identifier: MIT */
/* A line protocol of its own on poll(2), one buffer each way per connection: `SAY words` is answered
 * with `#number words`, any other line with `?`. The numbers count the lines of all connections. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kConnections = 256, kLineMost = 1024, kAnswersMost = 8192 };

struct connection {
  char in[kLineMost];
  char out[kAnswersMost];
  size_t received, owed;
  int ends; /* the peer sends no more: close when nothing is owed */
};

static struct pollfd watched[1 + kConnections]; /* the listener is the first */
static struct connection connections[1 + kConnections];
static unsigned lines;

static void accept_all(void) {
  for (;;) {
    int fd = accept4(watched[0].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int free_place = 1;
    while (free_place <= kConnections && watched[free_place].fd >= 0) ++free_place;
    if (free_place > kConnections) {
      close(fd);
      continue;
    }
    watched[free_place] = (struct pollfd){.fd = fd, .events = POLLIN};
    memset(&connections[free_place], 0, sizeof connections[free_place]);
  }
}

static void answer_line(struct connection *c, const char *line, size_t size) {
  size_t room = sizeof c->out - c->owed;
  int wrote = size > 4 && memcmp(line, "SAY ", 4) == 0
                  ? snprintf(c->out + c->owed, room, "#%u %.*s\n", ++lines, (int)size - 4, line + 4)
                  : snprintf(c->out + c->owed, room, "?\n");
  c->owed += (size_t)wrote;
}

/* Answers whole lines as long as their answers have room. A line that never ends is a lost cause. */
static int answer_lines(struct connection *c) {
  char *end;
  while (c->owed + kLineMost + 16 < sizeof c->out && (end = memchr(c->in, '\n', c->received))) {
    answer_line(c, c->in, (size_t)(end - c->in));
    c->received -= (size_t)(end + 1 - c->in);
    memmove(c->in, end + 1, c->received);
  }
  return c->received < sizeof c->in || c->owed > 0;
}

/* Both return 0 when the connection is lost. */
static int read_lines(struct pollfd *p, struct connection *c) {
  ssize_t got = recv(p->fd, c->in + c->received, sizeof c->in - c->received, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) c->ends = 1;
  c->received += (size_t)got;
  return answer_lines(c);
}

static int write_answers(struct pollfd *p, struct connection *c) {
  ssize_t put = send(p->fd, c->out, c->owed, MSG_NOSIGNAL);
  if (put < 0) return errno == EAGAIN || errno == EINTR;
  c->owed -= (size_t)put;
  memmove(c->out, c->out + put, c->owed);
  return answer_lines(c);
}

static void serve(struct pollfd *p, struct connection *c) {
  int alive = !(p->revents & POLLERR);
  if (alive && (p->revents & POLLOUT)) alive = write_answers(p, c);
  if (alive && (p->revents & (POLLIN | POLLHUP)) && !c->ends) alive = read_lines(p, c);
  if (!alive || (c->ends && c->owed == 0)) {
    close(p->fd);
    p->fd = -1;
    return;
  }
  int reads = !c->ends && c->received < sizeof c->in;
  p->events = (short)((reads ? POLLIN : 0) | (c->owed > 0 ? POLLOUT : 0));
}

/* Serves on the port that argv[1] names until the process ends. */
int line_server_main(int argc, char **argv) {
  unsigned port = 0;
  if (argc != 2 || sscanf(argv[1], "%u", &port) != 1) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) return 1;
  for (int i = 1; i <= kConnections; ++i) watched[i].fd = -1;
  watched[0] = (struct pollfd){.fd = listener, .events = POLLIN};
  lines = 0;
  for (;;) {
    if (poll(watched, 1 + kConnections, -1) < 0) continue;
    if (watched[0].revents) accept_all();
    for (int i = 1; i <= kConnections; ++i) {
      if (watched[i].fd >= 0 && watched[i].revents) serve(&watched[i], &connections[i]);
    }
  }
}
