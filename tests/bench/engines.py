#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the in-process engines beside each other and prints a table with the bars they must clear.

Runs engine_benchmark with its rows in random alternation and takes medians of processor time, so
that a busy machine slows all rows alike. Unmodified servers are measured preloaded and over TCP in
turn. Exit status 1 when a bar is missed.

  ci/build release engine_benchmark
  ci/build fuzz exchange_fuzzer
  tests/bench/engines.py [--repetitions 9]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import preloaded
from bars import Figure, show
from processor_time import per_second


def medians(program, repetitions):
    """Seconds of processor time per iteration, and the user counters, by row."""
    run = subprocess.run(
        [
            program,
            "--benchmark_format=json",
            "--benchmark_min_time=0.2",
            f"--benchmark_repetitions={repetitions}",
            "--benchmark_enable_random_interleaving=true",
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    times, counters = {}, {}
    for row in json.loads(run.stdout)["benchmarks"]:
        if row["run_type"] != "iteration":
            continue
        if "error_message" in row:
            sys.exit(f"engines.py: {row['name']}: {row['error_message']}")
        name = row["name"].split("/")[0]
        times.setdefault(name, []).append(row["cpu_time"] * 1e-9)
        for counter in ("items_per_second", "MiB"):
            if counter in row:
                counters.setdefault((name, counter), []).append(row[counter])
    return (
        {name: statistics.median(values) for name, values in times.items()},
        # Memory by the largest: later repetitions find what the first has left for them.
        {key: max(values) if key[1] == "MiB" else statistics.median(values) for key, values in counters.items()},
    )


def fuzzing_seconds(program, repetitions):
    """Seconds of processor time per execution under libFuzzer, by engine: medians of alternating runs."""
    executions = {"sim": 40_000, "socketpair": 10_000}
    times = {engine: [] for engine in executions}
    with tempfile.TemporaryDirectory() as inputs:
        for _ in range(repetitions):
            for engine, count in executions.items():
                rate = per_second(
                    lambda runs: [program, f"--engine={engine}", f"-runs={runs}", "-seed=1", inputs], count
                )
                times[engine].append(1 / rate)
    return {engine: statistics.median(values) for engine, values in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmark", default="build/release/bin/engine_benchmark")
    parser.add_argument("--fuzzer", default="build/fuzz/bin/exchange_fuzzer", help="the same exchange under libFuzzer")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--preload-library", help="libe3-preload-bench.so (default: beside the benchmark)")
    options = parser.parse_args()
    bin_dir = pathlib.Path(options.benchmark).resolve().parent
    library = options.preload_library or bin_dir / "libe3-preload-bench.so"
    rates = preloaded.measured(bin_dir, library, options.repetitions) if pathlib.Path(library).exists() else {}
    time, counter = medians(options.benchmark, options.repetitions)
    fuzzing = fuzzing_seconds(options.fuzzer, options.repetitions) if pathlib.Path(options.fuzzer).exists() else {}

    print(f"{'exchanges per second of processor time':<48} {'median':>12}")
    for name in sorted(time):
        if (name, "items_per_second") in counter and "idle" not in name:
            print(f"  {name:<46} {1 / time[name]:>12,.0f}")
    for engine, seconds in fuzzing.items():
        print(f"  {engine + ', under libFuzzer and ASan':<46} {1 / seconds:>12,.0f}")

    for name, (inside, outside, _) in rates.items():
        print(f"  {name + ', preloaded':<46} {inside:>12,.0f}")
        print(f"  {name + ', over TCP':<46} {outside:>12,.0f}")

    figures = [
        Figure("exchange on sim, times socketpair", time["socketpair"] / time["sim"], 40),
        Figure("the same with the shipped server", time["socketpair_shipped_server"] / time["sim_shipped_server"], None),
        # A server that ends and starts again in the same world makes the same calls as one in a new world.
        Figure(
            "world reset, share of a run in a new world (%)",
            100 * (1 - time["sim_restarted_server"] / time["sim_in_new_worlds"]),
            15,
            more_is_better=False,
        ),
        Figure(
            "the same with the server's own end and start (%)", 100 * (1 - time["sim"] / time["sim_in_new_worlds"]), None
        ),
        Figure("simulated seconds of idle timeouts per second", counter["sim_idle_seconds", "items_per_second"], 1e7),
        Figure(
            "memory of a world with 10,000 connections (MiB)",
            counter["sim_ten_thousand_connections", "MiB"],
            64,
            more_is_better=False,
        ),
    ]
    if "tcp" in time:
        figures.insert(1, Figure("exchange on sim, times loopback TCP", time["tcp"] / time["sim"], 120))
    for name, (_, _, ratio) in rates.items():
        figures.append(Figure(f"exchange with {name} preloaded, times over TCP", ratio, 100))
    if not fuzzing:
        print(f"\nthere is no {options.fuzzer}")
    ratio = fuzzing["socketpair"] / fuzzing["sim"] if fuzzing else None
    figures.append(Figure("exchange on sim, times socketpair, fuzzing", ratio, 6))
    return 1 if show(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
