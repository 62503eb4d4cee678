#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Puts e3-server under loads that are known to bring servers down, and asserts what it must stand.

Exit code 0: it stood all of them; 1: one it did not; 2: wrong usage, or not built."""

import argparse
import dataclasses
import pathlib
import resource
import sys
import time

import proofs

PROOFS = {
    "10k": proofs.held_connections,
    "slowloris": proofs.slow_heads,
    "short": proofs.short_connections,
    "never-read": proofs.never_read,
}
EXAMPLES = """examples:
  tests/load/load.py                    all four, in a few minutes
  tests/load/load.py slowloris          one of them
  tests/load/load.py --quick            smaller: shows that they work"""


@dataclasses.dataclass
class Sizes:
    is_short: bool = False
    held: int = 10_000
    attackers: int = 2_000
    rounds: int = 7
    requests: int = 2_000
    short: int = 1_000_000
    silent: int = 1_000


QUICK = Sizes(is_short=True, held=2_000, attackers=500, rounds=1, requests=200, short=20_000, silent=100)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("load", nargs="?", choices=[*PROOFS, "all"], default="all", help="default: all")
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"),
                        help="folder of the built programs (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="smaller loads; times are not judged")
    return parser.parse_args()


def raise_descriptor_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


def main():
    options = parse_arguments()
    programs = ("e3-server", "short_connections", "slow_heads")
    if missing := [name for name in programs if not (options.bin / name).exists()]:
        print(f"load: {options.bin} lacks {', '.join(missing)}: run ci/build release", file=sys.stderr)
        return 2
    sizes = QUICK if options.quick else Sizes()
    try:
        raise_descriptor_limit(sizes.held + 1000)
    except (ValueError, OSError) as error:
        print(f"load: {sizes.held + 1000} descriptors are needed ({error}); raise `ulimit -Hn`", file=sys.stderr)
        return 2
    failed = 0
    for name in PROOFS if options.load == "all" else [options.load]:
        begun = time.monotonic()
        try:
            print(f"{name}: {PROOFS[name](options.bin.resolve(), sizes)} ({time.monotonic() - begun:.1f} s)", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"{name}: FAILED: {error}", flush=True)
    print(f"load: {'all stood' if not failed else f'{failed} not stood'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
