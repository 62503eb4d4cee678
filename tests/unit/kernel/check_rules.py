#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each numbered rule has a test with its number, on the simulated kernel and on the running one.

Tests tell their rule in their name: TcpRules.Rule3FirstSendToAClosedPeerSucceeds. Exit status 1, with a line
for each gap, when a rule has no test on one of the kernels, or a test has a number that is no rule's.
"""

import argparse
import pathlib
import re
import subprocess
import sys


def tested(programs):
    """The numbers in the names of the programs' tests."""
    numbers = set()
    for program in programs:
        names = subprocess.run([program, "--gtest_list_tests"], check=True, stdout=subprocess.PIPE, text=True).stdout
        numbers |= {int(number) for number in re.findall(r"\bRule(\d+)[A-Z]", names)}
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", default=[], metavar="PROGRAM")
    parser.add_argument("--linux", action="append", default=[], metavar="PROGRAM")
    parser.add_argument("rules", type=pathlib.Path, help="Markdown with a numbered list of rules")
    options = parser.parse_args()

    rules = {int(number) for number in re.findall(r"^(\d+)\. ", options.rules.read_text(), re.MULTILINE)}
    gaps = [] if rules else ["no rules found"]
    for kernel, programs in (("simulated", options.model), ("running", options.linux)):
        numbers = tested(programs)
        gaps += [f"rule {number} has no test on the {kernel} kernel" for number in sorted(rules - numbers)]
        gaps += [f"tests on the {kernel} kernel name rule {number}: there is none" for number in sorted(numbers - rules)]
    print("\n".join(gaps) or f"{len(rules)} rules, each with tests on both kernels")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
