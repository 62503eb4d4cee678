# SPDX-License-Identifier: MIT
"""e3-server as a program: its options, its exit codes, and how it ends."""

import signal

import pytest

from peer import Peer, exchange


def test_port_0_takes_a_port_and_prints_it(serve):
    assert serve("e3-server").port != serve("e3-server").port


def test_help_names_every_option_and_the_default_address(start):
    program = start("e3-server", "--help")
    assert program.wait() == 0
    for word in ["--protocol", "--address", "--port", "--date", "--log", "127.0.0.1", "8889"]:
        assert word in program.stdout
    assert program.stderr == ""


def test_a_port_in_use_is_one_clear_line(serve, start):
    port = serve("e3-server").port
    second = start("e3-server", "--port", str(port))
    assert second.wait() == 1
    assert second.stderr.startswith(
        f"e3-server: cannot listen on 127.0.0.1:{port}: Address already in use"
    )
    assert second.stderr.count("\n") == 1
    assert second.stdout == ""


def test_a_port_can_be_taken_again_at_once(serve, start):
    server = serve("e3-server")
    with Peer(server.port) as peer:
        peer.send(b"GET /abc HTTP/1.0\r\n\r\n")
        assert peer.receive_all()  # The server ends first: its port stays in TIME_WAIT.
    assert server.stop() == 0
    again = start("e3-server", "--port", str(server.port))
    again.wait_for_line(f"listening on 127.0.0.1:{server.port}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["--protocol", "gopher"],
        ["--protocol", "0"],
        ["--protocol", "7"],
        ["--port", "many"],
        ["--port", "65536"],
        ["--port", "-1"],
        ["--port", "010000"],
        ["--port", "0x2710"],
        ["--workers", "02"],
        ["--body-max", "010"],
        ["--idle-timeout", "0100"],
        ["--date", "now\r\nX: y"],
        ["--date", "now\n"],
        ["--port"],
        ["stray"],
    ],
    ids=" ".join,
)
def test_a_bad_command_line_is_one_clear_line(start, arguments):
    program = start("e3-server", *arguments)
    assert program.wait() == 2
    assert program.stderr.startswith("e3-server: ")
    assert program.stderr.count("\n") == 1
    assert program.stdout == ""


def test_a_protocol_that_is_none_is_refused_with_the_names_of_all(start):
    program = start("e3-server", "--protocol", "7")
    assert program.wait() == 2
    for name in ["--protocol", "echo", "hello", "http"]:
        assert name in program.stderr


def test_a_protocol_may_be_written_in_capitals(serve):
    assert exchange(serve("e3-server", "--protocol", "HELLO").port, b"\n\n").endswith(b"Hello, client")


def test_a_foreign_address_is_one_clear_line(start):
    program = start("e3-server", "--address", "192.0.2.1", "--port", "0")
    assert program.wait() == 1
    assert program.stderr.startswith("e3-server: cannot listen on 192.0.2.1:0: ")
    assert program.stderr.count("\n") == 1


def test_ipv6_loopback_can_be_listened_on(start):
    server = start("e3-server", "--address", "::1", "--port", "0")
    server.wait_for_line(r"listening on \[::1\]:(\d+)")
    assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("protocol", ["http", "hello", "echo"])
def test_a_signal_ends_it_cleanly_whatever_clients_do(serve, protocol, number):
    server = serve("e3-server", "--protocol", protocol, "--drain-timeout", "200")
    with Peer(server.port) as idle, Peer(server.port) as halfway, Peer(server.port) as ended:
        halfway.send(b"GET /hal")
        ended.send(b"GET /")
        ended.half_close()
        ended.receive_all()
        assert server.stop(number) == 0
        assert idle.receive() == b""
    assert server.stderr == ""


def test_a_signal_in_a_frozen_moment_is_not_lost(serve):
    server = serve("e3-server")
    with server.frozen():
        server.send_signal(signal.SIGTERM)
    assert server.wait() == 0


def test_a_terminal_that_goes_away_does_not_end_it(serve):
    server = serve("e3-server")
    server.send_signal(signal.SIGHUP)
    assert exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\nabc")
    assert server.stop() == 0


def test_a_signal_drains_and_a_second_ends_it_at_once(serve):
    server = serve("e3-server", "--head-timeout", "86400000", "--drain-timeout", "86400000")
    begun = b"GET /abc HTTP/1.1\r\nHost: h\r\n\r\nGET /de"
    with Peer(server.port) as served, Peer(server.port) as stuck:
        for peer in (served, stuck):
            peer.send(begun)
            peer.receive()
        server.send_signal(signal.SIGTERM)
        served.send(b"f HTTP/1.1\r\nHost: h\r\n\r\n")
        assert served.receive_all().endswith(b"\r\n\r\ndef")
        assert server.is_running()
        assert server.stop() == 0


def test_running_out_of_descriptors_is_survived(serve):
    server = serve("e3-server")
    server.limit_descriptors(server.idle_descriptors + 2)
    request = b"GET /abc HTTP/1.0\r\n\r\n"
    peers = [Peer(server.port) for _ in range(6)]
    for peer in peers:
        peer.send(request)
    for peer in peers:
        assert peer.receive_all().endswith(b"\r\n\r\nabc")
        peer.close()
    assert exchange(server.port, request).endswith(b"\r\n\r\nabc")
