# SPDX-License-Identifier: MIT
"""How soon fuzz_schedule's search finds servers that have one bug each."""

import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from bars import Figure
from processor_time import children_seconds

FOUND = 77  # libFuzzer's exit status

# What no scenario of at most eight peers can show to an oracle without time-outs, which compares a
# server with its own undisturbed exchange; each with the reason. The checks of `e3 run` find them.
INVISIBLE = {
    "counts-characters": "announces a wrong length undisturbed, too",
    "kills-slow-heads": "whoever waits may lose patience",
    "never-renews-write-time": "whoever waits may lose patience",
    "never-resumes-accepting": "needs a hundred connections at once",
    "no-head-time": "waiting for ever is no finding",
    "no-write-time": "waiting for ever is no finding",
    "renews-head-time": "waiting long is no finding",
    "skips-full-batch": "needs sixteen events at once",
    "table-of-200": "needs two hundred connections at once",
    "takes-any-length": "takes them undisturbed, too",
}


def seconds_until_found(program, mutant, seeds, limit):
    """Processor time from the start to the minimised finding; None when there was none in time."""
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
        return children_seconds() - before


def mutant_figures(program, seeds, limit):
    if not program.exists():
        yield Figure("mutants found (%)", None, 95)
        return
    every = subprocess.run([program, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    for stranger in INVISIBLE.keys() - set(every):
        sys.exit(f"mutants.py: there is no mutant '{stranger}'")
    visible = [mutant for mutant in every if mutant not in INVISIBLE]
    times = {mutant: seconds_until_found(program, mutant, seeds, limit) for mutant in visible}
    for mutant, seconds in sorted(times.items(), key=lambda item: item[1] or limit):
        print(f"  {mutant:<32} {'not found' if seconds is None else f'{seconds:9.2f} s'}")
    found = [seconds for seconds in times.values() if seconds is not None]
    yield Figure(f"{len(found)} of {len(visible)} mutants found within {limit} s (%)",
                 100 * len(found) / len(visible), 95)
    yield Figure("median of the seconds until one is found", statistics.median(found) if found else None, 2,
                 more_is_better=False)
