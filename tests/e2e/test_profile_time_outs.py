# SPDX-License-Identifier: MIT
"""A time-out that the profile tells of is demanded of a program, in real time."""

import json

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


def test_without_one_nobody_waits(start, bin_dir, tmp_path):
    server = f"{bin_dir}/e3-server --port {{port}}"
    run = start("e3", "run", "time.silent", "--spawn", server)
    assert run.wait() == 0 and "time_out_ms" in run.stdout
