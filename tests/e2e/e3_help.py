# SPDX-License-Identifier: MIT
"""What --help says, read as a user reads it."""

import re
import subprocess


def help_text(bin_dir, *command, program="e3"):
    return subprocess.run(
        [bin_dir / program, *command, "--help"], capture_output=True, text=True, check=True
    ).stdout


def commands(bin_dir):
    text = help_text(bin_dir).partition("Subcommands:\n")[2].partition("\n\n")[0]
    found = re.findall(r"^  (\S+)", text, re.MULTILINE)
    assert {"run", "compare"} <= set(found), "e3 --help lists its commands under another heading"
    return found
