#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures fuzzing, torture and exhaustion and prints a table with the bars they must clear.

Each figure is the median of several runs on one core, in processor time. Executions are those of the
seeds of at most 512 bytes as libFuzzer runs them, unmutated; its pace while it fuzzes is shown beside
that. Exit status 1 when a bar is missed.

  ci/build release e3
  ci/build fuzz fuzz_schedule fuzz_schedule_seeds fuzz_schedule_kernel_seeds fuzz_parser_seeds mutant_fuzzer
  ci/build fuzz-fast fuzz_schedule_seeds
  tests/bench/fuzzing.py [--repetitions 9] [--only mutants]
"""

import argparse
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from bars import Figure, show
from mutants import mutant_figures
from processor_time import per_second, processor_seconds

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CORPUS = SOURCE / "corpus"
SEED_MAX = 512
# Its 78 calls are no fewer than the 65 of the scenario that the bar was set with.
TORTURED = CORPUS / "scenarios" / "fault-interrupted-accept.e3"
FRAGMENTED = r"GET / HTTP/1.0\r\n\r\n"


def median(measure, repetitions):
    return statistics.median(measure() for _ in range(repetitions))


def small_seeds(name, folder):
    """A copy of the seeds that are small enough, which libFuzzer may add to."""
    folder.mkdir()
    for seed in (CORPUS / name).iterdir():
        if seed.stat().st_size <= SEED_MAX:
            shutil.copy(seed, folder)
    return folder


def executions_per_second(program, seeds, count, scratch):
    """Each run finds the seeds alone, whatever the runs before it have added to theirs."""
    # libFuzzer's weighing of its inputs costs more than an execution, and favours some of them.
    weighing = ["-entropic=0"] if program.name.endswith("_seeds") else []

    def command(runs):
        inputs = small_seeds(seeds, pathlib.Path(tempfile.mkdtemp(dir=scratch)) / "inputs")
        return [program, f"-runs={runs}", "-seed=1", f"-max_len={SEED_MAX}", *weighing, inputs]

    return per_second(command, count)


def torture_per_second(e3, pairs):
    """Runs; those of single faults are in both, so that only pairs count."""
    return per_second(lambda number: [e3, "torture", "--scenario", TORTURED, "--pairs", str(number)], pairs)


def seconds_for_all_fragmentations(e3):
    return processor_seconds([e3, "exhaust", "--only", "fragmentations", "--request", FRAGMENTED])


def rate_figures(options, scratch):
    # Name, program, seeds, executions, bar.
    rows = (
        ("fuzz_schedule, ASan, its seeds", options.asan / "fuzz_schedule_seeds", "fuzz_schedule", 50_000, 60_000),
        ("the same while fuzzing", options.asan / "fuzz_schedule", "fuzz_schedule", 20_000, None),
        ("the same without sanitizers", options.plain / "fuzz_schedule_seeds", "fuzz_schedule", 100_000, 200_000),
        ("fuzz_schedule_kernel, ASan", options.asan / "fuzz_schedule_kernel_seeds", "fuzz_schedule", 5_000, 12_000),
        ("fuzz_parser, ASan", options.asan / "fuzz_parser_seeds", "fuzz_parser", 300_000, 200_000),
    )
    for name, program, seeds, count, bar in rows:
        value = None
        if program.exists():
            value = median(lambda: executions_per_second(program, seeds, count, scratch), options.repetitions)
        yield Figure(f"{name}: executions per second", value, bar)


def exploring_figures(options):
    if not options.e3.exists():
        yield Figure("torture runs per second", None, 150_000)
        yield Figure("all fragmentations of 18 bytes: seconds", None, 1, more_is_better=False)
        return
    calls = subprocess.run([options.e3, "torture", "--scenario", TORTURED, "--pairs", "0"],
                           check=True, stdout=subprocess.PIPE, text=True).stdout
    calls = re.search(r"(\d+) calls", calls)[1]
    yield Figure(f"torture of {calls} calls: runs per second",
                 median(lambda: torture_per_second(options.e3, 40_000), options.repetitions), 150_000)
    yield Figure("all 131,072 fragmentations of 18 bytes: seconds",
                 median(lambda: seconds_for_all_fragmentations(options.e3), options.repetitions), 1,
                 more_is_better=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--asan", type=pathlib.Path, default="build/fuzz/bin", help="programs with sanitizers")
    parser.add_argument("--plain", type=pathlib.Path, default="build/fuzz-fast/bin", help="programs without")
    parser.add_argument("--e3", type=pathlib.Path, default="build/release/bin/e3", help="an optimised e3")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--only", choices=("rates", "mutants"))
    parser.add_argument("--seconds", type=int, default=60, help="for each mutant")
    options = parser.parse_args()

    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        if options.only != "mutants":
            figures += rate_figures(options, pathlib.Path(scratch))
            figures += exploring_figures(options)
        if options.only != "rates":
            seeds = small_seeds("fuzz_schedule", pathlib.Path(scratch) / "seeds")
            figures += mutant_figures(options.asan / "mutant_fuzzer", seeds, options.seconds)
    return 1 if show(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
