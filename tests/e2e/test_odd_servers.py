# SPDX-License-Identifier: MIT
"""What only shows in real time, or at a server that e3 has not started: connections that stay open."""

import json
import pathlib
import sys

import pytest

pytestmark = pytest.mark.any_build

SERVER = pathlib.Path(__file__).with_name("odd_http_server.py")


@pytest.fixture
def run_against(start, tmp_path):
    """run_against(MODE, CHECK...) -> the report of a run against the server that is already there."""

    def run(mode, *checks, timeout="300ms"):
        server = start(sys.executable, SERVER, "0", mode)
        port = server.wait_for_line(r"port (\d+)").group(1)
        report = tmp_path / "run.json"
        e3 = start("e3", "run", *checks, "--timeout", timeout, "--report", f"json={report}", f"127.0.0.1:{port}")
        status = e3.wait()
        server.stop()
        checks = {check["id"]: check for check in json.loads(report.read_text())["checks"]}
        assert checks, e3.stderr
        bad = [each for each in checks.values() if each["verdict"] not in ("PASS", "WARN", "SKIP", "N/A")]
        assert status == (1 if bad else 0), e3.stderr
        return checks

    return run


def test_a_program_that_dies_slowly_has_died(start, tmp_path):
    report = tmp_path / "run.json"
    server = f"{sys.executable} {SERVER} {{port}} dies-slowly"
    run = start("e3", "run", "http.malformed.request-line", "--report", f"json={report}", "--spawn", server)
    assert run.wait() == 1, run.stderr
    (found,) = json.loads(report.read_text())["checks"]
    assert found["verdict"] == "CRASH", found


@pytest.mark.parametrize("mode, verdict", [("reads-on", "PASS"), ("keeps-all", "FAIL")])
def test_a_program_may_read_a_line_without_end_if_it_keeps_none_of_it(start, tmp_path, mode, verdict):
    report = tmp_path / "run.json"
    server = f"{sys.executable} {SERVER} {{port}} {mode}"
    run = start("e3", "run", "read.endless", "--report", f"json={report}", "--spawn", server)
    assert run.wait() == (verdict != "PASS"), run.stderr
    (found,) = json.loads(report.read_text())["checks"]
    assert found["verdict"] == verdict, found


def test_a_server_may_leave_a_crowd_waiting_that_it_has_no_room_for(run_against):
    assert run_against("takes-ten", "accept.crowd")["accept.crowd"]["verdict"] == "PASS"


CONNECTIONS = ["close.hangup.fin", "close.hangup.half-close", "http.malformed"]
BOTH = [*CONNECTIONS, "http.connection.keep-alive-1.0", "http.pipeline.bad-second"]


def test_a_server_that_ends_its_connections_passes(run_against):
    verdicts = {check["id"]: check["verdict"] for check in run_against("correct", *BOTH, timeout="10s").values()}
    assert set(verdicts.values()) == {"PASS"}, verdicts


@pytest.mark.parametrize("check", CONNECTIONS)
def test_sockets_that_nobody_closes_are_seen_from_outside(run_against, check):
    for found in run_against("keeps-half-open", check).values():
        assert found["verdict"] == "FAIL", found


def test_a_malformed_request_behind_a_valid_one_is_not_swallowed(run_against):
    (found,) = run_against("swallows-malformed", "http.pipeline.bad-second").values()
    assert found["verdict"] == "TIMEOUT", found
    (cause,) = {failure["cause"] for failure in found["failures"]}
    assert cause == "http-pipeline-lost"


def test_an_end_that_e3_does_not_live_to_see_is_no_end(run_against):
    (found,) = run_against("keeps-1.0", "http.connection.keep-alive-1.0").values()
    assert found["verdict"] == "SKIP" and "--timeout" in found["reason"], found
