# SPDX-License-Identifier: MIT
"""A time-out that the profile tells of is demanded of a program, in real time."""

import json
import pathlib
import sys

import pytest

pytestmark = pytest.mark.any_build

PROFILE = """
request = "GET / HTTP/1.0\\r\\n\\r\\n"
http = true
time_out_ms = 500
"""


@pytest.mark.parametrize("server_ms, verdict", [(400, "PASS"), (60000, "WARN")])
def test_a_server_is_held_to_its_time_out(start, bin_dir, tmp_path, server_ms, verdict):
    profile = tmp_path / "half-a-second.toml"
    profile.write_text(PROFILE)
    server = f"{bin_dir}/e3-server --port {{port}} --head-timeout {server_ms}"
    run = start(
        *["e3", "run", "time.silent", "time.unfinished", "--timeout", "100ms", "--spawn", server],
        *["--profile", profile, "--report", f"json={tmp_path}/run.json"],
    )
    assert run.wait() == 0, run.stdout
    silent, unfinished = json.loads((tmp_path / "run.json").read_text())["checks"]
    assert silent["verdict"] == "SKIP" and "time.unfinished" in silent["reason"]  # all wait once
    assert unfinished["verdict"] == verdict
    warned = [(warning["cause"], warning["actual"]) for warning in unfinished["warnings"]]
    if verdict == "PASS":
        assert warned == []
    else:
        ((cause, actual),) = warned
        assert cause == "header-timeout-missing" and "0 bytes of the request sent" in actual


LINES = """
request = "small\\n"
large_request = "large\\n"
answer_end = "\\n"
"""


@pytest.fixture
def judged(start, tmp_path):
    """judged(MODE, CHECK, TIME_OUT_MS or None) -> what a run says of the check and timed_server.py."""

    def run(mode, check, time_out_ms):
        profile = tmp_path / "lines.toml"
        profile.write_text(LINES + (f"time_out_ms = {time_out_ms}\n" if time_out_ms else ""))
        script = pathlib.Path(__file__).with_name("timed_server.py")
        server = f"{sys.executable} {script} {{port}} {mode}"
        report = tmp_path / "run.json"
        e3 = start("e3", "run", check, "--spawn", server, "--profile", profile, "--report", f"json={report}")
        e3.wait()
        (result,) = json.loads(report.read_text())["checks"]
        return result

    return run


def test_a_slow_reader_may_be_left_once_the_time_out_has_passed(judged):
    result = judged("impatient", "isolation.slow-readers", 50)
    assert result["verdict"] == "SKIP", result
    assert "--preload" in result["reason"] and "time_out_ms" not in result["reason"]


@pytest.mark.parametrize("time_out_ms", [60000, None])
def test_a_server_that_spins_while_it_waits_for_the_rest_is_seen(judged, time_out_ms):
    result = judged("spins", "time.unfinished", time_out_ms)
    assert result["verdict"] == "FAIL", result
    assert result["failures"][0]["symptom"] == "spins"


def test_without_one_nobody_waits(start, bin_dir, tmp_path):
    server = f"{bin_dir}/e3-server --port {{port}}"
    run = start("e3", "run", "time.silent", "--spawn", server)
    assert run.wait() == 0 and "time_out_ms" in run.stdout
