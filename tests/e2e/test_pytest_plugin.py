# SPDX-License-Identifier: MIT
"""The pytest plugin, as a user of pytest meets it."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.any_build

PLUGIN = pathlib.Path(__file__).resolve().parents[2] / "integrations/pytest"


@pytest.fixture
def run_pytest(bin_dir, tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    def run(*words, spawn="e3-server --port {port}"):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "pytest_e3", "-p", "no:cacheprovider", "-v"]
            + ["--e3-program", bin_dir / "e3", "--e3-spawn", f"{bin_dir}/{spawn}", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PLUGIN)},
            capture_output=True,
            text=True,
        )

    return run


def test_each_check_is_an_item(run_pytest):
    done = run_pytest("--e3-check", "read.split", "--e3-check", "accept")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"e3::read::split::every-offset PASSED", done.stdout, re.MULTILINE)
    assert re.search(r"e3::accept::burst PASSED", done.stdout, re.MULTILINE)


def test_a_failure_shows_what_e3_shows_and_nothing_of_the_plugin(run_pytest):
    done = run_pytest("--e3-check", "accept.burst", spawn="e3-known-bad-server --port {port}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"e3::accept::burst FAILED", done.stdout, re.MULTILINE)
    assert "et-listen-single-accept" in done.stdout
    assert "Reproduce: e3 run accept.burst" in done.stdout
    assert "Traceback" not in done.stdout


def test_levels_are_markers(run_pytest):
    done = run_pytest("--e3-check", "accept.burst", "-m", "must")
    assert "1 passed" in done.stdout
    done = run_pytest("--e3-check", "accept.burst", "-m", "may")
    assert "1 deselected" in done.stdout


@pytest.mark.parametrize("case, level", [("http.answer.date", "should"), ("http.chunked.coding[empty-list-element]", "may")])
def test_what_binds_less_is_marked_so(run_pytest, case, level):
    for chosen in ("must", "should", "may"):
        done = run_pytest("--e3-check", case, "-m", chosen)
        assert ("1 passed" if chosen == level else "1 deselected") in done.stdout, done.stdout


def test_options_choose_among_the_checks(run_pytest):
    words = ["--e3-check", "read.split", "--e3-check", "accept.burst"]
    done = run_pytest(*words, "--e3-option=-x", "--e3-option=read.split")
    assert "1 passed" in done.stdout and "accept::burst" in done.stdout, done.stdout + done.stderr
    done = run_pytest("--e3-check", "http.answer.date", *words, "--e3-option=--level=must", "--collect-only")
    assert "burst" in done.stdout and "date" not in done.stdout, done.stdout + done.stderr
    parts = [
        run_pytest("--e3-check", "read.split", "--e3-option=--shard", f"--e3-option={i}/2") for i in (1, 2)
    ]
    assert all(part.returncode == 0 for part in parts), parts[0].stdout + parts[1].stdout
    assert "every-offset PASSED" in parts[0].stdout + parts[1].stdout


def test_what_cannot_be_shown_is_skipped(run_pytest):
    done = run_pytest("--e3-check", "http.content-length", "--e3-profile", "echo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 skipped" in done.stdout


def test_a_server_that_does_not_start_fails_with_the_reason(run_pytest):
    done = run_pytest("--e3-check", "accept.burst", spawn="no-such-program {port}")
    assert done.returncode == 1
    assert "no-such-program" in done.stdout


def test_an_option_that_makes_e3_fail_makes_the_check_fail(run_pytest):
    undated = "e3 selftest no-date --serve {port}"
    done = run_pytest("--e3-check", "http.answer.date", spawn=undated)
    assert done.returncode == 0 and "1 warning" in done.stdout, done.stdout + done.stderr
    done = run_pytest("--e3-check", "http.answer.date", "--e3-option=--fail-on=warn", spawn=undated)
    assert done.returncode == 1 and "1 failed" in done.stdout, done.stdout + done.stderr


def test_an_e3_that_is_not_there_is_told(run_pytest):
    done = run_pytest("--e3-program", "/nowhere/e3")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "/nowhere/e3: No such file or directory; name e3 with --e3-program" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
