# SPDX-License-Identifier: MIT
"""A small HTTP/1.1 server for tests of what e3 says about it. GET is answered with "hello", POST with its body.

usage: odd_http_server.py PORT MODE
  correct               nothing else
  swallows-malformed    neither answers nor closes after a malformed request line; reads on
  keeps-half-open       keeps the socket of an incomplete or malformed request, whatever comes
  dies-slowly           at a malformed request line: its sockets are closed a while before it is dead
  keeps-1.0             keeps an HTTP/1.0 connection that asked for it, and does not say so
  reads-on              refuses a line that is too long at its end, and throws away what comes before
  keeps-all             likewise, and keeps what comes before
  takes-ten             ten connections at a time; the others wait in its queue, which is short
"""

import signal
import socket
import sys
import threading

PORT, MODE = int(sys.argv[1]), sys.argv[2]
kept = []  # sockets that nobody closes
room = threading.Semaphore(10 if MODE == "takes-ten" else 10_000)


class Refused(Exception):
    pass


class EndOfInput(Exception):
    pass


class Connection:
    def __init__(self, peer):
        self.peer = peer
        self.input = b""

    def read(self):
        more = self.peer.recv(65536)
        if not more:
            raise EndOfInput
        self.input += more

    def read_line(self):
        while b"\r\n" not in self.input:
            if len(self.input) > 20000:
                if MODE in ("reads-on", "keeps-all"):
                    self.read_to_the_end_of_the_line()
                raise Refused
            self.read()
        line, self.input = self.input.split(b"\r\n", 1)
        return line

    def read_to_the_end_of_the_line(self):
        parts = []
        while b"\r\n" not in self.input:
            if MODE == "keeps-all":
                parts.append(self.input)
            self.input = self.input[-1:]
            self.read()

    def read_bytes(self, count):
        while len(self.input) < count:
            self.read()
        taken, self.input = self.input[:count], self.input[count:]
        return taken

    def answer(self, status, body, closes, head_only=False):
        head = b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % (status, len(body))
        if closes:
            head += b"Connection: close\r\n"
        self.peer.sendall(head + b"\r\n" + (b"" if head_only else body))

    def serve_one(self):
        """Whether the connection goes on."""
        words = self.read_line().split(b" ")
        if len(words) != 3 or words[2] not in (b"HTTP/1.0", b"HTTP/1.1"):
            raise Refused
        fields = {}
        while line := self.read_line():
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise Refused
            fields[name.lower()] = value.strip()
        length = fields.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 9:
            raise Refused
        body = self.read_bytes(int(length))
        goes_on = words[2] == b"HTTP/1.1" and fields.get(b"connection", b"").lower() != b"close"
        if MODE == "keeps-1.0" and fields.get(b"connection") == b"keep-alive":
            goes_on = True
        self.answer(b"200 OK", body if words[0] == b"POST" else b"hello\n", not goes_on, words[0] == b"HEAD")
        return goes_on

    def discard_the_rest(self):
        self.peer.settimeout(2)
        while self.peer.recv(65536):
            pass

    def serve(self):
        try:
            while self.serve_one():
                pass
        except Refused:
            if MODE == "dies-slowly":
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                listener.shutdown(socket.SHUT_RDWR)
                return
            if MODE == "keeps-half-open":
                kept.append(self.peer)
                return
            if MODE == "swallows-malformed":
                while self.peer.recv(65536):
                    pass
                return
            self.answer(b"400 Bad Request", b"", True)
        except EndOfInput:
            if MODE == "keeps-half-open" and self.input:
                kept.append(self.peer)
                return
        self.peer.shutdown(socket.SHUT_WR)
        self.discard_the_rest()


def serve(peer):
    try:
        Connection(peer).serve()
    except OSError:
        pass
    if peer not in kept:
        peer.close()
    room.release()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", PORT))
listener.listen(5 if MODE == "takes-ten" else 128)
print(f"port {listener.getsockname()[1]}", flush=True)
while True:
    room.acquire()
    try:
        connection, _ = listener.accept()
    except OSError:  # dying
        listener.close()
        signal.pause()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
