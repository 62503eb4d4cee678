# SPDX-License-Identifier: MIT
"""Load by wrk with 64 connections, and what it costs the servers: processor time per request."""

import contextlib
import json
import re
import statistics
import subprocess

from servers import Server


def load(port, scratch, seconds, request):
    """Returns how many requests were answered with 200."""
    script = scratch / "request.lua"
    script.write_text(f"request = function() return {json.dumps(request.decode())} end\n")
    output = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}/"],
        check=True, capture_output=True, text=True,
    ).stdout
    if "Non-2xx" in output:
        raise RuntimeError(f"not every answer was 200:\n{output}")
    return int(re.search(r"(\d+) requests in", output)[1])


def cpu_microseconds(programs, scratch, request, seconds, rounds):
    """{server: microseconds per request in each round}: the servers take turns within a round, so
    that what disturbs the machine disturbs them alike."""
    costs = {name: [] for name in programs}
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(Server(name, program, scratch)) for name, program in programs.items()
        ]
        for _ in range(rounds):
            for server in servers:
                before = server.cpu_seconds()
                requests = load(server.port, scratch, seconds, request)
                costs[server.name].append((server.cpu_seconds() - before) * 1e6 / requests)
    return costs


def median_ratio(costs, name, reference):
    return statistics.median(a / b for a, b in zip(costs[name], costs[reference]))
