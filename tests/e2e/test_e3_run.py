# SPDX-License-Identifier: MIT
"""`e3 run` against the shipped server and the known-bad one."""

import json
import re
import xml.etree.ElementTree

import pytest

from peer import exchange

LAST_LINE = re.compile(
    r"(\d+) tests, (\d+) passed, (\d+) failed, (\d+) warned, (\d+) skipped.*"
    r"  seed=(\d+)  \(\d+\.\ds\)"
)

# What the issue with such servers is, by name; each must be among the causes that e3 tells.
KNOWN_BAD_CAUSES = {
    "et-listen-single-accept",
    "eof-spin",
    "malformed-request-kills",
    "nul-and-binary",
    "length-chars-vs-bytes",
}


def counts_of(run):
    """tests, passed, failed, warned, skipped and the seed, from the last line."""
    last = run.stdout.splitlines()[-1]
    match = LAST_LINE.fullmatch(last)
    assert match, f"the last line is not the summary: {last!r}"
    return dict(
        zip(["tests", "passed", "failed", "warned", "skipped", "seed"], map(int, match.groups()))
    )


def expect_all_passed(run):
    assert run.wait() == 0, run.stdout
    assert run.descendants() == []
    counts = counts_of(run)
    assert counts["passed"] > 0
    assert counts["passed"] + counts["skipped"] == counts["tests"]
    return counts


def spawn_command(bin_dir, name):
    return f"{bin_dir / name} --port {{port}}"


def test_the_shipped_server_in_process_passes(start):
    counts = expect_all_passed(start("e3", "run"))
    assert counts["skipped"] < counts["passed"]


@pytest.mark.parametrize("protocol", ["http", "hello", "echo"])
def test_the_shipped_server_as_a_program_passes(start, bin_dir, protocol):
    command = spawn_command(bin_dir, "e3-server") + f" --protocol {protocol}"
    expect_all_passed(start("e3", "run", "--spawn", command, "--profile", protocol))


@pytest.mark.parametrize("protocol", ["hello", "echo"])
def test_the_shipped_server_in_process_passes_in_its_other_protocols(start, protocol):
    expect_all_passed(start("e3", "run", "--profile", protocol))


def test_a_server_that_already_runs_passes_and_goes_on(start, serve):
    server = serve("e3-server")
    expect_all_passed(start("e3", "run", f"127.0.0.1:{server.port}"))
    assert exchange(server.port, b"GET /abc HTTP/1.0\r\n\r\n").endswith(b"abc")
    assert server.stop() == 0


@pytest.mark.any_build
@pytest.mark.long
def test_the_known_bad_server_is_failed_for_each_of_its_bugs(start, bin_dir, tmp_path):
    report = tmp_path / "e3.json"
    command = spawn_command(bin_dir, "e3-known-bad-server")
    run = start("e3", "run", "--spawn", command, "--report", f"json={report}")
    assert run.wait() == 1
    assert run.descendants() == []
    assert counts_of(run)["failed"] >= 5
    causes = {cause["slug"] for cause in json.loads(report.read_text())["causes"]}
    assert KNOWN_BAD_CAUSES <= causes
    assert len(causes) >= 6, causes
    for cause in causes:
        assert cause in run.stdout


def test_a_program_that_crashes_is_told_in_its_own_words_and_started_again(start, bin_dir, tmp_path):
    server = f"{bin_dir}/e3 selftest dies-on-binary --serve {{port}}"
    run = start("e3", "run", "http.malformed", "--spawn", server, "--report", f"json={tmp_path}/run.json")
    assert run.wait() == 1 and run.descendants() == []
    checks = {check["id"]: check for check in json.loads((tmp_path / "run.json").read_text())["checks"]}
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "http.malformed.request-line": "PASS",
        "http.malformed.bytes": "CRASH",
        "http.malformed.header": "PASS",
    }
    (crash, *_) = checks["http.malformed.bytes"]["failures"]
    assert "exit code 4" in crash["actual"] and "not text" in crash["actual"]


def test_one_seed_gives_one_transcript(start):
    def transcript():
        run = start("e3", "run", "--seed", "7")
        expect_all_passed(run)
        return re.search(r"^transcript ([0-9a-f]{16})$", run.stdout, re.MULTILINE)[1]

    assert len({transcript() for _ in range(5)}) == 1


def test_a_selection_runs_only_what_it_names(start, tmp_path):
    report = tmp_path / "e3.json"
    run = start("e3", "run", "read.*", "-x", "*.random", "--report", f"json={report}")
    expect_all_passed(run)
    ids = [check["id"] for check in json.loads(report.read_text())["checks"]]
    assert ids and all(id_.startswith("read.") and not id_.endswith(".random") for id_ in ids)


@pytest.mark.any_build
@pytest.mark.long
def test_the_reports_say_what_the_terminal_says(start, bin_dir, tmp_path):
    junit, report = tmp_path / "e3.xml", tmp_path / "e3.json"
    command = spawn_command(bin_dir, "e3-known-bad-server")
    run = start(
        *["e3", "run", "accept.*", "http.*", "read.split.byte-at-a-time", "--spawn", command],
        *["--report", f"junit={junit}", "--report", f"json={report}"],
    )
    assert run.wait() == 1
    assert re.search("SKIP +accept.* use --preload, or link the server in", run.stdout)
    counts = counts_of(run)

    suites = xml.etree.ElementTree.parse(junit).getroot()
    cases = suites.findall("./testsuite/testcase")
    assert int(suites.get("tests")) == len(cases) == counts["tests"]
    assert int(suites.get("failures")) == counts["failed"]
    assert len(suites.findall("./testsuite/testcase/failure")) == counts["failed"]

    document = json.loads(report.read_text())
    assert document["complete"] is True
    assert document["seed"] == counts["seed"]
    assert document["summary"]["failed"] == counts["failed"]
    assert [check["id"] for check in document["checks"]] == [case.get("name") for case in cases]


def test_list_and_explain_know_every_check(start):
    listing = start("e3", "list", "--json")
    assert listing.wait() == 0
    checks = json.loads(listing.stdout)
    ids = [check["id"] for check in checks]
    assert len(ids) == len(set(ids)) > 10
    for id_ in ids:
        explanation = start("e3", "explain", id_)
        assert explanation.wait() == 0
        said = explanation.stdout
        assert said.startswith(f"{id_}\n")
        for label in ("when", "must", "because", "what", "usual fix", "evidence"):
            assert re.search(rf"^  {label:<9} \S", said, re.MULTILINE), f"{id_}: no {label}"


def test_explain_knows_single_cases_and_causes(start):
    case = start("e3", "explain", "http.host[missing]")
    assert case.wait() == 0
    assert case.stdout.startswith("http.host[missing]\n") and "  written   RFC 9112" in case.stdout
    cause = start("e3", "explain", "eof-spin")
    assert cause.wait() == 0 and "usual fix" in cause.stdout


@pytest.mark.parametrize(("topic", "key"), [("profile", "`login_end`"), ("scenario", "`peer1 half-close`")])
def test_explain_prints_the_pages_on_files(start, topic, key):
    page = start("e3", "explain", topic)
    assert page.wait() == 0 and page.stdout.startswith("# ") and key in page.stdout


# Neither batches, nor peers that do not get on, say anything about who is not let in.
def test_a_limit_of_connections_is_no_bug_in_real_time(start, bin_dir, tmp_path):
    report = tmp_path / "run.json"
    server = f"{bin_dir}/e3-server --port {{port}} --connections-max 8"
    checks = ["events.full-batch", "isolation.interleaved", "isolation.slow-senders"]
    run = start("e3", "run", *checks, "--timeout", "500ms", "--report", f"json={report}", "--spawn", server)
    assert run.wait() == 0, run.stdout
    for check in json.loads(report.read_text())["checks"]:
        assert check["verdict"] == "SKIP" and "serves fewer than" in check["reason"], check
