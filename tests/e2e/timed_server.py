# SPDX-License-Identifier: MIT
"""A line server for tests of what takes real time: "small" gets a word, "large" more than buffers hold.

usage: timed_server.py PORT MODE
  impatient   ends a connection whose peer reads nothing for 50 ms
  spins       asks again and again for the rest of a line
"""

import socket
import sys
import threading

PORT, MODE = int(sys.argv[1]), sys.argv[2]
ANSWERS = {b"small": b"word\n", b"large": b"e" * (8 << 20) + b"\n"}
PATIENCE = 0.05


def read_more(peer, unfinished):
    peer.setblocking(not (MODE == "spins" and unfinished))
    while True:
        try:
            return peer.recv(4096)
        except BlockingIOError:
            pass


def serve(peer):
    text = b""
    with peer:
        while more := read_more(peer, text):
            *lines, text = (text + more).split(b"\n")
            for line in lines:
                answer = memoryview(ANSWERS.get(line, b"?\n"))
                peer.settimeout(PATIENCE if MODE == "impatient" else None)
                while answer:
                    answer = answer[peer.send(answer):]


def serve_to_its_end(peer):
    try:
        serve(peer)
    except OSError:  # a time-out is one
        pass


with socket.create_server(("127.0.0.1", PORT), backlog=128) as listener:
    while True:
        threading.Thread(target=serve_to_its_end, args=[listener.accept()[0]], daemon=True).start()
