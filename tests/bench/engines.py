#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the in-process engines beside each other and prints a table with the bars they must clear.

Runs engine_benchmark with its rows in random alternation and takes medians of processor time, so
that a busy machine slows all rows alike. Unmodified servers are measured preloaded and over TCP in
turn. Exit status 1 when a bar is missed.

  tests/bench/engines.py [--benchmark build/release/bin/engine_benchmark] [--repetitions 9]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

import preloaded


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmark", default="build/release/bin/engine_benchmark")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--preload-library", help="libe3-preload-bench.so (default: beside the benchmark)")
    options = parser.parse_args()
    bin_dir = pathlib.Path(options.benchmark).resolve().parent
    library = options.preload_library or bin_dir / "libe3-preload-bench.so"
    rates = preloaded.measured(bin_dir, library, options.repetitions) if pathlib.Path(library).exists() else {}
    time, counter = medians(options.benchmark, options.repetitions)

    print(f"{'exchanges per second of processor time':<48} {'median':>12}")
    for name in sorted(time):
        if (name, "items_per_second") in counter and "idle" not in name:
            print(f"  {name:<46} {1 / time[name]:>12,.0f}")

    for name, (inside, outside, _) in rates.items():
        print(f"  {name + ', preloaded':<46} {inside:>12,.0f}")
        print(f"  {name + ', over TCP':<46} {outside:>12,.0f}")

    # Figure, value, bar, whether more is better.
    figures = [
        ("exchange on sim, times socketpair", time["socketpair"] / time["sim"], 40, True),
        (
            "the same with the shipped server",
            time["socketpair_shipped_server"] / time["sim_shipped_server"],
            None,
            True,
        ),
        (
            "world reset, share of a run in a new world (%)",
            100 * (1 - time["sim"] / time["sim_in_new_worlds"]),
            15,
            False,
        ),
        ("simulated seconds of idle timeouts per second", counter["sim_idle_seconds", "items_per_second"], 1e7, True),
        ("memory of a world with 10,000 connections (MiB)", counter["sim_ten_thousand_connections", "MiB"], 64, False),
    ]
    if "tcp" in time:
        figures.insert(1, ("exchange on sim, times loopback TCP", time["tcp"] / time["sim"], 120, True))

    for name, (_, _, ratio) in rates.items():
        figures.append((f"exchange with {name} preloaded, times over TCP", ratio, 100, True))

    missed = 0
    print(f"\n{'figure':<48} {'measured':>14} {'bar':>14}")
    for name, value, bar, more_is_better in figures:
        if bar is None:
            print(f"{name:<48} {value:>14,.1f} {'':>14}")
            continue
        met = value >= bar if more_is_better else value <= bar
        missed += not met
        sign = "≥" if more_is_better else "≤"
        print(f"{name:<48} {value:>14,.1f} {sign + f' {bar:,.0f}':>14} {'' if met else 'missed'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
