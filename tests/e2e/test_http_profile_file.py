# SPDX-License-Identifier: MIT
"""A profile file for a server that speaks HTTP/1.1 and keeps connections needs two lines."""

import json
import pathlib
import shutil

import pytest

pytestmark = [
    pytest.mark.any_build,
    pytest.mark.skipif(not shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin"), reason="no nginx"),
]

START = pathlib.Path(__file__).resolve().parents[1] / "real/start"

PROFILE = """
request = "GET / HTTP/1.1\\r\\nHost: e3\\r\\n\\r\\n"
http = true
"""


def test_an_answer_is_over_when_http_says_so(start, tmp_path):
    """Waiting each time for nginx to close would take far longer than a run may."""
    profile = tmp_path / "http11.toml"
    profile.write_text(PROFILE)
    run = start(
        *["e3", "run", "read.split", "http.connection", "--profile", profile],
        *["--spawn", f"{START} nginx {{port}}", "--report", f"json={tmp_path}/run.json"],
    )
    assert run.wait() == 0, run.stdout
    verdicts = {check["id"]: check["verdict"] for check in json.loads((tmp_path / "run.json").read_text())["checks"]}
    assert verdicts["http.connection.sequential"] == "PASS"
    assert {check: verdict for check, verdict in verdicts.items() if verdict not in ("PASS", "SKIP")} == {}
