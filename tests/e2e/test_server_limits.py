# SPDX-License-Identifier: MIT
"""The limits and timeouts of e3-server on its command line: obeyed, documented, and refused."""

import re

import pytest

from peer import Peer, exchange

KEEP_ALIVE = b"GET /abc HTTP/1.1\r\nHost: h\r\n\r\n"

# Option, value, what is sent, and the status that the limit brings about. With the defaults, each is
# answered with 200.
REFUSALS = [
    ("--request-line-max", "20", b"GET /abcdefgh HTTP/1.0\r\n\r\n", b"414"),
    ("--head-max", "40", b"GET /a HTTP/1.0\r\nX: " + b"x" * 40 + b"\r\n\r\n", b"431"),
    ("--fields-max", "1", b"GET /a HTTP/1.0\r\nA: 1\r\nB: 2\r\n\r\n", b"431"),
    ("--body-max", "2", b"POST /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nxyz", b"413"),
]


@pytest.mark.parametrize("option, value, request_bytes, status", REFUSALS, ids=lambda v: str(v)[:18])
def test_a_request_beyond_a_limit_is_refused(serve, option, value, request_bytes, status):
    assert exchange(serve("e3-server").port, request_bytes).split(b" ")[1] == b"200"
    assert exchange(serve("e3-server", option, value).port, request_bytes).split(b" ")[1] == status


def test_the_last_request_of_a_connection_is_told_so(serve):
    server = serve("e3-server", "--requests-max", "2")
    with Peer(server.port) as peer:
        peer.send(KEEP_ALIVE * 3)
        answers = peer.receive_all()
    first, last = answers.split(b"HTTP/1.1 200 ")[1:]
    assert b"Connection: close" not in first and b"Connection: close" in last


@pytest.mark.parametrize(
    "option, sent", [("--head-timeout", b"GET"), ("--idle-timeout", KEEP_ALIVE)]
)
def test_a_short_timeout_ends_a_silent_connection(serve, option, sent):
    # The other one is far beyond the patience of the test.
    others = {"--head-timeout", "--idle-timeout"} - {option}
    server = serve("e3-server", option, "50", *(f"{other}=86400000" for other in others))
    with Peer(server.port) as peer:
        peer.send(sent)
        peer.receive_all()


def documented(start):
    """{option: (unit, default, min, max)} from the help."""
    program = start("e3-server", "--help")
    assert program.wait() == 0
    line = re.compile(
        r"(--[a-z-]+) (BYTES|COUNT|MILLISECONDS):\w+ in \[(\d+) - (\d+)\]=(\d+)"
    )
    return {
        option: (unit, int(default), int(low), int(high))
        for option, unit, low, high, default in line.findall(program.stdout)
    }


def test_help_gives_unit_range_and_default_of_each(start):
    options = documented(start)
    assert len(options) == 17, options  # 9 limits, 7 timeouts, --workers
    for option, (_, default, low, high) in options.items():
        assert low <= default <= high, option
    assert options["--idle-timeout"] == ("MILLISECONDS", 60000, 1, 86400000)


def test_what_is_out_of_range_is_one_clear_line(start):
    for option, (_, _, low, high) in documented(start).items():
        for value in [low - 1, high + 1, "x", "10s"]:
            program = start("e3-server", f"{option}={value}")
            assert program.wait() == 2, (option, value)
            assert program.stderr.startswith(f"e3-server: {option}: "), program.stderr
            assert program.stderr.count("\n") == 1
