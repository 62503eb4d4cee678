# SPDX-License-Identifier: MIT
"""Whatever signal ends e3, and whatever it does then, no program that it has started stays."""

import pathlib
import signal

import pytest

from program import wait_until

pytestmark = pytest.mark.any_build

SCENARIO = pathlib.Path(__file__).resolve().parents[2] / "corpus/scenarios/burst.e3"
# It never listens, and has a child of its own, which the kernel does not end with e3.
PROGRAM = ["--spawn", "bash -c 'sleep 1000 & wait' {port}"]


def running(start, *words):
    run = start(*words, *PROGRAM)
    wait_until(lambda: len(run.descendants()) == 2, "the program to run")
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "words",
    [["run"], ["replay", SCENARIO], ["minimize", SCENARIO], ["exhaust"], ["probe"]],
    ids=lambda words: words[0],
)
def test_a_signal_stops_the_program_while_it_is_waited_for(start, words, number):
    run = running(start, "e3", *words)
    run.send_signal(number)
    assert run.wait() == 130, run.stderr
    assert run.descendants() == []


def test_under_nohup_the_end_of_the_terminal_ends_nothing(start, bin_dir):
    run = running(start, "/usr/bin/nohup", bin_dir / "e3", "run")
    with open(f"/proc/{run.pid}/status") as status:
        (ignored,) = (line.split()[1] for line in status if line.startswith("SigIgn:"))
    assert int(ignored, 16) >> (signal.SIGHUP - 1) & 1
    assert run.stop(signal.SIGTERM) == 130
