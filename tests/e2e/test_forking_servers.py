# SPDX-License-Identifier: MIT
"""What e3 says about a server of several processes: it may add some, and none may keep what a peer
has left."""

import pathlib
import sys

import pytest

pytestmark = pytest.mark.any_build

SERVER = pathlib.Path(__file__).with_name("forking_server.py")
PROFILE = 'request = "hello\\n"\nanswer_end = "\\n"\n'


@pytest.fixture
def run_against(start, tmp_path):
    def run(mode):
        profile = tmp_path / "line.toml"
        profile.write_text(PROFILE)
        return start(
            *["e3", "run", "close.hangup.fin", "--profile", profile],
            *["--spawn", f"{sys.executable} {SERVER} {{port}} {mode}"],
        )

    return run


def test_a_server_may_add_workers_at_any_time(run_against):
    run = run_against("adds-workers")
    assert run.wait() == 0, run.stdout
    assert run.descendants() == []


def test_a_process_that_outlives_its_connection_is_a_leak(run_against):
    run = run_against("leaves-processes")
    assert run.wait() == 1
    assert "fd-leak-error-path" in run.stdout
    assert run.descendants() == []
