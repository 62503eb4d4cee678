# SPDX-License-Identifier: MIT
"""Instructions and system calls: counted in two runs of different length, so that in the difference
what a server does once, to start and to stop, cancels out."""

import contextlib
import os
import re
import subprocess

from exchanges import ask
from servers import Server
from wrk import load


def per_request(measure, few, many):
    return (measure(many) - measure(few)) / (many - few)


def counted_by_callgrind(file):
    return int(re.search(r"^(?:totals|summary): (\d+)", file.read_text(), re.M)[1])


def callgrind(file):
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}"]


def instructions(name, program, scratch, request):
    """User-space instructions per request, with client and server in turn: see calls_one_by_one()."""

    def measure(count):
        out = scratch / "callgrind.out"
        with Server(name, program, scratch, callgrind(out)) as server:
            ask(server.port, count, request)
        return counted_by_callgrind(out)

    with one_processor():
        return per_request(measure, 100, 1100)


def parser_instructions(program, scratch, read_size, few, many, field_bytes=None):
    """Instructions per request head, of a program that takes READ_SIZE TIMES [FIELD_BYTES]."""

    def measure(times):
        out = scratch / "callgrind.out"
        arguments = [program, str(read_size), str(times)]
        if field_bytes:
            arguments.append(str(field_bytes))
        subprocess.run([*callgrind(out), *arguments], check=True, capture_output=True)
        return counted_by_callgrind(out)

    return per_request(measure, few, many)


def counted_by_strace(file):
    """The calls in its summary, which follow the share, the seconds and the time per call."""
    total = next(line for line in file.read_text().splitlines() if line.endswith(" total"))
    return int(total.split()[3])


def strace(file):
    return ["strace", "-f", "-c", "-o", str(file)]


def count_calls(name, program, scratch, use):
    """The calls from start to stop, and what use(port) returned meanwhile."""
    out = scratch / "strace.out"
    with Server(name, program, scratch, strace(out)) as server:
        result = use(server.port)
    return counted_by_strace(out), result


@contextlib.contextmanager
def one_processor():
    """For this process and what it starts meanwhile; where that is allowed, before all others, that a
    busy neighbour does not decide who of them is next."""
    before = os.sched_getaffinity(0)
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    os.sched_setaffinity(0, {min(before)})
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)
        os.sched_setaffinity(0, before)


def calls_one_by_one(name, program, scratch, request):
    """Client and server take turns on one processor. On two it is the scheduler that decides whether
    a connection's end and the next one's beginning cost one wait or two."""

    def measure(count):
        return count_calls(name, program, scratch, lambda port: ask(port, count, request))[0]

    with one_processor():
        return per_request(measure, 50, 1050)


def calls_under_load(name, program, scratch, request, seconds):
    """With 64 connections at once."""
    at_rest, _ = count_calls(name, program, scratch, lambda port: None)
    loaded, requests = count_calls(
        name, program, scratch, lambda port: load(port, scratch, seconds, request)
    )
    return (loaded - at_rest) / requests
