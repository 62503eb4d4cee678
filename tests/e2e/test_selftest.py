# SPDX-License-Identifier: MIT
"""e3 selftest, from an installed e3: it tells the truth, also when something is not found."""

import json
import re
import subprocess

import pytest

from installed_e3 import build_dir, cache, prefix  # noqa: F401


@pytest.fixture
def selftest(prefix, tmp_path):
    """selftest(WORD...) -> the finished `e3 selftest` of the installed e3, far from its sources."""

    def run(*words):
        return subprocess.run(
            [prefix / "bin/e3", "selftest", *words], cwd=tmp_path, capture_output=True, text=True
        )

    return run


def counts(summary):
    return [(int(right), int(total)) for right, total in re.findall(r"(\d+) of (\d+)", summary)]


@pytest.mark.parametrize("engine", ["sim", "socketpair"])
def test_everything_is_found(selftest, engine):
    done = selftest("--engine", engine, "--seed", "7")
    *servers, summary = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(re.match(r"(ok|skip) ", line) for line in servers)
    mutants, nulls, correct = counts(summary)
    assert mutants[0] == mutants[1] and mutants[0] >= 60
    assert nulls == (5, 5) and correct == (3, 3)
    not_shown = sum(line.startswith("skip ") for line in servers)
    assert sum(mutants + nulls + correct) == 2 * (len(servers) - not_shown)
    assert engine != "sim" or not_shown == 4  # what only a program shows
    assert summary.endswith(f"engine={engine} seed=7")


SHARES = 4  # of the mutants: they wait more than they work, and can do so side by side


@pytest.mark.any_build
@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_each_bug_is_found_in_a_program_of_its_own(selftest, share):
    lines = [line.split() for line in selftest("--list").stdout.splitlines()]
    mutants = [name for name, kind, *_ in lines if kind == "mutant"]
    done = selftest("--engine", "program", *mutants[share::SHARES])
    assert done.returncode == 0, done.stdout + done.stderr
    ((found, shown),) = counts(done.stdout.splitlines()[-1])
    assert found == shown and found >= 55 // SHARES


@pytest.mark.any_build
def test_a_program_that_hangs_after_one_answer_passes_nothing(selftest):
    done = selftest("--engine", "program", "answers-once-then-hangs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done.stdout.splitlines()[-1]) == [(1, 1)]


def test_a_bug_that_is_not_found_is_an_error(selftest):
    done = selftest("--exclude", "accept.burst", "--color", "always")
    assert done.returncode == 1
    (wrong,) = [line for line in done.stdout.splitlines() if "WRONG" in line]
    assert wrong.startswith("\033[31m") and wrong.endswith("accept.burst was not run")
    right, total = counts(done.stdout.splitlines()[-1])[0]
    assert right == total - 1


def test_json_says_the_same(selftest):
    done = selftest("--json", "-x", "accept", "accepts-once-per-edge", "never-answers")
    said = json.loads(done.stdout)
    assert done.returncode == 1 and not said["right"]
    assert {each["name"]: each["right"] for each in said["servers"]} == {
        "never-answers": True,
        "accepts-once-per-edge": False,
    }


def test_servers_can_be_listed_and_chosen(selftest):
    names = [line.split()[0] for line in selftest("--list").stdout.splitlines()]
    assert len(names) >= 68
    chosen = selftest("dies-*").stdout.splitlines()[:-1]
    assert [line.split()[1] for line in chosen] == [name for name in names if name.startswith("dies-")]


@pytest.mark.parametrize(
    "words, status", [(("no-such-server",), 5), (("--engine", "dos"), 2), (("--seed", "x"), 2)]
)
def test_a_bad_command_line_says_why(selftest, words, status):
    done = selftest(*words)
    assert done.returncode == status and done.stderr.startswith("e3: ") and not done.stdout
