# SPDX-License-Identifier: MIT
"""torture, exhaust, replay and minimize with --preload: scenarios against copies of a program."""

import re

import pytest

pytestmark = pytest.mark.usefixtures("preload_library")

WELL, FAILED, USAGE, UNAVAILABLE = 0, 1, 2, 3


@pytest.fixture
def explore(start):
    """explore(COMMAND, SERVER, ARGUMENT...) -> the ended `e3 COMMAND --preload` of it"""

    def run(command, server, *arguments):
        program = start("e3", command, *arguments, "--preload", "--spawn", server)
        program.status = program.wait()
        assert program.descendants() == []
        return program

    return run


@pytest.fixture
def shipped(bin_dir):
    return f"{bin_dir / 'e3-server'} --port {{port}}"


# It takes no care of calls that fail.
@pytest.fixture
def careless(bin_dir):
    return f"{bin_dir / 'odd-server'} {{port}}"


def test_a_careful_program_survives_torture(explore, shipped):
    run = explore("torture", shipped, "--pairs", "200")
    assert run.status == WELL, run.stdout + run.stderr
    runs, total, struck = re.search(r"(\d+) of (\d+) runs: .* (\d+) came", run.stdout).groups()
    assert runs == total
    assert int(struck) > int(total) * 9 / 10


@pytest.mark.parametrize("protocol", ["hello", "echo"])
def test_so_it_does_whatever_it_speaks(explore, shipped, protocol):
    server = f"{shipped} --protocol {protocol}"
    run = explore("torture", server, "--pairs", "50", "--profile", protocol)
    assert run.status == WELL, run.stdout + run.stderr


def test_a_careless_program_is_convicted_and_the_scenario_can_be_replayed(
    explore, careless, tmp_path
):
    run = explore("torture", careless, "--pairs", "0")
    assert run.status == FAILED, run.stdout + run.stderr
    scenario = re.search(r"^(fault .*\n(?:\S.*\n)*)", run.stdout, re.MULTILINE)[1]
    path = tmp_path / "found.e3"
    path.write_text(scenario)
    replayed = explore("replay", careless, path)
    assert replayed.status == FAILED, replayed.stdout + replayed.stderr
    assert "epoll_wait" in replayed.stdout
    smaller = explore("minimize", careless, path, "-o", tmp_path / "small.e3")
    assert smaller.status == WELL, smaller.stdout + smaller.stderr
    assert len((tmp_path / "small.e3").read_text()) <= len(scenario)
    assert 'replay += ["--preload"]' in smaller.stdout, "else the pytest shows nothing"


def test_exhaust_leaves_nothing_out(explore, shipped):
    run = explore("exhaust", shipped, "--only", "fragmentations", "--request", r"GET /\r\n\r\n")
    assert run.status == WELL, run.stdout + run.stderr
    assert re.search(r"^ok +256 of 256 fragmentations of 9 bytes", run.stdout, re.MULTILINE)


# What odd-server does when a request comes in two pieces.
@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        ("abort", FAILED, ["died", "about to: abort"]),
        ("exit", FAILED, ["died", "7"]),
        ("compute", FAILED, ["spins", "of processor time"]),
        ("thread", UNAVAILABLE, ["not all could be judged, 1 could not", "pthread_create"]),
        ("raw-io_uring", UNAVAILABLE, ["not all could be judged, 1 could not", "io_uring_setup"]),
    ],
)
def test_what_ends_a_copy_is_told_apart(explore, careless, tmp_path, deed, status, words):
    path = tmp_path / "split.e3"
    path.write_text('peer1 > "GET / HTTP/1.0"\nsettle\npeer1 > "\\r\\n\\r\\n"\n')
    server = f"{careless} split {deed}"
    run = explore("replay", server, path, "--timeout", "100ms")
    assert run.status == status, run.stdout + run.stderr
    for word in words:
        assert word in run.stdout


def test_the_same_scenario_gives_the_same_transcript(explore, shipped, tmp_path):
    path = tmp_path / "two.e3"
    path.write_text('peer1 > "GET /"\npeer2 > "GET /2 HTTP/1.0\\r\\n\\r\\n"\nsettle\npeer1 reset\n')
    first, second = (explore("replay", shipped, path).stdout for _ in range(2))
    assert first == second


def test_a_scenario_without_a_step_is_no_torture(start, tmp_path):
    (tmp_path / "empty.e3").write_text("# nothing\n")
    run = start("e3", "torture", "--scenario", tmp_path / "empty.e3")
    assert run.wait() == USAGE, run.stdout
    assert "no step" in run.stderr


def test_a_program_that_cannot_be_preloaded_is_refused(explore, start, shipped):
    run = explore("torture", "/nonexistent/server {port}")
    assert run.status == UNAVAILABLE, run.stdout + run.stderr
    run = start("e3", "torture", "--preload")
    assert run.wait() == USAGE
    assert "--spawn" in run.stderr
    run = start("e3", "torture", "--spawn", shipped)
    assert run.wait() == USAGE
    assert "--preload" in run.stderr
