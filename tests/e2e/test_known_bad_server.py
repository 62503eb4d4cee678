# SPDX-License-Identifier: MIT
"""The known-bad server has each bug that its head lists, shown on real TCP without the harness.

Were one of them to vanish (a refactoring, another kernel), the checks that it proves would prove
nothing any more.
"""

import signal

import pytest

from peer import Peer, exchange
from program import wait_until

REQUEST = b"GET /abc HTTP/1.0\r\n\r\n"
ANSWER = (
    b"HTTP/1.0 200 OK\r\nDate: Mon, 1 Jan 1996 01:01:01 GMT\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"
)


@pytest.fixture
def server(serve):
    return serve("e3-known-bad-server")


def test_answers_one_polite_client_after_the_other(server):
    for _ in range(3):
        assert exchange(server.port, REQUEST) == ANSWER


def test_an_empty_target_is_answered_with_a_hint(server):
    answer = exchange(server.port, b"GET / HTTP/1.0\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nHello add characters to your url to see the echo")


def test_of_a_burst_of_50_it_serves_one(server):
    with server.frozen():
        peers = [Peer(server.port) for _ in range(50)]
        for peer in peers:
            peer.send(REQUEST)
    wait_until(lambda: any(peer.has_something_to_read() for peer in peers), "the first answer")
    server.wait_until_asleep()
    assert sum(peer.has_something_to_read() for peer in peers) == 1
    for peer in peers:
        peer.close()


@pytest.mark.parametrize("sent", [b"", REQUEST[:5], REQUEST], ids=["nothing", "half", "all"])
@pytest.mark.parametrize("end", [Peer.half_close, Peer.close], ids=["half-close", "close"])
def test_end_of_file_burns_a_core_for_ever(server, sent, end):
    with Peer(server.port) as peer, Peer(server.port) as other:
        with server.frozen():  # Else it might answer the whole request before the end arrives.
            peer.send(sent)
            end(peer)
        server.wait_until_burnt(0.5)
        other.send(REQUEST)
        server.wait_until_burnt(0.5)
        assert not other.has_something_to_read()


@pytest.mark.parametrize(
    ("request_bytes", "message"),
    [
        (b"GET\r\n\r\n", "out_of_range"),
        (b"\r\n\r\n", "out_of_range"),
        (b"GET /\xff HTTP/1.0\r\n\r\n", "range_error"),
    ],
    ids=["no target", "empty line", "not UTF-8"],
)
def test_one_malformed_request_kills_it(server, request_bytes, message):
    with Peer(server.port) as peer:
        peer.send(request_bytes)
        assert server.wait() == -signal.SIGABRT
    assert message in server.stderr


def test_content_length_counts_characters(server):
    answer = exchange(server.port, "GET /žluťoučký HTTP/1.0\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == "žluťoučký".encode()
    assert head.endswith(b"Content-Length: 9"), "9 characters, 13 bytes"


def test_30_resets_leave_it_deaf(server):
    with server.frozen():
        for _ in range(30):
            Peer(server.port).reset()
    server.wait_until_asleep()
    with Peer(server.port) as peer:
        peer.send(REQUEST)
        server.wait_until_asleep()
        assert not peer.has_something_to_read()


def test_a_reset_connection_is_never_closed(server):
    for count in range(1, 6):
        peer = Peer(server.port)
        peer.send(REQUEST[:5])
        wait_until(lambda: server.descriptors() == server.idle_descriptors + count, "the accept")  # noqa: B023
        peer.reset()
    server.wait_until_asleep()
    assert server.descriptors() == server.idle_descriptors + 5


def test_running_out_of_descriptors_kills_it(server):
    server.limit_descriptors(server.idle_descriptors + 1)
    with Peer(server.port):
        wait_until(lambda: server.descriptors() == server.idle_descriptors + 1, "the accept")
        with server.frozen():  # It dies at once: the connection must be made before it runs.
            last = Peer(server.port)
        assert server.wait() == -signal.SIGABRT
        last.close()
    assert "accept: Too many open files" in server.stderr


def test_bytes_after_a_request_begin_the_next_client(server):
    exchange(server.port, REQUEST + b"GET /of-another-client HTTP/1.0\r\n\r\n")
    wait_until(lambda: server.descriptors() == server.idle_descriptors, "the close")
    assert exchange(server.port, REQUEST).endswith(b"\r\n\r\nof-another-client")


def test_an_endless_head_is_kept_in_memory(server):
    before = server.resident_bytes()
    with Peer(server.port) as peer:
        for _ in range(32):
            peer.send(b"x" * 1_000_000)
        wait_until(lambda: server.resident_bytes() > before + 30_000_000, "it to swallow 32 MB")


@pytest.mark.parametrize("arguments", [["--port"], ["--port", "x"], ["--port", "65536"], ["x"]])
def test_a_bad_command_line_is_told_its_usage(start, arguments):
    program = start("e3-known-bad-server", *arguments)
    assert program.wait() == 2
    assert program.stderr == "usage: e3-known-bad-server [--port N]\n"
