/* SPDX-License-Identifier: MIT */
/* A small edge-triggered HTTP/1.0 server with the bug that the environment variable E3_MUTANT names
 * (none without it), one turn at a time: so that it can be a function, a program, or adopt
 * connections. */
#ifndef E3_MUTANT_SERVER_H
#define E3_MUTANT_SERVER_H

/* Starts it without a listener; returns the epoll descriptor, or -1. */
int mutant_open(void);
/* Listens on 127.0.0.1:`port`. -1 on failure. */
int mutant_listen(unsigned port);
/* Takes over a connection. */
int mutant_adopt(int fd);
/* Acts on what is ready, after waiting for it at most this many milliseconds (-1: for ever). */
int mutant_turn(int milliseconds);
/* Closes all. */
void mutant_close(void);

/* Serves on the port that argv[1] names. */
int mutant_main(int argc, char** argv);

#endif
