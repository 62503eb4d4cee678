# SPDX-License-Identifier: MIT
"""One client of a server under test: a blocking TCP socket with the verbs that the tests read in."""

import select
import socket
import struct

from program import BOUND_SECONDS


class Peer:
    def __init__(self, port, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(BOUND_SECONDS)
        # What is sent in two calls shall travel as two segments.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_until_refused(self, server):
        """Sends until all buffers up to the sleeping server are full; returns what was sent."""
        block = bytes(range(256)) * 256
        sent = 0
        self.socket.setblocking(False)
        while True:
            try:
                sent += self.socket.send(block[sent % len(block) :])
            except BlockingIOError:
                server.wait_until_asleep()
                if not select.select([], [self.socket], [], 0)[1]:
                    break
        self.socket.settimeout(BOUND_SECONDS)
        return (block * (sent // len(block) + 1))[:sent]

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection by RST: close with a linger time of zero (socket(7), SO_LINGER)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def receive(self, limit=65536):
        """What arrives next; empty at the end of the stream."""
        return self.socket.recv(limit)

    def receive_exactly(self, length):
        data = bytearray()
        while len(data) < length:
            more = self.receive(length - len(data))
            assert more, f"the stream ended after {len(data)} of {length} bytes: {bytes(data)!r}"
            data += more
        return bytes(data)

    def receive_all(self):
        """Everything until the server ends its side; fails if it ends it by RST."""
        data = bytearray()
        while more := self.receive():
            data += more
        return bytes(data)

    def has_something_to_read(self):
        return bool(select.select([self.socket], [], [], 0)[0])


def exchange(port, data):
    """One undisturbed exchange: connects, sends, reads until the server ends its side."""
    with Peer(port) as peer:
        peer.send(data)
        return peer.receive_all()
