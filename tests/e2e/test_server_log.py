# SPDX-License-Identifier: MIT
"""The lines that e3-server prints, and whoever reads them or does not."""

import os
import re
import select
import signal
import subprocess

import pytest

from peer import Peer, exchange
from program import BOUND_SECONDS, wait_until

REQUEST = b"GET /abc HTTP/1.0\r\n\r\n"


class LoggingServer:
    """Writes its log to a pipe whose ends are here, too."""

    def __init__(self, bin_dir, workers):
        self.reader, self.writer = os.pipe()
        self.workers = workers
        self.process = subprocess.Popen(
            [bin_dir / "e3-server", "--port", "0", "--log", f"--workers={workers}"], stdout=self.writer
        )
        first_line = b""
        while not first_line.endswith(b"\n"):
            readable, _, _ = select.select([self.reader], [], [], BOUND_SECONDS)
            assert readable, f"e3-server said no more than {first_line}; exit status {self.process.poll()}"
            first_line += os.read(self.reader, 1)
        self.port = int(re.search(rb":(\d+)$", first_line.rstrip())[1])
        self.idle_descriptors = self.descriptors()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def fill_pipe(self):
        # Another open file, so that the server's own stays a blocking one.
        filler = os.open(f"/proc/self/fd/{self.writer}", os.O_WRONLY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(filler, b"x")
        os.close(filler)

    def clean_up(self):
        self.process.kill()
        self.process.wait()
        os.close(self.writer)


@pytest.fixture(params=[1, 3], ids=["one worker", "three workers"])
def server(bin_dir, request):
    server = LoggingServer(bin_dir, request.param)
    yield server
    server.clean_up()


def test_a_reader_that_goes_away_does_not_end_the_server(server):
    os.close(server.reader)
    for _ in range(2):
        assert exchange(server.port, REQUEST).endswith(b"abc")
    server.process.send_signal(signal.SIGUSR1)
    assert exchange(server.port, REQUEST).endswith(b"abc")
    server.process.terminate()
    assert server.process.wait(BOUND_SECONDS) == 0


def test_a_reader_that_stands_still_does_not_keep_the_server_from_ending(server):
    server.fill_pipe()
    # The kernel spreads by a hash: that a worker gets none of 100 is out of the question.
    peers = [Peer(server.port) for _ in range(100)]
    wait_until(
        lambda: server.descriptors() == server.idle_descriptors + server.workers,
        "every worker to have something to say of its first connection",
    )
    server.process.terminate()
    assert server.process.wait(BOUND_SECONDS) == 0
    for peer in peers:
        peer.close()
    os.close(server.reader)
