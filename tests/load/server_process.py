# SPDX-License-Identifier: MIT
"""The server under load: e3-server as a program, watched from outside."""

import contextlib
import os
import pathlib
import re
import subprocess
import time

# So that a failure ends: far above what a busy machine needs.
BOUND_SECONDS = 120


def wait_until(condition, what):
    """Returns the first true value of condition(); fails, naming `what`, after the bound."""
    deadline = time.monotonic() + BOUND_SECONDS
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {BOUND_SECONDS} s in vain for: {what}")
        time.sleep(0.01)  # Polling pace; nothing depends on it.
    return value


class ServerProcess:
    """e3-server on a port that the kernel picks; ended with the `with` block."""

    def __init__(self, bin_folder, *arguments):
        self._process = subprocess.Popen(
            [bin_folder / "e3-server", "--port", "0", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )
        line = self._process.stdout.readline().decode()
        match = re.match(r"listening on 127\.0\.0\.1:(\d+)$", line)
        if not match:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"e3-server does not listen; it said {line!r}")
        self.port = int(match[1])
        self.idle_descriptors = self.descriptors()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def connections(self):
        return self.descriptors() - self.idle_descriptors

    def wait_for_connections(self, count):
        wait_until(lambda: self.connections() == count, f"e3-server to hold {count} connections")

    def wait_until_asleep(self):
        stat = pathlib.Path(f"/proc/{self._process.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "S", "e3-server to be asleep")

    def anonymous_memory(self):
        """Bytes of resident memory that no file backs: heap and stack."""
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"^RssAnon:\s+(\d+) kB$", status, re.M)[1]) * 1024

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        running = self._process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            status = self._process.wait(timeout=BOUND_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._process.stdout.close()
        if kind is None and (not running or status != 0):
            raise AssertionError(f"e3-server ended with {status}")
