#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures e3-server by counts that do not depend on the machine, and by ratios against nginx in the same run.

    tests/bench/bench.py [--bin build/release/bin] [--json FILE] [--quick]

Instructions come from callgrind, system calls from strace, both as the difference of two runs, so that
what a server does once does not count. CPU time comes from /proc while wrk loads both servers by turns.
Exit code 0: every bar is met; 1: one is not; 2: something that is needed is missing.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

KEEP_ALIVE = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# The client promises to send nothing more, so that e3-server need not wait for its end.
CLOSE = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
# It promises nothing: e3-server ends its side and waits, lest a late byte reset the connection.
LINGER = b"GET /hello HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
NGINX_CONFIGURATION = """
daemon off; master_process off; worker_processes 1; error_log /dev/null crit; pid {dir}/pid;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{port}; location / {{
return 200 "hello"; }} }} client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
uwsgi_temp_path {dir}; scgi_temp_path {dir}; }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server under a measuring tool, listening on a loopback port of its own."""

    def __init__(self, name, command, scratch, tool=()):
        self.port = free_port()
        if name == "nginx":
            configuration = scratch / f"nginx-{self.port}.conf"
            configuration.write_text(NGINX_CONFIGURATION.format(dir=scratch, port=self.port))
            command = [command, "-c", str(configuration)]
        else:
            command = [command, "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*tool, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError(f"{command[0]} does not listen") from None
                time.sleep(0.02)

    def stop(self):
        if self.process.poll() is None:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            for child in children.read_text().split():  # strace's own child
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGTERM)
            if not children.read_text().split():
                self.process.terminate()
        self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def receive_response(connection, size):
    received = 0
    while received < size:
        chunk = connection.recv(65536)
        if not chunk:
            raise RuntimeError("the server closed early")
        received += len(chunk)


def ask(port, count, request):
    """One request after another, on one connection or on one each."""
    address = ("127.0.0.1", port)
    if request != KEEP_ALIVE:
        for _ in range(count):
            with socket.create_connection(address) as connection:
                connection.sendall(request)
                while connection.recv(65536):
                    pass
        return
    with socket.create_connection(address) as connection:
        connection.sendall(KEEP_ALIVE)
        size = len(connection.recv(65536))
        for _ in range(count - 1):
            connection.sendall(KEEP_ALIVE)
            receive_response(connection, size)


def per_request(measure, few, many):
    return (measure(many) - measure(few)) / (many - few)


def instructions(name, command, scratch, request):
    def measure(count):
        out = scratch / "callgrind.out"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with Server(name, command, scratch, tool) as server:
            ask(server.port, count, request)
        return int(re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)[1])

    return per_request(measure, 100, 1100)


def total_calls(report):
    """Of strace's summary: the calls, which follow the share, the seconds and the time per call."""
    total = next(line for line in report.splitlines() if line.endswith(" total"))
    return int(total.split()[3])


def calls_one_by_one(name, command, scratch, request):
    def measure(count):
        out = scratch / "strace.out"
        with Server(name, command, scratch, ["strace", "-f", "-c", "-o", str(out)]) as server:
            ask(server.port, count, request)
        return total_calls(out.read_text())

    return per_request(measure, 50, 1050)


def load(port, scratch, seconds, request):
    """64 connections; returns how many requests wrk saw answered."""
    script = scratch / "request.lua"
    script.write_text(f"request = function() return {json.dumps(request.decode())} end\n")
    output = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}/"],
        check=True, capture_output=True, text=True,
    ).stdout
    return int(re.search(r"(\d+) requests in", output)[1])


def calls_under_load(name, command, scratch, request, seconds):
    out = scratch / "strace.out"
    with Server(name, command, scratch, ["strace", "-f", "-c", "-o", str(out)]) as server:
        requests = load(server.port, scratch, seconds, request)
    return total_calls(out.read_text()) / requests


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def cpu_ratio(commands, scratch, request, seconds, rounds):
    """CPU time per request of e3 divided by nginx's, the median of alternating rounds."""
    ratios = []
    with contextlib.ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server(name, command, scratch))
            for name, command in commands.items()
        }
        for _ in range(rounds):
            cost = {}
            for name, server in servers.items():
                before = cpu_seconds(server.process.pid)
                requests = load(server.port, scratch, seconds, request)
                cost[name] = (cpu_seconds(server.process.pid) - before) / requests
            ratios.append(cost["e3"] / cost["nginx"])
    return statistics.median(ratios)


def idle_memory(command, scratch, count):
    """Anonymous memory per connection that has been served once and stays open."""

    def resident(pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024

    with Server("e3", command, scratch) as server, contextlib.ExitStack() as stack:
        ask(server.port, 100, KEEP_ALIVE)
        before = resident(server.process.pid)
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(KEEP_ALIVE)
            connection.recv(65536)
        return (resident(server.process.pid) - before) / count


def parser_instructions(program, scratch, read_size, few, many, field_bytes=None):
    def measure(times):
        out = scratch / "callgrind.out"
        command = [program, str(read_size), str(times)]
        if field_bytes:
            command.append(str(field_bytes))
        subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command],
            check=True, capture_output=True,
        )
        return int(re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)[1])

    return per_request(measure, few, many)


def rows(options, scratch):
    """Yields (figure, e3's value, nginx's value or None, bar)."""
    e3 = str(options.bin / "e3-server")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    parser = str(options.bin / "parser_load")
    seconds, rounds = (1, 3) if options.quick else (3, 7)
    for request, how, bar in ((KEEP_ALIVE, "keep-alive", 1700), (CLOSE, "close", 2200)):
        yield (f"instructions per request, {how}", instructions("e3", e3, scratch, request),
               instructions("nginx", nginx, scratch, request), bar)
    # A per mille of tolerance: the connections of the set-up are not quite the same in both runs.
    for request, how, bars in ((KEEP_ALIVE, "keep-alive", (3.003, 2.2)), (CLOSE, "close", (8.0, 7.3)),
                               (LINGER, "close and linger", (8.0, 7.3))):
        yield (f"system calls per request, {how}, one connection",
               calls_one_by_one("e3", e3, scratch, request),
               calls_one_by_one("nginx", nginx, scratch, request), bars[0])
        yield (f"system calls per request, {how}, 64 under load",
               calls_under_load("e3", e3, scratch, request, seconds),
               calls_under_load("nginx", nginx, scratch, request, seconds), bars[1])
    for request, how, bar in ((KEEP_ALIVE, "keep-alive", 0.90), (CLOSE, "close", 0.95)):
        ratio = cpu_ratio({"e3": e3, "nginx": nginx}, scratch, request, seconds, rounds)
        yield f"CPU time per request against nginx, {how}", ratio, 1.0, bar
    whole = parser_instructions(parser, scratch, 0, 100, 1100)
    yield "parser, 703 bytes whole: instructions", whole, None, 5500
    yield ("parser, a byte at a time: instructions",
           parser_instructions(parser, scratch, 1, 100, 600), None, 90000)
    yield ("parser, reads of 100 bytes, against whole",
           parser_instructions(parser, scratch, 100, 100, 1100) / whole, None, 1.6)
    yield ("parser, 64 KiB of head in single bytes, against 32 KiB",
           parser_instructions(parser, scratch, 1, 1, 3, 65536)
           / parser_instructions(parser, scratch, 1, 1, 3, 32768), None, 2.2)
    yield "bytes of memory per idle connection", idle_memory(e3, scratch, 10_000), None, 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"))
    arguments.add_argument("--json", type=pathlib.Path)
    arguments.add_argument("--quick", action="store_true", help="shorter loads, fewer rounds")
    options = arguments.parse_args()
    missing = [tool for tool in ("valgrind", "strace", "wrk") if not shutil.which(tool)]
    missing += [str(options.bin / p) for p in ("e3-server", "parser_load") if not (options.bin / p).exists()]
    if missing:
        print(f"bench: missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65536), limit))
    results = []
    print(f"{'figure':55} {'e3':>10} {'nginx':>10} {'ratio':>6} {'bar':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        for figure, value, reference, bar in rows(options, pathlib.Path(scratch)):
            ratio = f"{value / reference:.2f}" if reference else ""
            shown = f"{reference:.2f}" if reference else ""
            verdict = "" if value <= bar else "  NOT MET"
            print(f"{figure:55} {value:10.2f} {shown:>10} {ratio:>6} {bar:8g}{verdict}", flush=True)
            results.append({"figure": figure, "e3": value, "nginx": reference, "bar": bar, "met": value <= bar})
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if all(result["met"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
