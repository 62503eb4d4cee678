// SPDX-License-Identifier: MIT
// Calls that no simulation answers, through the functions that the harness defines: a sanitizer
// must see them as it would without the harness. usage: pass_through overflow|hand-over|race
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends[2];
static int handed_over;

// recv(2) writes more than the buffer holds.
static void overflow(void) {
  const volatile size_t claimed = 16;  // the compiler must not see it
  char* buffer = malloc(8);
  if (send(ends[0], "0123456789abcdef", 16, 0) == 16) recv(ends[1], buffer, claimed, 0);
  free(buffer);
}

static void* receiver(void* asked_to_wait) {
  char byte = 0;
  if (asked_to_wait != NULL && recv(ends[1], &byte, 1, 0) != 1) return NULL;
  handed_over += 1;
  return NULL;
}

// Two threads write one variable. A message between them orders that, or nothing does.
static void write_from_two_threads(int with_message) {
  pthread_t other;
  if (pthread_create(&other, NULL, receiver, with_message ? &handed_over : NULL) != 0) exit(2);
  handed_over += 1;
  if (with_message && send(ends[0], "x", 1, 0) != 1) exit(2);
  pthread_join(other, NULL);
}

int main(int argc, char** argv) {
  const char* deed = argc > 1 ? argv[1] : "";
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 2;
  if (strcmp(deed, "overflow") == 0) overflow();
  if (strcmp(deed, "hand-over") == 0) write_from_two_threads(1);
  if (strcmp(deed, "race") == 0) write_from_two_threads(0);
  puts("done");
  return 0;
}
