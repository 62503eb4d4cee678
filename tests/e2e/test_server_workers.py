# SPDX-License-Identifier: MIT
"""e3-server with several workers: one address, one end, and threads that do not disturb each other."""

import re
import signal
import socket

import pytest

from peer import Peer, exchange
from program import BOUND_SECONDS, wait_until

KEEP_ALIVE = b"GET /abc HTTP/1.1\r\nHost: h\r\n\r\n"


def counters(server, workers):
    """{worker: {name: value}}, as SIGUSR1 makes the server print them."""
    before = server.stdout.count("event=counters")
    server.send_signal(signal.SIGUSR1)
    wait_until(
        lambda: server.stdout.count("event=counters") >= before + workers
        and server.stdout.endswith("\n"),
        "a line from every worker",
    )
    lines = [line for line in server.stdout.splitlines() if line.startswith("event=counters")]
    fields = [dict(re.findall(r"(\w+)=(\w+)", line)) for line in lines[before:]]
    return {each["worker"]: each for each in fields}


def test_all_workers_serve_one_port(serve):
    server = serve("e3-server", "--workers", "3")
    peers = [Peer(server.port) for _ in range(200)]
    for peer in peers:
        peer.send(KEEP_ALIVE)
    for peer in peers:
        assert peer.receive().startswith(b"HTTP/1.1 200")
    by_worker = counters(server, 3)
    assert sorted(by_worker) == ["1", "2", "3"]
    # The kernel spreads by a hash: that a worker gets none of 200 is out of the question.
    assert all(int(each["requests"]) > 0 for each in by_worker.values()), by_worker
    assert sum(int(each["requests"]) for each in by_worker.values()) == 200
    for peer in peers:
        peer.close()


def test_log_lines_stay_whole_and_name_their_worker(serve):
    server = serve("e3-server", "--workers", "3", "--log")
    for _ in range(30):
        exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n")
    assert server.stop() == 0
    events = server.stdout.splitlines()[1:]
    assert sum(line.startswith("event=open") for line in events) == 30
    for line in events:
        assert re.fullmatch(r"event=\w+ connection=\d+.* worker=[123]", line), line


def test_a_signal_drains_every_worker_and_a_second_stops_them(serve):
    server = serve("e3-server", "--workers", "3", "--drain-timeout", "86400000",
                   "--head-timeout", "86400000")  # fmt: skip
    idle = [Peer(server.port) for _ in range(50)]
    halfway = [Peer(server.port) for _ in range(50)]
    for peer in idle:
        peer.send(KEEP_ALIVE)
        peer.receive()
    for peer in halfway:
        peer.send(KEEP_ALIVE + KEEP_ALIVE[:10])
        peer.receive()
    server.send_signal(signal.SIGTERM)
    for peer in idle:
        assert peer.receive() == b""
    for peer in halfway[:10]:  # What has begun is still served.
        peer.send(KEEP_ALIVE[10:])
        assert peer.receive().startswith(b"HTTP/1.1 200")
    assert server.is_running()
    assert server.stop() == 0
    assert server.stderr == ""
    for peer in idle + halfway:
        peer.close()


def test_a_signal_that_arrives_before_any_client_ends_it(serve):
    assert serve("e3-server", "--workers", "8").stop() == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_of_other_workers_is_in_use(serve, start, workers):
    port = serve("e3-server", "--workers", "2").port
    second = start("e3-server", "--workers", workers, "--port", str(port))
    assert second.wait() == 1
    assert "Address already in use" in second.stderr


def test_workers_share_a_unix_socket(start, tmp_path):
    path = tmp_path / "s"
    server = start("e3-server", "--workers", "2", "--listen", f"unix:{path}")
    server.wait_for_line(f"listening on unix:{path}")
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(BOUND_SECONDS)
            peer.connect(str(path))
            peer.sendall(KEEP_ALIVE)
            assert peer.recv(65536).startswith(b"HTTP/1.1 200")
    assert server.stop() == 0
    assert not path.exists()


@pytest.mark.parametrize("count", ["0", "-1", "1025", "many"])
def test_a_senseless_number_of_workers_is_refused(start, count):
    program = start("e3-server", f"--workers={count}")
    assert program.wait() == 2
    assert program.stderr.startswith("e3-server: --workers: ")
