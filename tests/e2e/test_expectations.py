# SPDX-License-Identifier: MIT
"""Expectations, from the command line: what is known does not fail a run, all else does."""

import datetime
import json
import re
import subprocess

import pytest

pytestmark = pytest.mark.any_build

FAILS, PASSES, WARNS = "accept.burst", "read.coalesced", "write.error.interrupted"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


class Run:
    """e3 around the server with the bugs of a bad example, and an expectations file for it."""

    def __init__(self, bin_dir, folder):
        self._program = bin_dir / "e3-run-known-bad"
        self._folder = folder
        self.file = folder / "known.toml"

    def expect(self, *entries):
        self.file.write_text("".join(f"[[expect]]\n{entry}\n" for entry in entries))

    def __call__(self, *words):
        """(exit status, verdict by check)"""
        report = self._folder / "run.json"
        done = subprocess.run(
            [self._program, "run", *words, "--report", f"json={report}", "--expectations", self.file],
            capture_output=True,
            text=True,
        )
        checks = json.loads(report.read_text())["checks"]
        return done.returncode, {check["id"]: check["verdict"] for check in checks}


@pytest.fixture
def run(bin_dir, tmp_path):
    return Run(bin_dir, tmp_path)


def entry(id_, verdict="FAIL", more=""):
    return f'id = "{id_}"\nverdict = "{verdict}"\nreason = "known"\n{more}'


def test_what_is_expected_fails_nothing(run):
    run.expect(entry(FAILS), entry(WARNS, "WARN"))
    assert run(FAILS, PASSES, WARNS) == (0, {FAILS: "XFAIL", PASSES: "PASS", WARNS: "XFAIL"})


def test_another_verdict_than_the_expected_stands(run):
    run.expect(entry(FAILS, "CRASH"))
    assert run(FAILS) == (1, {FAILS: "FAIL"})


def test_a_pass_that_was_not_expected_is_a_failure(run):
    run.expect(entry(PASSES))
    assert run(PASSES) == (1, {PASSES: "XPASS"})
    assert run(PASSES, "--fail-on", "new") == (0, {PASSES: "XPASS"})


def test_fail_on_new_looks_only_at_what_is_not_listed(run):
    run.expect(entry(FAILS), entry(PASSES))
    assert run(FAILS, PASSES, "--fail-on", "new")[0] == 0
    run.expect(entry(PASSES))
    assert run(FAILS, PASSES, "--fail-on", "new") == (1, {FAILS: "FAIL", PASSES: "XPASS"})


def test_fail_on_decides_about_warnings(run):
    run.expect()
    assert run(WARNS) == (0, {WARNS: "WARN"})
    assert run(WARNS, "--fail-on", "warn") == (1, {WARNS: "FAIL"})
    assert run(WARNS, "--fail-on", "should") == run(WARNS, "--strict") == (1, {WARNS: "FAIL"})


def test_a_warning_that_fails_the_run_is_a_failure_everywhere(run, tmp_path):
    run.expect(entry(FAILS))
    junit, tap = tmp_path / "junit", tmp_path / "tap"
    reports = ["--report", f"junit={junit}", "--report", f"tap={tap}"]
    status, verdicts = run(WARNS, FAILS, "--fail-on", "warn", "-f", *reports)
    assert status == 1 and set(verdicts.values()) <= {"FAIL", "XFAIL"}
    assert 'failures="1"' in junit.read_text() and f"- {WARNS}" in tap.read_text()
    assert re.search(rf"^not ok \d+ - {WARNS}$", tap.read_text(), re.MULTILINE)


def test_a_warning_that_is_expected_fails_nothing(run):
    run.expect(entry(WARNS, "WARN"))
    assert run(WARNS, "--fail-on", "warn") == (0, {WARNS: "XFAIL"})


def test_an_unexpected_pass_that_fails_nothing_ends_no_run(run):
    run.expect(entry(PASSES))
    assert run(PASSES, WARNS, "--fail-on", "new", "-f") == (0, {PASSES: "XPASS", WARNS: "WARN"})


@pytest.mark.parametrize("days, status, verdict", [(-1, 1, "FAIL"), (1, 0, "XFAIL")])
def test_an_expired_entry_counts_no_more(run, days, status, verdict):
    run.expect(entry(FAILS, more=f"expires = {TODAY + datetime.timedelta(days)}"))
    assert run(FAILS) == (status, {FAILS: verdict})


def test_the_file_can_be_written_by_a_run_and_is_then_fulfilled(run):
    status, before = run(FAILS, PASSES, WARNS, "--update-expectations")
    assert status == 1 and before == {FAILS: "FAIL", PASSES: "PASS", WARNS: "WARN"}
    assert "not reviewed yet" in run.file.read_text()
    assert run(FAILS, PASSES, WARNS) == (0, {FAILS: "XFAIL", PASSES: "PASS", WARNS: "XFAIL"})


def test_an_update_keeps_reasons_and_drops_what_passes(run):
    kept = entry("time.silent", more='issue = "https://example.org/1"')
    run.expect(entry(FAILS), entry(PASSES), kept)
    run(FAILS, PASSES, "--update-expectations")
    text = run.file.read_text()
    assert f'id = "{FAILS}"' in text and 'reason = "known"' in text and "not reviewed" not in text
    assert f'id = "{PASSES}"' not in text
    assert "https://example.org/1" in text  # it was not run: nothing is known about it


def test_an_update_that_is_cut_short_changes_nothing(run):
    run.expect(entry(FAILS))
    before = run.file.read_text()
    run("accept", "--update-expectations", "--max-failures", "1")
    assert run.file.read_text() == before
    assert not list(run.file.parent.glob("*.partial"))
