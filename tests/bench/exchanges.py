# SPDX-License-Identifier: MIT
"""What the servers are asked, and a client that asks it one request after another."""

import socket

KEEP_ALIVE = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
assert len(KEEP_ALIVE) == 40
# The client promises to send nothing more, so that e3-server need not wait for its end.
CLOSE = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
# It promises nothing: e3-server ends its side and waits, lest a late byte reset the connection.
LINGER = b"GET /hello HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"


def is_answer(response):
    return response.startswith(b"HTTP/1.") and b" 200 " in response and response.endswith(b"hello")


def receive_answer(connection):
    response = b""
    while not is_answer(response):
        more = connection.recv(65536)
        if not more:
            raise RuntimeError(f"the server closed early, after {response!r}")
        response += more
    return response


def ask(port, count, request):
    """`count` requests one after another: all on one connection, or each on one of its own."""
    address = ("127.0.0.1", port)
    if request == KEEP_ALIVE:
        with socket.create_connection(address) as connection:
            for _ in range(count):
                connection.sendall(request)
                receive_answer(connection)
        return
    for _ in range(count):
        with socket.create_connection(address) as connection:
            connection.sendall(request)
            response = b""
            while more := connection.recv(65536):
                response += more
        if not is_answer(response):
            raise RuntimeError(f"not the answer: {response!r}")
