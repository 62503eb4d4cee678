# SPDX-License-Identifier: MIT
"""A program under test: started in its own session, watched by pid, its children too."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import time
import uuid

# Across processes a test waits for a condition. The bound is only there so that a failure ends:
# it is far above what a loaded machine with sanitizers needs. A whole run of e3 takes its own time:
# against a server that spins in every scenario, a minute on a busy machine.
BOUND_SECONDS = 60
RUN_BOUND_SECONDS = 600


def wait_until(condition, what):
    """Returns the first true value of condition(); fails, naming `what`, after the bound."""
    deadline = time.monotonic() + BOUND_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {BOUND_SECONDS} s in vain for: {what}"
        time.sleep(0.005)  # Polling pace; nothing depends on it.
    return value


def processes_marked(mark):
    """The pids of all processes (zombies apart) that have `mark` in their environment."""
    pids = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as environment:
            if mark.encode() in environment.read().split(b"\0"):
                pids.append(int(name))
    return pids


class Program:
    """One running program. Standard output and error are collected in files, so it never blocks."""

    def __init__(self, command, folder, **popen_options):
        self.command = [str(word) for word in command]
        # Descendants inherit it: they are found again whatever session or parent they move to.
        self._mark = f"E3_E2E_PROGRAM={uuid.uuid4()}"
        name, _, value = self._mark.partition("=")
        self._output = open(folder / "stdout", "w+b")
        self._errors = open(folder / "stderr", "w+b")
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._errors,
            start_new_session=True,
            env={**os.environ, name: value},
            **popen_options,
        )
        self.pid = self._process.pid

    @property
    def stdout(self):
        self._output.flush()
        return os.pread(self._output.fileno(), 1 << 24, 0).decode(errors="backslashreplace")

    @property
    def stderr(self):
        self._errors.flush()
        return os.pread(self._errors.fileno(), 1 << 24, 0).decode(errors="backslashreplace")

    def wait_for_line(self, pattern):
        """Waits until a whole line of standard output matches; returns the match."""
        expression = re.compile(f"^{pattern}$", re.MULTILINE)

        def look():
            ended = not self.is_running()  # Asked first: it may print and end in between.
            complete = self.stdout.rpartition("\n")[0]
            match = expression.search(complete)
            assert match or not ended, f"{self} ended before printing {pattern!r}"
            return match

        return wait_until(look, f"{self} to print {pattern!r}")

    def is_running(self):
        return self._process.poll() is None

    def wait(self):
        """Waits for the end; returns the exit code, negative for a signal, as subprocess does."""
        return self._process.wait(timeout=RUN_BOUND_SECONDS)

    def send_signal(self, number):
        self._process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        self.send_signal(number)
        return self.wait()

    @contextlib.contextmanager
    def frozen(self):
        """While inside, the program does not run: what peers do meanwhile, it finds all at once."""
        self.send_signal(signal.SIGSTOP)
        wait_until(lambda: self._stat()[0] == "T", f"{self} to be frozen")
        try:
            yield
        finally:
            self.send_signal(signal.SIGCONT)

    def wait_until_asleep(self):
        """Waits until the program blocks; for a non-blocking server that is in epoll_wait."""
        wait_until(lambda: self._stat()[0] == "S", f"{self} to be asleep")

    def cpu_seconds(self):
        user, system = self._stat()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def wait_until_burnt(self, seconds):
        """Waits until the program has used this much more processor time."""
        start = self.cpu_seconds()
        wait_until(lambda: self.cpu_seconds() >= start + seconds, f"{self} to burn {seconds} s")

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def limit_descriptors(self, count):
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (count, count))

    def descendants(self):
        """The pids of what it started and what those started, as far as they still run."""
        return [pid for pid in processes_marked(self._mark) if pid != self.pid]

    def clean_up(self):
        """Ends what still runs; returns the pids that were left although the program had ended."""
        ended = not self.is_running()
        marked = processes_marked(self._mark)
        for pid in marked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._output.close()
        self._errors.close()
        return marked if ended else []

    def _stat(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()

    def __str__(self):
        return f"`{' '.join(self.command)}` (pid {self.pid}; stderr: {self.stderr!r})"
