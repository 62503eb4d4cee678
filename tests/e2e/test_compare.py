# SPDX-License-Identifier: MIT
"""Reports read back: by `e3 compare` and by `e3 run --rerun-failed`."""

import json
import re

import pytest

from report_formats import check_html

pytestmark = pytest.mark.any_build


@pytest.fixture
def reports(start, bin_dir, tmp_path):
    """The reports of a good server and of a bad one, for the same checks."""

    def report(name):
        path = tmp_path / f"{name}.json"
        run = start(
            *["e3", "run", "accept.burst", "read.split.byte-at-a-time"],
            *["--spawn", f"{bin_dir / name} --port {{port}}", "--report", f"json={path}"],
        )
        assert run.wait() in (0, 1)
        return path

    return report("e3-server"), report("e3-known-bad-server")


def test_what_fails_now_and_did_not_is_told_and_exits_with_1(start, reports, tmp_path):
    good, bad = reports
    page = tmp_path / "changes.html"
    run = start("e3", "compare", good, bad, "--report", f"html={page}")
    assert run.wait() == 1
    assert "2 tests, 1 newly failing, 0 mended, 0 still failing" in run.stdout
    assert "accept.burst" in run.stdout and "read.split" not in run.stdout
    seen = check_html(page)
    assert "1 newly failing" in seen.text and "read.split.byte-at-a-time" in seen.text


def test_a_new_warning_is_told_with_what_it_says(start, reports, tmp_path):
    good, _ = reports
    document = json.loads(good.read_text())
    (check,) = [each for each in document["checks"] if each["id"] == "accept.burst"]
    seen = {"cause": "slow", "point": "peer 3", "expected": "an answer", "actual": "none yet"}
    check.update(verdict="WARN", warnings=[seen])
    warned = tmp_path / "warned.json"
    warned.write_text(json.dumps(document))
    page = tmp_path / "changes.html"
    run = start("e3", "compare", good, warned, "--report", f"html={page}")
    assert run.wait() == 0
    said = "slow at peer 3: expected an answer; got none yet"
    assert said in run.stdout and said in check_html(page).text


def test_what_is_mended_exits_with_0(start, reports):
    good, bad = reports
    run = start("e3", "compare", bad, good)
    assert run.wait() == 0
    assert "1 mended" in run.stdout


def with_verdict(report, verdict, path):
    """A copy of a report at `path`, in which accept.burst has this verdict."""
    document = json.loads(report.read_text())
    (check,) = [each for each in document["checks"] if each["id"] == "accept.burst"]
    check.update(verdict=verdict, failures=[])
    path.write_text(json.dumps(document))
    return path


def changes(run):
    """What stands under each heading: {heading: [(id, before, after)]}."""
    under, heading = {}, None
    for line in run.stdout.splitlines():
        if entry := re.match(r"  (\S+) +(\S+) -> (\S+)", line):
            under.setdefault(heading, []).append(entry.groups())
        elif line:
            heading = line
    return under


def test_what_fails_as_before_exits_with_0_and_is_still_told(start, reports):
    _, bad = reports
    run = start("e3", "compare", bad, bad)
    assert run.wait() == 0
    assert "2 tests, 0 newly failing, 0 mended, 1 still failing" in run.stdout
    assert changes(run) == {"still failing": [("accept.burst", "FAIL", "FAIL")]}


@pytest.mark.parametrize("before,after", [("PASS", "WARN"), ("WARN", "PASS"), ("PASS", "SKIP"), ("XFAIL", "PASS")])
def test_another_verdict_that_is_no_failure_is_a_change_and_exits_with_0(start, reports, tmp_path, before, after):
    first = with_verdict(reports[0], before, tmp_path / "first.json")
    second = with_verdict(reports[0], after, tmp_path / "second.json")
    run = start("e3", "compare", first, second)
    assert run.wait() == 0
    assert "0 newly failing, 0 mended, 0 still failing" in run.stdout
    assert changes(run) == {"changed": [("accept.burst", before, after)]}


def test_a_verdict_that_this_e3_does_not_know_is_taken_for_a_failure(start, reports, tmp_path):
    good, bad = reports
    new = with_verdict(good, "NEW", tmp_path / "new.json")
    for first, second, status, heading, before, after in [
        (good, new, 1, "newly failing", "PASS", "NEW"),
        (new, good, 0, "mended", "NEW", "PASS"),
        (bad, new, 0, "still failing", "FAIL", "NEW"),
    ]:
        run = start("e3", "compare", first, second)
        assert run.wait() == status
        assert changes(run) == {heading: [("accept.burst", before, after)]}


def test_a_check_in_one_run_only_is_named(start, reports, tmp_path):
    good, _ = reports
    document = json.loads(good.read_text())
    document["checks"].pop()
    less = tmp_path / "less.json"
    less.write_text(json.dumps(document))
    run = start("e3", "compare", good, less)
    assert run.wait() == 0
    assert "only in the first" in run.stdout


@pytest.mark.parametrize("why,said", [("", "did not come to its end"), ("nobody listens", "no server: nobody listens")])
def test_a_second_run_that_was_cut_short_is_not_as_good(start, reports, tmp_path, why, said):
    good, bad = reports
    document = json.loads(good.read_text())
    document.update(complete=False, unavailable=why, checks=[])
    short, page = tmp_path / "short.json", tmp_path / "changes.html"
    short.write_text(json.dumps(document))
    run = start("e3", "compare", good, short, "--report", f"html={page}")
    assert run.wait() == 1
    assert "the second run " in run.stdout and said in run.stdout
    assert "the second run was cut short" in check_html(page).text
    run = start("e3", "compare", short, good)
    assert run.wait() == 0
    assert "the first run " in run.stdout and said in run.stdout
    run = start("e3", "compare", short, bad)
    assert run.wait() == 1
    assert "1 newly failing" in run.stdout


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 99}', '{"schema_version": 1}'])
def test_what_is_no_report_is_refused_with_the_fix(start, tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    run = start("e3", "compare", path, path)
    assert run.wait() == 2
    assert str(path) in run.stderr
    assert "internal error" not in run.stderr


def test_a_file_that_is_not_there_is_refused(start):
    run = start("e3", "compare", "nowhere.json", "nowhere.json")
    assert run.wait() == 2
    assert "nowhere.json" in run.stderr


def test_only_what_failed_runs_again(start, reports, tmp_path):
    _, bad = reports
    again = tmp_path / "again.json"
    run = start("e3", "run", "--rerun-failed", bad, "--report", f"json={again}")
    assert run.wait() == 0
    assert [check["id"] for check in json.loads(again.read_text())["checks"]] == ["accept.burst"]


@pytest.mark.parametrize("content,fix", [('{"checks": 3}', "is no JSON report of e3"), (None, "cannot read")])
def test_failures_of_no_report_cannot_run_again(start, tmp_path, content, fix):
    path = tmp_path / "other.json"
    if content is not None:
        path.write_text(content)
    run = start("e3", "run", "--rerun-failed", path)
    assert run.wait() == 2
    assert fix in run.stderr and str(path) in run.stderr
