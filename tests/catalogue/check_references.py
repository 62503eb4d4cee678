#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds bugs.json to what it claims: every row once, every row answered, every test it names there.

    check_references.py UNIT_TESTS_PROGRAM E2E_FOLDER

Exit code 0: it holds; 1: it does not, and each line says why.
"""

import json
import pathlib
import re
import subprocess
import sys


def unit_tests(program):
    """The names that GoogleTest lists, as SUITE.TEST."""
    listing = subprocess.run(
        [program, "--gtest_list_tests"], check=True, capture_output=True, text=True
    ).stdout
    names, suite = set(), ""
    for line in listing.splitlines():
        if line.startswith("  "):
            names.add(suite + line.split("#")[0].strip())
        else:
            suite = line.split("#")[0].strip()
    return names


def e2e_tests(folder):
    sources = "\n".join(path.read_text() for path in pathlib.Path(folder).glob("test_*.py"))
    return set(re.findall(r"^def (test_\w+)\(", sources, re.MULTILINE))


def refuse_duplicates(pairs):
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"listed twice: {', '.join(twice)}")
    return dict(pairs)


def complaints(text, known_tests):
    catalogue = json.loads(text, object_pairs_hook=refuse_duplicates)
    bugs = catalogue["bugs"]
    if len(bugs) != catalogue["count"]:
        yield f"{len(bugs)} bugs, not {catalogue['count']}"
    for bug, answer in bugs.items():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", bug):
            yield f"{bug}: not a lower-case name"
        if list(answer) in (["cannot_occur"], ["lived_with"]):
            (reason,) = answer.values()
            if len(reason) < 20:
                yield f"{bug}: no reason in {next(iter(answer))}"
        elif list(answer) != ["tested_by"] or not answer["tested_by"]:
            yield f"{bug}: wants tests in tested_by, or a reason in cannot_occur or lived_with"
        else:
            for test in answer["tested_by"]:
                if test not in known_tests:
                    yield f"{bug}: there is no test {test}"


# What the check itself must find, each a catalogue with one fault.
FAULTS = {
    '{"count": 2, "bugs": {"a": {"tested_by": ["T.A"]}}}': "1 bugs, not 2",
    '{"count": 1, "bugs": {"a": {"tested_by": ["T.B"]}}}': "a: there is no test T.B",
    '{"count": 1, "bugs": {"a": {"tested_by": []}}}': "a: wants tests",
    '{"count": 1, "bugs": {"a": {"cannot_occur": "no"}}}': "a: no reason in cannot_occur",
    '{"count": 1, "bugs": {"a": {"lived_with": "so"}}}': "a: no reason in lived_with",
}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    known_tests = unit_tests(sys.argv[1]) | e2e_tests(sys.argv[2])
    for text, expected in FAULTS.items():
        found = list(complaints(text, {"T.A"}))
        assert len(found) == 1 and found[0].startswith(expected), (text, found)
    catalogue = pathlib.Path(__file__).with_name("bugs.json").read_text()
    found = list(complaints(catalogue, known_tests))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
