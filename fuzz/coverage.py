#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what share of the server's reachable lines an lcov report says are covered, file by file.

usage: fuzz/coverage.py REPORT

Lines that no input can reach stand in unreachable_lines.txt. Exit status 1 when the total is below
the bar, or when a line that stands there is covered or no longer in its file.
"""

import collections
import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
UNREACHABLE = SOURCE / "fuzz" / "unreachable_lines.txt"
BAR = 97


def line_counts(report):
    """{file of the server: {line: how often it ran}}"""
    counts = collections.defaultdict(dict)
    lines = {}
    for record in report.read_text().splitlines():
        if record.startswith("SF:"):
            path = pathlib.Path(record[3:])
            path = (path if path.is_absolute() else SOURCE / path).resolve()
            name = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else ""
            lines = counts[name] if name.startswith("server/") else {}
        elif record.startswith("DA:"):
            number, count = record[3:].split(",")[:2]
            lines[int(number)] = int(count)
    return counts


def listed_lines():
    """[(file, first text, last text)] of unreachable_lines.txt"""
    entries = []
    for line in UNREACHABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("  "):
            entries[-1][1].append(line[2:])
        else:
            name, _reason = line.split(": ", 1)
            entries.append((name, []))
    for name, texts in entries:
        if len(texts) != 1 and not (len(texts) == 3 and texts[1] == "..."):
            sys.exit(f"{UNREACHABLE}: {name}: write one line, or the first, '...' and the last")
        yield name, texts[0], texts[-1]


def place_of(name, first, last):
    """The numbers of the lines from the only one that reads `first` to the next that reads `last`."""
    lines = (SOURCE / name).read_text().splitlines()
    if lines.count(first) != 1:
        raise LookupError(f"{name}: stands there {lines.count(first)} times: {first}")
    begin = lines.index(first)
    if last not in lines[begin:]:
        raise LookupError(f"{name}: does not stand behind '{first}': {last}")
    return range(begin + 1, lines.index(last, begin) + 2)


def take_out_unreachable(counts):
    """Removes what is listed; returns what is wrong with the list."""
    mistakes = []
    for name, first, last in listed_lines():
        try:
            place = place_of(name, first, last)
        except LookupError as mistake:
            mistakes.append(str(mistake))
            continue
        mistakes += [f"{name}:{number} is reached after all" for number in place if counts[name].get(number, 0) > 0]
        if not any(number in counts[name] for number in place):
            mistakes.append(f"{name}:{place.start} has no code: {first}")
        for number in place:
            counts[name].pop(number, None)
    return mistakes


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    counts = line_counts(pathlib.Path(sys.argv[1]))
    mistakes = take_out_unreachable(counts)
    all_lines = all_covered = 0
    print(f"{'file':<46} {'reachable':>9} {'covered':>9}")
    for name, lines in sorted(counts.items()):
        if not name or not lines:
            continue
        covered = sum(count > 0 for count in lines.values())
        all_lines += len(lines)
        all_covered += covered
        print(f"{name:<46} {len(lines):>9} {100 * covered / len(lines):>8.1f}%")
        for number, count in sorted(lines.items()):
            if count == 0:
                print(f"  {number}: {(SOURCE / name).read_text().splitlines()[number - 1].strip()}")
    if not all_lines:
        sys.exit(f"{sys.argv[1]} knows no line of the server")
    share = 100 * all_covered / all_lines
    print(f"{'all':<46} {all_lines:>9} {share:>8.1f}%   bar: {BAR}%")
    for mistake in mistakes:
        print(f"{UNREACHABLE.relative_to(SOURCE)}: {mistake}")
    return 1 if mistakes or share < BAR else 0


if __name__ == "__main__":
    sys.exit(main())
