// SPDX-License-Identifier: MIT
// libevent's evhttp as its documentation shows it: the target, or the body of a POST, comes back.
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void answer(struct evhttp_request* request, void* unused) {
  (void)unused;
  struct evbuffer* body = evbuffer_new();
  if (evhttp_request_get_command(request) == EVHTTP_REQ_POST) {
    evbuffer_add_buffer(body, evhttp_request_get_input_buffer(request));
  } else {
    evbuffer_add_printf(body, "%s", evhttp_request_get_uri(request));
  }
  evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/plain");
  evhttp_send_reply(request, 200, "OK", body);
  evbuffer_free(body);
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: real-evhttp PORT\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  struct event_base* base = event_base_new();
  struct evhttp* http = evhttp_new(base);
  evhttp_set_timeout(http, 3);
  evhttp_set_gencb(http, answer, NULL);
  if (evhttp_bind_socket(http, "127.0.0.1", (unsigned short)atoi(argv[1])) != 0) return 1;
  event_base_dispatch(base);
  return 0;
}
