# SPDX-License-Identifier: MIT
"""The fixtures themselves: a process left behind is found, or the other tests would prove nothing."""

import pathlib

import pytest

from program import Program, wait_until


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except FileNotFoundError:
        return None  # it has just ended


def test_a_child_that_outlives_its_program_is_found(tmp_path):
    program = Program(["sh", "-c", "setsid sleep 1000 &"], tmp_path)
    assert program.wait() == 0
    # Not before sleep has begun: within execve(2) a process has no environment to be known by.
    wait_until(lambda: [name_of(pid) for pid in program.descendants()] == ["sleep"], "sleep to be the only one left")
    assert len(program.clean_up()) == 1
    wait_until(lambda: not program.descendants(), "sleep to be killed")


def test_a_program_that_ends_early_is_told_at_once(tmp_path):
    program = Program(["sh", "-c", "echo first; echo broken >&2"], tmp_path)
    with pytest.raises(AssertionError, match="broken.* ended before printing"):
        program.wait_for_line("second")
    assert program.clean_up() == []
