# SPDX-License-Identifier: MIT
"""What e3-server answers, byte by byte, in its three protocols."""

import email.utils
import re
import time

import pytest

from peer import Peer, exchange

DATE = "Mon, 1 Jan 1996 01:01:01 GMT"
INVITATION = b"Hello add characters to your url to see the echo"


def response(body, status=b"200 OK", version=b"1.0", connection=b""):
    return (
        b"HTTP/%s %s\r\nDate: %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%s\r\n%s"
        % (version, status, DATE.encode(), len(body), connection, body)
    )


@pytest.mark.parametrize(
    ("request_bytes", "body"),
    [
        (b"GET /abc HTTP/1.0\r\n\r\n", b"abc"),
        (b"GET /abc HTTP/1.0\n\n", b"abc"),
        (b"GET / HTTP/1.0\r\n\r\n", INVITATION),
        (b"GET /a%20b?c=d HTTP/1.0\r\nX-Other: 1\r\n\r\n", b"a%20b?c=d"),
        ("GET /žluť HTTP/1.0\r\n\r\n".encode(), "žluť".encode()),
        (b"GET /%s HTTP/1.0\r\n\r\n" % (b"x" * 8000), b"x" * 8000),
        (b"GET /abc HTTP/1.0\r\n\r\nGET /second HTTP/1.0\r\n\r\n", b"abc"),
    ],
    ids=str,
)
def test_http_answers_with_the_target(serve, request_bytes, body):
    server = serve("e3-server", "--date", DATE)
    assert exchange(server.port, request_bytes) == response(body)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET\r\n\r\n", b"400 Bad Request"),
        (b"nonsense\n\n", b"400 Bad Request"),
        (b"GET /a\x00b HTTP/1.0\r\n\r\n", b"400 Bad Request"),
        (b"GET /%s HTTP/1.0\r\n\r\n" % (b"x" * 9000), b"414 URI Too Long"),
        (b"x" * 100_000, b"414 URI Too Long"),
        (b"GET / HTTP/1.0\r\n" + b"x: y\r\n" * 20_000, b"431 Request Header Fields Too Large"),
    ],
    ids=["no target", "one word", "NUL", "long target", "endless line", "endless head"],
)
def test_http_refuses_a_bad_request_and_serves_the_next(serve, request_bytes, status):
    server = serve("e3-server", "--date", DATE)
    answer = exchange(server.port, request_bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer == response(body, status), head
    assert exchange(server.port, b"GET /next HTTP/1.0\r\n\r\n") == response(b"next")


def test_http11_persists_until_told_to_close(serve):
    server = serve("e3-server", "--date", DATE)
    get = b"GET /%s HTTP/1.1\r\nHost: example.org\r\n%s\r\n"
    with Peer(server.port) as peer:
        for body in (b"first", b"second"):
            expected = response(body, version=b"1.1")
            peer.send(get % (body, b""))
            assert peer.receive_exactly(len(expected)) == expected
        peer.send(get % (b"last", b"Connection: close\r\n"))
        assert peer.receive_all() == response(
            b"last", version=b"1.1", connection=b"Connection: close\r\n"
        )


@pytest.mark.parametrize("head", [b"\n\n", b"anything\xff\r\n\r\n", b"GET / HTTP/1.0\n\r\n"], ids=str)
def test_hello_answers_any_head_with_a_greeting(serve, head):
    server = serve("e3-server", "--protocol", "hello", "--date", DATE)
    assert exchange(server.port, head) == response(b"Hello, client")


def test_hello_waits_for_the_empty_line(serve):
    server = serve("e3-server", "--protocol", "hello", "--date", DATE)
    with Peer(server.port) as peer:
        peer.send(b"GET / HTTP/1.0\r\nA: b\r\n")
        exchange(server.port, b"\n\n")  # One full exchange later it has surely seen the bytes.
        assert not peer.has_something_to_read()
        peer.send(b"\r\n")
        assert peer.receive_all() == response(b"Hello, client")


def test_echo_returns_every_byte_to_each_client_until_it_ends(serve):
    server = serve("e3-server", "--protocol", "echo")
    every_byte = bytes(range(256))
    with Peer(server.port) as first, Peer(server.port) as second:
        first.send(every_byte)
        second.send(b"second")
        assert second.receive_exactly(6) == b"second"
        assert first.receive_exactly(256) == every_byte
        first.send(b"again")
        first.half_close()
        assert first.receive_all() == b"again"
        second.half_close()
        assert second.receive_all() == b""


def test_the_date_is_the_time_unless_told_otherwise(serve):
    server = serve("e3-server")
    before = int(time.time())
    answer = exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n")
    after = time.time()
    date = re.search(rb"\r\nDate: ([^\r]*)\r\n", answer)[1].decode()
    told = email.utils.parsedate_to_datetime(date).timestamp()
    assert before <= told <= after
    assert date == email.utils.formatdate(told, usegmt=True)


def test_log_prints_each_request_as_one_line(serve):
    server = serve("e3-server", "--log")
    exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n")
    exchange(server.port, b"GET\x1b[31m\r\n\r\n")
    server.stop()
    first, *events = server.stdout.splitlines()
    lines = [event for event in events if event.startswith("event=request ")]
    assert first == f"listening on 127.0.0.1:{server.port}"
    assert len(lines) == 2
    assert "GET" in lines[0] and "/abc" in lines[0]
    assert "\x1b" not in lines[1], "a log line must not carry a client's control characters"
    value = r'(?:\d+|"(?:[^"\\]|\\.)*")'
    for line in events:
        assert re.fullmatch(rf"event=\w+ connection=\d+( \w+={value})*", line), line
    # Who closes first and who connects next may be seen in one batch, in either order.
    kinds = {"1": [], "2": []}
    for line in events:
        kind, connection = re.match(r"event=(\w+) connection=(\d+)", line).groups()
        kinds[connection].append(kind)
    assert kinds == {"1": ["open", "request", "close"], "2": ["open", "request", "refusal", "close"]}
    assert 'event=refusal connection=2 status=400 reason="malformed request line"' in events


def test_http10_is_all_that_is_spoken_when_asked_for(serve):
    request = b"GET /abc HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"
    answer = exchange(serve("e3-server", "--http10").port, request)
    assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nabc")
    assert b"\r\nConnection:" not in answer


def test_without_log_it_prints_only_its_address(serve):
    server = serve("e3-server")
    exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n")
    server.stop()
    assert server.stdout == f"listening on 127.0.0.1:{server.port}\n"
    assert server.stderr == ""
