# SPDX-License-Identifier: MIT
"""The lines that e3-server prints, and whoever reads them or does not."""

import os
import re
import select
import signal
import subprocess

import pytest

from peer import Peer, exchange
from program import BOUND_SECONDS

REQUEST = b"GET /abc HTTP/1.0\r\n\r\n"


class LoggingServer:
    """Writes its log to a pipe whose ends are here, too."""

    def __init__(self, bin_dir):
        self.reader, self.writer = os.pipe()
        self.process = subprocess.Popen([bin_dir / "e3-server", "--port", "0", "--log"], stdout=self.writer)
        first_line = b""
        while not first_line.endswith(b"\n"):
            readable, _, _ = select.select([self.reader], [], [], BOUND_SECONDS)
            assert readable, f"e3-server said no more than {first_line}; exit status {self.process.poll()}"
            first_line += os.read(self.reader, 1)
        self.port = int(re.search(rb":(\d+)$", first_line.rstrip())[1])

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


@pytest.fixture
def server(bin_dir):
    server = LoggingServer(bin_dir)
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
    with Peer(server.port) as peer:
        peer.send(REQUEST)
        server.process.terminate()
        assert server.process.wait(BOUND_SECONDS) == 0
    os.close(server.reader)
