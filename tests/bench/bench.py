#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures e3-server beside nginx, lighttpd, haproxy, libevent's evhttp and a loop written by hand.

Instructions are counted by callgrind, system calls by strace; processor time is measured while wrk
loads the servers by turns. No figure here is a speed of the machine: they are counts, or ratios of
what was measured in the same run.

Exit code 0: every bar is met; 1: one is not; 2: something that is needed is missing."""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import report
from figures import all_figures, quick_figures
from servers import find_programs

EXAMPLES = """examples:
  tests/bench/bench.py                                    the table, in about five minutes
  tests/bench/bench.py --json figures.json --update tests/bench/README.md
  tests/bench/bench.py --quick                            shows that it works, judges counts alone"""


def parse_arguments():
    arguments = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"),
                           help="folder of the built programs (default: %(default)s)")
    arguments.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there")
    arguments.add_argument("--update", type=pathlib.Path, metavar="FILE",
                           help="write the table into this document, between its two marks")
    arguments.add_argument("--quick", action="store_true",
                           help="one short round; figures that depend on speed are not judged")
    return arguments.parse_args()


def what_is_missing(options, programs):
    missing = [tool for tool in ("valgrind", "strace", "wrk") if not shutil.which(tool)]
    missing += [name for name, program in programs.items() if program is None]
    missing += [name for name in ("parser_load", "http_parser_load") if not (options.bin / name).exists()]
    return missing


def measure(options, programs):
    """The figures, each printed as soon as it is known."""
    measured = []
    print(report.line(report.COLUMNS), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        rows = quick_figures if options.quick else all_figures
        for figure in rows(programs, options.bin, pathlib.Path(scratch)):
            print(report.line(report.cells(figure)).rstrip(), flush=True)
            measured.append(figure)
    return measured


def main():
    options = parse_arguments()
    programs = find_programs(options.bin)
    if missing := what_is_missing(options, programs):
        print(f"bench: missing: {', '.join(missing)}; run ci/install-dependencies bench, "
              "then ci/build release", file=sys.stderr)
        return 2
    if options.update and not report.has_section(options.update):
        print(f"bench: {options.update} lacks the lines {report.BEGIN} and {report.END}", file=sys.stderr)
        return 2
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 65536), limit))
    try:
        figures = measure(options, programs)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if options.json:
        report.write(options.json, report.as_json(figures))
    if options.update:
        report.update_section(options.update, figures)
    judged = [figure for figure in figures if not (options.quick and figure.timed)]
    unmet = [figure.name for figure in judged if not figure.met]
    print(f"bench: {len(figures)} figures, {len(judged)} judged, "
          f"{'every bar is met' if not unmet else 'not met: ' + '; '.join(unmet)}")
    return 1 if unmet else 0


if __name__ == "__main__":
    sys.exit(main())
