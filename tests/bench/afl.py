#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures how soon AFL++ finds the mutants by which fuzz_schedule is measured.

The mutants are built with AFL++'s instrumentation, ASan and a stand-in for the sockets (desock.cpp),
and run in persistent mode with its own dictionary and seeds: the requests of fuzz_parser. A crash
or a hang is a finding; AFL++ has no other. Compare with the table of fuzzing.py --only mutants.

  tests/bench/afl.py [--seconds 60] [MUTANT]...
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

from mutants import INVISIBLE

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SEEDS = SOURCE / "corpus" / "fuzz_parser"
MUTANTS = SOURCE / "harness" / "mutants"
SOURCES = [SOURCE / "tests" / "bench" / "desock.cpp", MUTANTS / "listening_socket.cpp", MUTANTS / "tiny_bugs.cpp",
           MUTANTS / "tiny_server.cpp", MUTANTS / "tiny_serving.cpp"]
# The machine's settings, which AFL++ would rather have changed, are no matter here.
SETTINGS = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_NO_AFFINITY": "1", "AFL_QUIET": "1",
            "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_BENCH_UNTIL_CRASH": "1"}
HANG_MS = 200


def build(program):
    command = ["afl-clang-fast++", "-std=c++20", "-O2", "-g1", "-fsanitize=address,fuzzer", f"-I{SOURCE}", *SOURCES,
               "-o", program]
    subprocess.run(command, check=True, env=os.environ | SETTINGS)


def visible_mutants(program):
    """Those that fuzz_schedule can see, in the order of the program's own list."""
    asked = subprocess.run([program, next(SEEDS.iterdir())], stderr=subprocess.PIPE, text=True,
                           env=os.environ | {"E3_MUTANT": ""})
    names = asked.stderr.partition("must be one of:\n")[2].splitlines()
    if not names:
        sys.exit(f"{program} lists no mutants:\n{asked.stderr}")
    return [name for name in names if name not in INVISIBLE]


def fuzz(program, mutant, seconds):
    """What was found and after how many seconds, or None; and how many executions a second there were."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["afl-fuzz", "-i", SEEDS, "-o", scratch, "-x", SOURCE / "fuzz" / "http.dict",
                   "-V", str(seconds), "-s", "1", "-t", f"{HANG_MS}+", "-m", "none", "--", program]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                             env=os.environ | SETTINGS | {"E3_MUTANT": mutant})
        results = pathlib.Path(scratch) / "default"
        # The seeds may do: it says so, and gives up when all of them do.
        seed = re.search(r"results in a (crash|timeout)", run.stdout)
        if seed:
            return (f"{seed[1]} by a seed", 0.0), None
        stats = results / "fuzzer_stats"
        if not stats.exists():
            sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}")
        rate = float(re.search(r"^execs_per_sec *: ([\d.]+)", stats.read_text(), re.MULTILINE)[1])
        for kind in ("crashes", "hangs"):
            times = [int(re.search(r"time:(\d+)", file.name)[1]) / 1000 for file in (results / kind).glob("id:*")]
            if times:
                return (kind, min(times)), rate
        return None, rate


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mutants", nargs="*", metavar="MUTANT", help="all that can be seen unless given")
    parser.add_argument("--seconds", type=int, default=60, help="for each mutant")
    options = parser.parse_args()

    found, rates = [], []
    with tempfile.TemporaryDirectory() as scratch:
        program = pathlib.Path(scratch) / "desock"
        build(program)
        mutants = options.mutants or visible_mutants(program)
        for mutant in mutants:
            finding, rate = fuzz(program, mutant, options.seconds)
            rates += [rate] if rate else []
            if finding:
                found.append(finding[1])
            shown = f"{finding[0]:<16} {finding[1]:6.1f} s" if finding else "not found"
            print(f"  {mutant:<32} {shown}", flush=True)
    print(f"\nAFL++ with desocketed mutants: {len(found)} of {len(mutants)} found within {options.seconds} s each, "
          f"median of those {statistics.median(found) if found else 0:.1f} s, "
          f"{statistics.median(rates) if rates else 0:,.0f} executions per second")


if __name__ == "__main__":
    main()
