# SPDX-License-Identifier: MIT
"""The servers that are compared, each with the least configuration that makes it answer "hello"."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

# Only so that a server that cannot start or stop ends the run. Under valgrind haproxy needs seconds
# of processor time for it, and many more where other work takes the processor.
START_BOUND_SECONDS = 300
STOP_BOUND_SECONDS = 300

NGINX = """
daemon off; master_process off; worker_processes 1; error_log /dev/null crit; pid {dir}/nginx.pid;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{port}; location / {{
return 200 "hello"; }} }} client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
uwsgi_temp_path {dir}; scgi_temp_path {dir}; }}
"""

# It cannot answer out of its configuration: /hello is a file, which lighttpd keeps in memory.
LIGHTTPD = """
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{dir}/documents"
server.max-keep-alive-requests = 65535
server.max-connections = 10000
server.max-fds = 20000
mimetype.assign = ("" => "text/plain")
"""

HAPROXY = """
global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout client 60s
  timeout http-keep-alive 60s
frontend hello
  bind 127.0.0.1:{port}
  http-request return status 200 content-type text/plain string hello
"""


def with_configuration(text, *command):
    """A way to start a server: its command, in which {} is the file that holds its configuration."""

    def arguments(program, port, scratch):
        documents = scratch / "documents"
        documents.mkdir(exist_ok=True)
        (documents / "hello").write_text("hello")
        file = scratch / f"{pathlib.Path(program).name}-{port}.conf"
        file.write_text(text.format(dir=scratch, port=port))
        return [program, *(word.format(file) for word in command)]

    return arguments


def with_port(*words):
    return lambda program, port, _: [program, *words, str(port)]


# What the table calls it, its program (ours by name, Debian's by name on PATH), and how it starts.
STARTS = {
    "floor": ("floor_loop", with_port()),
    "e3": ("e3-server", with_port("--port")),
    "nginx": ("nginx", with_configuration(NGINX, "-c", "{}")),
    "lighttpd": ("lighttpd", with_configuration(LIGHTTPD, "-D", "-f", "{}")),
    "haproxy": ("haproxy", with_configuration(HAPROXY, "-db", "-f", "{}")),
    "evhttp": ("evhttp_server", with_port()),
}
OURS = ("floor_loop", "e3-server", "evhttp_server")


def find_programs(bin_folder):
    """{name of the server: path of its program, or None where there is none}"""

    def find(program):
        if program in OURS:
            return shutil.which(program, path=bin_folder)
        return shutil.which(program) or shutil.which(program, path="/usr/sbin")

    return {name: find(program) for name, (program, _) in STARTS.items()}


def comes_to_listen(process, port):
    """Waits until the port is listened on; False when the process has ended or takes too long."""
    deadline = time.monotonic() + START_BOUND_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        time.sleep(0.01)  # Polling pace; nothing depends on it.
    return False


class Server:
    """A running server on a loopback port of its own, perhaps under a measuring tool."""

    def __init__(self, name, program, scratch, tool=()):
        # Bound and never listening, this socket keeps the port from everyone who asks for any, while
        # SO_REUSEADDR on both sides lets the server have it.
        self._reservation = socket.socket()
        self._reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reservation.bind(("127.0.0.1", 0))
        self.name = name
        self.port = self._reservation.getsockname()[1]
        command = STARTS[name][1](program, self.port, scratch)
        self._errors = open(scratch / f"{name}-{self.port}.errors", "w+b")
        self.process = subprocess.Popen(
            [*tool, *command], stdin=subprocess.DEVNULL, stdout=self._errors, stderr=self._errors
        )
        self._wait_until_listening()

    def _wait_until_listening(self):
        if comes_to_listen(self.process, self.port):
            return
        self._errors.seek(0)
        said = self._errors.read().decode(errors="backslashreplace")
        self.stop()
        raise RuntimeError(f"{self.name} does not listen; it said:\n{said}")

    def pids(self):
        """The process, and the child that strace has."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()] or [self.process.pid]

    def cpu_seconds(self):
        """Time on a processor so far, all threads together, by the scheduler's own clock."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def _ends_when_told(self):
        # Told again each second: nginx looks for the signal before it waits for events, so that one
        # which comes between the two has to wait for the next event; under valgrind it often does.
        for _ in range(STOP_BOUND_SECONDS):
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
                return True
        return False

    def stop(self):
        try:
            if self.process.poll() is None and not self._ends_when_told():
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"{self.name} does not stop")
        finally:
            self._errors.close()
            self._reservation.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
