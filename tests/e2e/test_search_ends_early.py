# SPDX-License-Identifier: MIT
"""What exhaust and minimize have found is told, also when they cannot come to their end."""

import sys

import pytest

pytestmark = pytest.mark.any_build

FAILED, INTERRUPTED = 1, 130

# It answers a request that comes as a whole. One whose first byte comes alone gets another answer,
# and one that is cut elsewhere interrupts e3, so that all happens at the same place each time.
SERVER = """
import os, signal, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    peer, _ = listener.accept()
    request = peer.recv(65536)
    if request == b"G":
        answer = b"HTTP/1.0 500 Cut\\r\\n\\r\\n"
    elif request.endswith(b"\\r\\n\\r\\n") and len(request) < 1000:
        answer = b"HTTP/1.0 200 Whole\\r\\n\\r\\n"
    else:
        answer = b""
        if request.startswith(b"G") and len(request) < 1000:
            os.kill(os.getppid(), signal.SIGINT)
    peer.sendall(answer)
    peer.close()
"""

LONG_WINDED = r"""
settle
peer1 > "G"
settle
peer1 > "ET / HTTP/1.0\r\n\r\n"
"""
SHORT = r"""peer1 > "G"
settle
peer1 > "ET / HTTP/1.0\r\n\r\n"
"""


@pytest.fixture
def server(tmp_path):
    (tmp_path / "server.py").write_text(SERVER)
    return f"{sys.executable} {tmp_path}/server.py {{port}}"


@pytest.fixture
def e3(start):
    def run(*words, program="e3"):
        done = start(program, *words)
        done.status = done.wait()
        return done

    return run


def test_exhaust_tells_what_it_had_found_when_it_is_interrupted(e3, server):
    run = e3("exhaust", "--only", "frag", "--request", r"GET / H\r\n\r\n", "--spawn", server)
    assert run.status == INTERRUPTED, run.stdout + run.stderr
    assert "FAIL  3 of 1024 fragmentations of 11 bytes" in run.stdout
    assert 'peer1 > "G"\nsettle\npeer1 > "ET / H\\r\\n\\r\\n"\n' in run.stdout
    assert "interrupted" in run.stderr


def test_minimize_tells_how_far_it_had_come_when_it_is_interrupted(e3, server, tmp_path):
    (tmp_path / "long.e3").write_text(LONG_WINDED)
    small = tmp_path / "small.e3"
    run = e3("minimize", tmp_path / "long.e3", "--spawn", server, "-o", small)
    assert run.status == INTERRUPTED, run.stdout + run.stderr
    assert SHORT in run.stdout and "not all that were needed" in run.stdout
    assert small.read_text() == SHORT


def test_exhaust_fails_where_the_large_request_gets_no_answer(e3, server):
    run = e3("exhaust", "--only", "hang-ups in an", "--spawn", server, "--timeout", "300ms")
    assert run.status == FAILED, run.stdout + run.stderr
    assert "FAIL  hang-ups in an answer: the request of " in run.stdout


# Of the 512 fragmentations that fail it plays ten, and most become the same when they are small.
def test_exhaust_tells_each_scenario_once(e3):
    words = ["exhaust", "--only", "frag", "--request", r"GET / H\r\n\r\n"]
    run = e3(*words, program="e3-canary")
    assert run.status == FAILED, run.stdout + run.stderr
    scenarios = run.stdout.split("  seen in:  ")[1:]
    assert scenarios, run.stdout
    runs = [int(text.split()[0]) for text in scenarios]
    steps = [text.partition("\n\n")[2].partition("\n\n")[0] for text in scenarios]
    assert sum(runs) == 10
    assert len(set(steps)) == len(steps) < 10
