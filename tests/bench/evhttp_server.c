/* SPDX-License-Identifier: MIT
 * libevent's own HTTP server with the smallest handler there is: every request is answered with
 * "hello". evhttp_server PORT */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void answer(struct evhttp_request* request, void* unused) {
  (void)unused;
  struct evbuffer* body = evbuffer_new();
  evbuffer_add(body, "hello", 5);
  evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/plain");
  evhttp_send_reply(request, HTTP_OK, "OK", body);
  evbuffer_free(body);
}

static void stop(evutil_socket_t signal, short events, void* base) {
  (void)signal;
  (void)events;
  event_base_loopbreak(base);
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: evhttp_server PORT\n");
    return 2;
  }
  struct event_base* base = event_base_new();
  struct evhttp* http = evhttp_new(base);
  evhttp_set_gencb(http, answer, NULL);
  if (evhttp_bind_socket(http, "127.0.0.1", (unsigned short)strtoul(argv[1], NULL, 10)) != 0) {
    fprintf(stderr, "evhttp_server: cannot listen on 127.0.0.1:%s\n", argv[1]);
    return 1;
  }
  struct event* terminated = evsignal_new(base, SIGTERM, stop, base);
  event_add(terminated, NULL);
  event_base_dispatch(base);
  event_free(terminated);
  evhttp_free(http);
  event_base_free(base);
  return 0;
}
