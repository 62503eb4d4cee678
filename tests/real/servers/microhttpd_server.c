// SPDX-License-Identifier: MIT
// libmicrohttpd in its epoll mode: the target, or the body of a POST, comes back.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct body {
  char* bytes;
  size_t size;
};

static enum MHD_Result answer(void* unused, struct MHD_Connection* connection, const char* url,
                              const char* method, const char* version, const char* upload,
                              size_t* upload_size, void** state) {
  (void)unused;
  (void)version;
  struct body* body = *state;
  if (body == NULL) {
    *state = calloc(1, sizeof *body);
    return *state != NULL ? MHD_YES : MHD_NO;
  }
  if (*upload_size != 0) {
    char* larger = realloc(body->bytes, body->size + *upload_size);
    if (larger == NULL) return MHD_NO;
    memcpy(larger + body->size, upload, *upload_size);
    body->bytes = larger;
    body->size += *upload_size;
    *upload_size = 0;
    return MHD_YES;
  }
  const int posts = strcmp(method, "POST") == 0;
  struct MHD_Response* response = MHD_create_response_from_buffer(
      posts ? body->size : strlen(url), posts ? (void*)body->bytes : (void*)(size_t)url,
      MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, "Content-Type", "text/plain");
  const enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return queued;
}

static void forget(void* unused, struct MHD_Connection* connection, void** state,
                   enum MHD_RequestTerminationCode why) {
  (void)unused;
  (void)connection;
  (void)why;
  struct body* body = *state;
  if (body == NULL) return;
  free(body->bytes);
  free(body);
  *state = NULL;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: real-microhttpd PORT\n");
    return 2;
  }
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(argv[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon* daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR,
      (struct sockaddr*)&address, MHD_OPTION_CONNECTION_TIMEOUT, 3U, MHD_OPTION_NOTIFY_COMPLETED,
      forget, NULL, MHD_OPTION_END);
  if (daemon == NULL) return 1;
  pause();
  return 0;
}
