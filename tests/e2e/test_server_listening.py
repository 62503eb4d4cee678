# SPDX-License-Identifier: MIT
"""Where e3-server listens: addresses, Unix domain sockets, and descriptors passed to it."""

import os
import re
import socket
import stat
import sys

import pytest

from peer import exchange
from program import BOUND_SECONDS

REQUEST = b"GET /abc HTTP/1.0\r\n\r\n"


def exchange_on_path(path):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(BOUND_SECONDS)
        peer.connect(str(path))
        peer.sendall(REQUEST)
        return peer.makefile("rb").read()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_listen_takes_a_host_and_a_port(start, host):
    server = start("e3-server", "--listen", f"{host}:0")
    server.wait_for_line(rf"listening on {re.escape(host)}:[1-9]\d*")
    assert server.stop() == 0


def test_a_unix_socket_is_served_and_removed(start, tmp_path):
    path = tmp_path / "s"
    server = start("e3-server", "--listen", f"unix:{path}")
    server.wait_for_line(f"listening on unix:{path}")
    assert exchange_on_path(path).endswith(b"\r\n\r\nabc")
    assert server.stop() == 0
    assert not path.exists()
    assert server.stderr == ""


def test_a_descriptor_passed_with_a_request_hides_nothing_that_follows(start, tmp_path):
    path = tmp_path / "s"
    server = start("e3-server", "--listen", f"unix:{path}", "--head-timeout", "86400000")
    server.wait_for_line(f"listening on unix:{path}")
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(BOUND_SECONDS)
        peer.connect(str(path))
        peer.sendall(b"GET /first HTTP/1.1\r\nHost: h\r\n\r\n")
        assert peer.recv(65536).endswith(b"first")  # So the connection is registered.
        with server.frozen():  # Both messages arrive in one event.
            socket.send_fds(peer, [REQUEST[:9]], [peer.fileno()])
            peer.sendall(REQUEST[9:])
        assert peer.makefile("rb").read().endswith(b"\r\n\r\nabc")


def test_a_stale_unix_socket_is_replaced(start, tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    server = start("e3-server", "--listen", f"unix:{path}")
    server.wait_for_line(f"listening on unix:{path}")
    assert exchange_on_path(path).endswith(b"\r\n\r\nabc")


def test_a_unix_socket_in_use_is_one_clear_line(start, tmp_path):
    path = tmp_path / "s"
    first = start("e3-server", "--listen", f"unix:{path}")
    first.wait_for_line(f"listening on unix:{path}")
    second = start("e3-server", "--listen", f"unix:{path}")
    assert second.wait() == 1
    assert second.stderr == f"e3-server: cannot listen on unix:{path}: Address already in use\n"
    assert exchange_on_path(path).endswith(b"\r\n\r\nabc")


def test_a_file_that_is_no_socket_is_left_alone(start, tmp_path):
    path = tmp_path / "s"
    path.write_text("precious")
    assert start("e3-server", "--listen", f"unix:{path}").wait() == 1
    assert path.read_text() == "precious"


def test_a_socket_that_took_the_place_of_its_own_is_left_alone(start, tmp_path):
    path = tmp_path / "s"
    server = start("e3-server", "--listen", f"unix:{path}")
    server.wait_for_line(f"listening on unix:{path}")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "other"))
        os.rename(tmp_path / "other", path)
        assert server.stop() == 0
    assert stat.S_ISSOCK(path.stat().st_mode)


# Starts e3-server in its own process, as a service manager does: the descriptor given becomes 3.
PASS_ON = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.closerange(4, 100)
os.environ.update(LISTEN_FDS=sys.argv[3], LISTEN_PID=str(os.getpid() + int(sys.argv[2])))
os.execv(sys.argv[4], sys.argv[4:])
"""


def start_with_descriptor(start, bin_dir, fd, *arguments, pid_offset=0, count=1):
    return start(
        sys.executable, "-c", PASS_ON, str(fd), str(pid_offset), str(count), str(bin_dir / "e3-server"),
        *arguments, pass_fds=[fd],
    )  # fmt: skip


def test_a_passed_descriptor_is_listened_on(start, bin_dir):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start_with_descriptor(start, bin_dir, listener.fileno())
        server.wait_for_line("listening on descriptor 3")
        assert exchange(listener.getsockname()[1], REQUEST).endswith(b"\r\n\r\nabc")
        assert server.stop() == 0


def test_a_descriptor_meant_for_another_process_is_not_taken(start, bin_dir):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start_with_descriptor(
            start, bin_dir, listener.fileno(), "--port", "0", pid_offset=1
        )
        server.wait_for_line(r"listening on 127\.0\.0\.1:\d+")
        assert server.stop() == 0


def test_a_passed_descriptor_that_does_not_listen_is_one_clear_line(start, bin_dir):
    with socket.socket() as unbound:
        server = start_with_descriptor(start, bin_dir, unbound.fileno())
        assert server.wait() == 1
    assert server.stderr.startswith("e3-server: cannot listen on the descriptors of LISTEN_FDS: ")
    assert "IP address" not in server.stderr
    assert server.stderr.count("\n") == 1


def test_a_passed_descriptor_that_is_not_open_is_one_clear_line(start, bin_dir):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start_with_descriptor(start, bin_dir, listener.fileno(), count=2)
        assert server.wait() == 1
    assert server.stdout == ""
    assert server.stderr == (
        "e3-server: cannot start: descriptor 4 of LISTEN_FDS: Bad file descriptor\n"
    )


def test_a_listener_that_breaks_ends_it_and_the_call_is_named(start, bin_dir):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start_with_descriptor(start, bin_dir, listener.fileno())
        server.wait_for_line("listening on descriptor 3")
        listener.shutdown(socket.SHUT_RDWR)
        assert server.wait() == 1
    assert server.stderr == "e3-server: stopped serving: accept4: Invalid argument\n"


@pytest.mark.parametrize(
    "address", ["", "8889", "127.0.0.1", "unix:", "::1:80", ":80", "127.0.0.1:65536", "[::1]:x"]
)
def test_what_is_no_address_is_one_clear_line(start, address):
    program = start("e3-server", "--listen", address)
    assert program.wait() == 2
    assert program.stderr.startswith("e3-server: ")
    assert program.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--listen", "localhost:0"), ("--address", "localhost", "--port", "0")])
def test_a_host_name_gets_advice_that_fits_either_option(start, arguments):
    program = start("e3-server", *arguments)
    assert program.wait() == 1
    assert program.stderr == (
        "e3-server: cannot listen on localhost:0: Invalid argument; "
        "it takes an IP address of this machine, such as 127.0.0.1 or ::1\n"
    )
