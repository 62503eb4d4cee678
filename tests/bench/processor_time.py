# SPDX-License-Identifier: MIT
"""Processor time of programs: a busy machine lengthens it less than the time on the clock."""

import resource
import subprocess
import sys


def children_seconds():
    """User and system time of the programs that have been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processor_seconds(command):
    """That of one run of the command, which must succeed."""
    before = children_seconds()
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}")
    return children_seconds() - before


def per_second(command, count):
    """How much of what `command(n)` does n times is done in a second: what is not repeated cancels out."""
    few, many = (processor_seconds(command(times)) for times in (count // 10, count + count // 10))
    return count / (many - few)
