# SPDX-License-Identifier: MIT
"""Every figure that e3-server is judged by: what it is, how it is measured, and the bar."""

import contextlib
import dataclasses
import pathlib
import re
import socket
import statistics

import counts
import wrk
from exchanges import CLOSE, KEEP_ALIVE, LINGER, ask, receive_answer
from servers import Server

IDLE_CONNECTIONS = 10_000


@dataclasses.dataclass
class Figure:
    name: str
    values: dict  # {name of a server or a parser: measured value}
    bar: float
    of_nginx: float | None = None  # of e3's value; where not None, this is what the bar is about
    timed: bool = False  # depends on the machine's speed, so that a short run says little

    @property
    def judged(self):
        return self.values["e3"] if self.of_nginx is None else self.of_nginx

    @property
    def met(self):
        return self.judged <= self.bar


def instruction_figures(programs, scratch):
    for request, how, bar in ((KEEP_ALIVE, "keep-alive", 1700), (CLOSE, "close", 2200)):
        values = {
            name: counts.instructions(name, program, scratch, request)
            for name, program in programs.items()
        }
        yield Figure(f"instructions per request, {how}", values, bar)


def system_call_figures(programs, scratch, seconds):
    # A per mille of tolerance: the connections of the set-up are not quite the same in both runs.
    for request, how, one, many in ((KEEP_ALIVE, "keep-alive", 3.003, 2.2), (CLOSE, "close", 8.0, 7.3),
                                    (LINGER, "close and linger", 8.0, 7.3)):
        values = {
            name: counts.calls_one_by_one(name, program, scratch, request)
            for name, program in programs.items()
        }
        yield Figure(f"system calls per request, {how}, one connection", values, one)
        values = {
            name: counts.calls_under_load(name, program, scratch, request, seconds)
            for name, program in programs.items()
        }
        yield Figure(f"system calls per request, {how}, 64 under load", values, many, timed=True)


def processor_time_figures(programs, scratch, seconds, rounds):
    for request, how, bar in ((KEEP_ALIVE, "keep-alive", 0.90), (CLOSE, "close", 0.95)):
        costs = wrk.cpu_microseconds(programs, scratch, request, seconds, rounds)
        medians = {name: statistics.median(values) for name, values in costs.items()}
        ratio = wrk.median_ratio(costs, "e3", "nginx")
        yield Figure(f"CPU µs per request, {how}", medians, bar, of_nginx=ratio, timed=True)


def parser_figures(bin_folder, scratch):
    """The reference here is http_parser: the same reads, the same request, the same list of fields."""
    programs = {"e3": bin_folder / "parser_load", "http_parser": bin_folder / "http_parser_load"}

    def measure(*arguments):
        return {
            name: counts.parser_instructions(program, scratch, *arguments)
            for name, program in programs.items()
        }

    def divided(values, by):
        return {name: value / by[name] for name, value in values.items()}

    whole = measure(0, 100, 1100)
    yield Figure("parser, 703 bytes whole: instructions", whole, 5500)
    yield Figure("parser, a byte at a time: instructions", measure(1, 100, 400), 90000)
    hundreds = divided(measure(100, 100, 1100), whole)
    yield Figure("parser, reads of 100 bytes, against whole", hundreds, 1.6)
    long_heads = divided(measure(1, 1, 3, 65536), measure(1, 1, 3, 32768))
    yield Figure("parser, 64 KiB of head in single bytes, against 32 KiB", long_heads, 2.2)


def anonymous_memory(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


def memory_figure(programs, scratch, connections):
    """Per connection that has been served once and stays open."""

    def measure(name, program):
        with Server(name, program, scratch) as server, contextlib.ExitStack() as stack:
            ask(server.port, 100, KEEP_ALIVE)
            before = anonymous_memory(server.process.pid)
            for _ in range(connections):
                address = ("127.0.0.1", server.port)
                connection = stack.enter_context(socket.create_connection(address))
                connection.sendall(KEEP_ALIVE)
                receive_answer(connection)
            return (anonymous_memory(server.process.pid) - before) / connections

    # lighttpd and haproxy are configured for fewer; what they would show is their configuration.
    measured = {
        name: measure(name, program)
        for name, program in programs.items()
        if name not in ("lighttpd", "haproxy")
    }
    yield Figure("bytes of memory per idle connection", measured, 1024)


def all_figures(programs, bin_folder, scratch):
    yield from instruction_figures(programs, scratch)
    yield from system_call_figures(programs, scratch, seconds=1)
    yield from processor_time_figures(programs, scratch, seconds=2, rounds=5)
    yield from parser_figures(bin_folder, scratch)
    yield from memory_figure(programs, scratch, IDLE_CONNECTIONS)


def quick_figures(programs, bin_folder, scratch):
    """The same rows: each server is started and loaded once, but only ours are counted."""
    ours = {name: programs[name] for name in ("floor", "e3")}
    yield from instruction_figures(ours, scratch)
    yield from system_call_figures(ours, scratch, seconds=1)
    yield from processor_time_figures(programs, scratch, seconds=1, rounds=1)
    yield from parser_figures(bin_folder, scratch)
    yield from memory_figure(ours, scratch, IDLE_CONNECTIONS)
