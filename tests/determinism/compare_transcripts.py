#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same seed gives the same transcript: run after run, with and without random addresses, in every build.

Runs all in-process checks twice on each engine that repeats, the second time under `setarch --addr-no-randomize`.
With --record, writes the transcripts' hashes down, together with a digest of the sources, and compares them with
what the builds beside this one have written down for the same sources. Exit status 1 when any two differ.
"""

import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ENGINES = ("sim", "socketpair")
SOURCES = ("harness", "server")


def transcript(program, engine, seed, wrapper=()):
    run = subprocess.run(
        [*wrapper, program, "run", "--engine", engine, "--seed", str(seed)], stdout=subprocess.PIPE, text=True
    )
    found = re.search(r"^transcript ([0-9a-f]{16})$", run.stdout, re.MULTILINE)
    if run.returncode != 0 or not found:
        sys.exit(f"compare_transcripts.py: {program} on {engine} failed:\n{run.stdout}")
    return found[1]


def sources(root):
    """All files that decide what a program does, oldest name first."""
    return [path for folder in SOURCES for path in sorted((root / folder).rglob("*")) if path.is_file()]


def digest(paths):
    result = hashlib.sha256()
    for path in paths:
        result.update(f"{path.name}\0".encode() + path.read_bytes())
    return result.hexdigest()


def differences(program, seed, second_seed):
    """The hashes by engine, and what differs between two runs of this program."""
    hashes, found = {}, []
    for engine in ENGINES:
        hashes[engine] = transcript(program, engine, seed)
        fixed = transcript(program, engine, second_seed, ("setarch", "--addr-no-randomize"))
        if fixed != hashes[engine]:
            found.append(f"{engine}: {hashes[engine]} at first, then {fixed} with addresses not random")
    return hashes, found


def compare_builds(record, hashes, seed, paths):
    """Writes this build's hashes down; what differs from those of other builds of the same sources."""
    mine = {"sources": digest(paths), "seed": seed, "transcripts": hashes}
    record.write_text(json.dumps(mine, indent=2) + "\n")
    found, compared = [], []
    for path in sorted(record.parent.parent.glob(f"*/{record.name}")):
        other = json.loads(path.read_text())
        if path == record or (other["sources"], other["seed"]) != (mine["sources"], mine["seed"]):
            continue
        compared.append(path.parent.name)
        if other["transcripts"] != hashes:
            found.append(f"here {hashes}, in {path.parent.name} {other['transcripts']}")
    return found, compared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path, help="e3 of one build")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--second-seed", type=int, help="of the second run, to show that a difference is noticed")
    parser.add_argument("--record", type=pathlib.Path, help="in the build's own folder, beside other builds' folders")
    options = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2]

    hashes, found = differences(options.program, options.seed, options.second_seed or options.seed)
    compared = []
    if options.record and not found:
        paths = sources(root)
        # A program older than its sources says nothing about them.
        if max(path.stat().st_mtime for path in paths) <= options.program.stat().st_mtime:
            found, compared = compare_builds(options.record, hashes, options.seed, paths)
    for line in found:
        print("the transcripts differ:", line)
    if not found:
        print("one transcript each:", hashes, "as in", ", ".join(compared) or "no other build of these sources")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
