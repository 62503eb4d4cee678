/* SPDX-License-Identifier: MIT */
/* An HTTP server made of the system's libevent: its calls are made inside a shared library. */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>

static void echo_path(struct evhttp_request *request, void *unused) {
  (void)unused;
  struct evbuffer *body = evbuffer_new();
  evbuffer_add_printf(body, "%s", evhttp_request_get_uri(request));
  evhttp_send_reply(request, HTTP_OK, "OK", body);
  evbuffer_free(body);
}

int http_server_main(int argc, char **argv) {
  struct event_base *base = event_base_new();
  struct evhttp *http = evhttp_new(base);
  evhttp_set_gencb(http, echo_path, NULL);
  if (argc != 2 || evhttp_bind_socket(http, "127.0.0.1", (unsigned short)atoi(argv[1]))) return 1;
  return event_base_dispatch(base);
}
