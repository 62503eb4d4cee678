# SPDX-License-Identifier: MIT
"""Programs against programs: fixtures that start them, and see to it that none is left running."""

import contextlib
import os
import pathlib
import signal
import socket

import pytest

import program as programs
from program import Program

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption(
        "--bin-dir",
        default=os.environ.get("E3_BIN_DIR", ROOT / "build/dev/bin"),
        help="folder of the built programs (default: $E3_BIN_DIR, else build/dev/bin)",
    )
    parser.addoption(
        "--valgrind",
        action="store_true",
        help="run each e3-server under memcheck; an error or a leak fails the test",
    )


def pytest_configure(config):
    if config.getoption("--valgrind"):
        # Nothing but patience changes: before any test module takes a copy of it.
        programs.BOUND_SECONDS *= 10


def pytest_collection_modifyitems(items):
    # Else the last of them runs on when no other worker has anything to do.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


class Memcheck:
    """Valgrind around one program. Its log stays empty (-q) unless there is something to say."""

    def __init__(self, folder):
        self._log = folder / "valgrind.log"
        self.tool = [
            "valgrind", "-q", "--tool=memcheck", "--leak-check=full", "--track-origins=yes",
            "--errors-for-leak-kinds=definite", "--error-exitcode=99", f"--log-file={self._log}",
        ]  # fmt: skip

    def finish(self, program):
        """Lets the program end by itself, so that leaks are looked for; returns what was found."""
        with contextlib.suppress(ProcessLookupError):
            for _ in range(2):  # the second signal stops e3-server at once
                program.send_signal(signal.SIGTERM)
        program.wait()
        return self._log.read_text()


@pytest.fixture(scope="session")
def bin_dir(pytestconfig):
    folder = pathlib.Path(pytestconfig.getoption("--bin-dir")).resolve()
    assert folder.is_dir(), f"{folder} does not exist: build first, or give --bin-dir"
    return folder


@pytest.fixture
def preload_library(bin_dir):
    if not list(bin_dir.parent.glob("lib*/**/libe3-preload.so")):
        pytest.skip("builds with sanitizers have no libe3-preload.so")


@pytest.fixture
def free_port():
    """A port on which nothing listens, and nothing else can begin to."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def start(bin_dir, pytestconfig, tmp_path_factory):
    """start(NAME or path, ARGUMENT...) -> Program. At the end of the test none may be left behind."""
    started = []
    checked = []

    def start_program(name, *arguments, **popen_options):
        folder = tmp_path_factory.mktemp("program")
        command = [bin_dir / name, *arguments]
        memcheck = None
        if name == "e3-server" and pytestconfig.getoption("--valgrind"):
            memcheck = Memcheck(folder)
            command = memcheck.tool + command
        program = Program(command, folder, **popen_options)
        started.append(program)
        if memcheck:
            checked.append((program, memcheck))
        return program

    yield start_program
    said = [text for program, memcheck in checked if (text := memcheck.finish(program))]
    left = [(str(program), pids) for program in started if (pids := program.clean_up())]
    assert not left, f"still running after their program ended: {left}"
    assert not said, "\n".join(said)


@pytest.fixture
def serve(start):
    """serve(NAME, ARGUMENT...) -> a Program that listens on a free port.

    Its attribute `port` is that port, `idle_descriptors` how many descriptors it has open without
    any client.
    """

    def serve_program(name, *arguments):
        program = start(name, "--port", "0", *arguments)
        program.port = int(program.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)")[1])
        program.idle_descriptors = program.descriptors()
        return program

    return serve_program
