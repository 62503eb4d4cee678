#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server stays small: counts lines of code, without blank ones and comments.

    check_size.py LINES_MAX FOLDER...

Prints the count of each file. Exit code 0: all of them together, and each file, are within bounds.
"""

import pathlib
import sys

FILE_LINES_MAX = 300  # in all, comments included


def code_lines(text):
    lines = [line.strip() for line in text.splitlines()]
    return sum(1 for line in lines if line and not line.startswith("//"))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    assert code_lines("// why\n\nint a;  // what\n  int b;\n") == 2
    texts = {
        path: path.read_text()
        for folder in sys.argv[2:]
        for path in sorted(pathlib.Path(folder).rglob("*"))
        if path.suffix in (".h", ".cpp")
    }
    assert texts, f"no source in {sys.argv[2:]}"
    counts = {path: code_lines(text) for path, text in texts.items()}
    for path, count in counts.items():
        print(f"{count:5} {path}")
    total, limit = sum(counts.values()), int(sys.argv[1])
    print(f"{total:5} in all, of {limit}")
    long = [path for path, text in texts.items() if len(text.splitlines()) > FILE_LINES_MAX]
    for path in long:
        print(f"{path} is longer than {FILE_LINES_MAX} lines")
    return 1 if total > limit or long else 0


if __name__ == "__main__":
    sys.exit(main())
