# SPDX-License-Identifier: MIT
"""A bug's cause is found whichever way the server is brought to e3: as a function, through adopt, as
a program, and as a program under pytest. Each way passes the server without a bug."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from installed_e3 import build_dir, cache, configure, prefix, run  # noqa: F401

# One worker, so that the project is built once.
pytestmark = [pytest.mark.any_build, pytest.mark.long, pytest.mark.xdist_group("four_ways")]

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests/mutants/four_ways"

# The bug, the check, the cause, and the ways in which it can be shown.
BUGS = [
    ("accepts-once-per-edge", "accept.burst", "et-listen-single-accept", "function program pytest"),
    ("forgets-between-reads", "read.split.every-offset", "split-terminator", "function adopt program pytest"),
    ("ignores-short-write", "write.slow-reader.tiny-window", "partial-write-truncated", "function adopt"),
    ("reads-eof-for-ever", "close.hangup.fin", "eof-spin", "function adopt program pytest"),
    ("computes-at-eof", "close.hangup.fin", "eof-spin", "function"),
    ("drops-answer-at-half-close", "close.hangup.half-close-at-once", "halfclose-drops-response", "function adopt program pytest"),
    ("keeps-half-open", "close.hangup.half-close", "halfclose-leak", "function adopt"),
    ("raises-sigpipe", "close.hangup.gone-before-answer", "sigpipe-death", "function adopt program pytest"),
]  # fmt: skip
CASES = [(bug, check, cause, way) for bug, check, cause, ways in BUGS for way in ways.split()]


@pytest.fixture(scope="session")
def built(configure):  # noqa: F811
    folder = configure(PROJECT)
    run("cmake", "--build", folder)
    return folder


@pytest.fixture
def judge(built, prefix):  # noqa: F811
    """judge(WAY, CHECK, BUG) -> the ended process that ran the check."""

    def judge_server(way, check, bug):
        spawn = ["--spawn", f"{built}/program {{port}}"]
        if way == "pytest":
            (plugin,) = prefix.rglob("pytest_e3.py")
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
            command += ["--e3-program", prefix / "bin/e3", "--e3-check", check]
            command += ["--e3-spawn", f"{built}/program {{port}}"]
            python_path = str(plugin.parent)
        else:
            command = [prefix / "bin/e3" if way == "program" else built / way, "run", check]
            command += spawn if way == "program" else []
            python_path = ""
        return subprocess.run(
            command,
            cwd=built,
            env={**os.environ, "E3_MUTANT": bug, "PYTHONPATH": python_path},
            capture_output=True,
            text=True,
        )

    return judge_server


@pytest.mark.parametrize("bug,check,cause,way", CASES)
def test_a_bug_is_found_under_its_name(judge, bug, check, cause, way):
    done = judge(way, check, bug)
    assert done.returncode == 1, done.stdout + done.stderr
    causes = re.findall(r"^[ E]*cause +(\S+)", done.stdout, re.MULTILINE)
    assert causes == [cause], done.stdout


@pytest.mark.parametrize("way", ["function", "adopt", "program", "pytest"])
def test_the_server_without_a_bug_passes(judge, way):
    for check in sorted({check for _, check, _, ways in BUGS if way in ways}):
        done = judge(way, check, "")
        assert done.returncode == 0, f"{check}\n{done.stdout}{done.stderr}"


def test_the_fuzzer_of_a_project_finds_a_bug_in_a_plain_scenario(built):
    """Without a fuzzing engine it replays files: a scenario in which the head comes in two parts."""
    scenario = ROOT / "corpus/fuzz_schedule/split-terminator"
    for bug, aborts in [("", False), ("forgets-between-reads", True)]:
        done = subprocess.run(
            [built / "fuzz_function", scenario],
            env={**os.environ, "E3_MUTANT": bug},
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == aborts, done.stdout + done.stderr
        assert ("minimised scenario:" in done.stderr) == aborts
