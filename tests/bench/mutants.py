# SPDX-License-Identifier: MIT
"""How soon fuzz_schedule's search finds servers that have one bug each, and how short it says so."""

import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import typing

from bars import Figure
from processor_time import children_seconds

FOUND = 77  # libFuzzer's exit status

# What no scenario of at most eight peers can show to an oracle without time-outs, which compares a
# server with its own undisturbed exchange; each with the reason. The checks of `e3 run` find them.
INVISIBLE = {
    "binds-without-reuse": "only a program finds its port in TIME_WAIT",
    "counts-characters": "announces a wrong length undisturbed, too",
    "half-closes-overdue": "waiting for ever is no finding",
    "ignores-sigterm": "only a program is told to end",
    "keeps-buffers": "memory is measured of programs only",
    "kills-slow-heads": "whoever waits may lose patience",
    "leaves-threads": "the simulated kernel refuses threads, which is another finding",
    "never-renews-write-time": "whoever waits may lose patience",
    "never-resumes-accepting": "needs a hundred connections at once",
    "no-head-time": "waiting for ever is no finding",
    "no-write-time": "waiting for ever is no finding",
    "renews-head-time": "waiting long is no finding",
    "retries-without-memory": "failing calls lead nowhere by themselves, and end",
    "skips-full-batch": "needs sixteen events at once",
    "spins-in-full-system": "failing calls lead nowhere by themselves, and end",
    "table-of-200": "needs two hundred connections at once",
    "takes-any-length": "takes them undisturbed, too",
}

# In these there is nothing to find: a finding would be one of the search's own making.
CORRECT = ("correct", "correct-edge-triggered")


class Finding(typing.NamedTuple):
    seconds: float  # of processor time, from the start to the minimised scenario
    steps: int  # of that scenario


def steps_in(output):
    """Of the minimised scenario: one a line, up to the first empty line."""
    (scenario,) = re.findall(r"^minimised scenario:\n(.*?)\n\n", output, re.MULTILINE | re.DOTALL)
    return len(scenario.splitlines())


def find(program, mutant, seeds, limit):
    """None when nothing was found in time."""
    with tempfile.TemporaryDirectory() as scratch:
        inputs = shutil.copytree(seeds, pathlib.Path(scratch) / "inputs")
        command = [program, f"--mutant={mutant}", "-seed=1", "-max_len=512", f"-max_total_time={limit}",
                   f"-artifact_prefix={scratch}/", inputs]
        before = children_seconds()
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if run.returncode == 0:
            return None
        if run.returncode != FOUND or "\nfinding: " not in run.stdout:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}")
        return Finding(children_seconds() - before, steps_in(run.stdout))


def mutant_figures(program, seeds, limit):
    if not program.exists():
        yield Figure("mutants found (%)", None, 95)
        return
    every = subprocess.run([program, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    for stranger in INVISIBLE.keys() - set(every):
        sys.exit(f"mutants.py: there is no mutant '{stranger}'")
    for control in CORRECT:
        if wrong := find(program, control, seeds, limit):
            sys.exit(f"mutants.py: something was found in '{control}', which is correct, after {wrong.seconds:.0f} s")
    visible = [mutant for mutant in every if mutant not in INVISIBLE]
    findings = {mutant: find(program, mutant, seeds, limit) for mutant in visible}
    found = {mutant: finding for mutant, finding in findings.items() if finding}
    for mutant, finding in sorted(found.items(), key=lambda item: item[1]):
        print(f"  {mutant:<32} {finding.seconds:9.2f} s {finding.steps:6} steps")
    for mutant in visible:
        if mutant not in found:
            print(f"  {mutant:<32} not found")
    yield Figure(f"{len(found)} of {len(visible)} mutants found within {limit} s (%)",
                 100 * len(found) / len(visible), 95)
    for name, bar, values in (
        ("seconds until one is found", 2, [finding.seconds for finding in found.values()]),
        ("steps of a minimised scenario", 5, [finding.steps for finding in found.values()]),
    ):
        yield Figure(f"median of the {name}", statistics.median(values) if values else None, bar,
                     more_is_better=False)
