# SPDX-License-Identifier: MIT
"""A server that forks, for tests of what e3 says about its processes. A request is a line.

usage: forking_server.py PORT MODE
  adds-workers         a worker more with each connection for a while; idle, with files of its own
  leaves-processes     a process for each connection; one whose peer leaves early stays for ever
"""

import os
import signal
import socket
import sys

PORT, MODE = int(sys.argv[1]), sys.argv[2]
REQUEST_END = b"\n"


def is_served(connection):
    request = b""
    while not request.endswith(REQUEST_END):
        more = connection.recv(4096)
        if not more:
            return False
        request += more
    connection.sendall(b"served\n")
    return True


def stay_for_ever():
    while True:
        signal.pause()


def fork_a_worker():
    if os.fork() == 0:
        files = [open(os.devnull) for _ in range(9)]
        stay_for_ever()
        del files


def serve_in_a_child(connection):
    if os.fork() == 0:
        if not is_served(connection):
            stay_for_ever()
        os._exit(0)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", PORT), backlog=128)
connections = 0
while True:
    connection, _ = listener.accept()
    with connection:
        connections += 1
        if MODE == "leaves-processes":
            serve_in_a_child(connection)
            continue
        try:
            is_served(connection)
        except ConnectionError:
            pass
    if 5 <= connections < 15:
        fork_a_worker()
