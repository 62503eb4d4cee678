# SPDX-License-Identifier: MIT
"""Programs against programs: fixtures that start them, and see to it that none is left running."""

import os
import pathlib

import pytest

from program import Program

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption(
        "--bin-dir",
        default=os.environ.get("E3_BIN_DIR", ROOT / "build/dev/bin"),
        help="folder of the built programs (default: $E3_BIN_DIR, else build/dev/bin)",
    )


@pytest.fixture(scope="session")
def bin_dir(pytestconfig):
    folder = pathlib.Path(pytestconfig.getoption("--bin-dir")).resolve()
    assert folder.is_dir(), f"{folder} does not exist: build first, or give --bin-dir"
    return folder


@pytest.fixture
def start(bin_dir, tmp_path_factory):
    """start(NAME or path, ARGUMENT...) -> Program. At the end of the test none may be left behind."""
    started = []

    def start_program(name, *arguments, **popen_options):
        program = Program(
            [bin_dir / name, *arguments], tmp_path_factory.mktemp("program"), **popen_options
        )
        started.append(program)
        return program

    yield start_program
    left = [(str(program), pids) for program in started if (pids := program.clean_up())]
    assert not left, f"still running after their program ended: {left}"


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
