#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a manual page of what a program says for --help.

usage: manual_page.py PROGRAM [COMMAND] > PAGE
"""

import pathlib
import re
import subprocess
import sys

HEADING = re.compile(r"^([A-Z][\w ]*):(.*)$")
ENTRY = re.compile(r"^  (\S.*?)(?:\s{2,}(.*))?$")


def troff(text):
    """Text as troff takes it: no line begins a request, and a hyphen stays one."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in text.split("\n"))


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def sections_of(help_text):
    """[(heading, lines)]; what stands before the first heading is under ''."""
    sections = [("", [])]
    for line in help_text.splitlines():
        heading = HEADING.match(line)
        if heading:
            sections.append((heading[1], [heading[2].strip()] if heading[2].strip() else []))
        else:
            sections[-1][1].append(line)
    return sections


def entries(lines):
    """Options and commands as tagged paragraphs."""
    for line in lines:
        entry = ENTRY.match(line)
        if entry and not line.startswith("    "):
            yield f".TP\n.B {troff(entry[1])}\n{troff(entry[2] or '')}"
        elif line.strip():
            yield troff(line.strip())


def page(program, command):
    name = "-".join(filter(None, [pathlib.Path(program).name, command]))
    told = subprocess.run([program, "--version"], capture_output=True, text=True)
    version = " " + told.stdout.split()[-1] if told.returncode == 0 else ""
    sections = sections_of(output(*filter(None, [program, command]), "--help"))
    about = " ".join(line.strip() for line in sections[0][1] if line.strip())
    yield f'.TH {name.upper()} 1 "" "e3{version}" "User Commands"'
    yield f".SH NAME\n{troff(name)} \\- {troff(about.splitlines()[0] if about else name)}"
    for heading, lines in sections[1:]:
        title = {"Usage": "SYNOPSIS", "Subcommands": "COMMANDS", "Positionals": "ARGUMENTS"}
        yield f".SH {title.get(heading, heading.upper())}"
        if heading in ("Options", "Subcommands", "Positionals"):
            yield from entries(lines)
        else:
            yield ".nf\n" + troff("\n".join(line.rstrip() for line in lines).strip("\n")) + "\n.fi"
    yield ".SH SEE ALSO\n.BR e3 (1)" + ("" if command else ", and e3 COMMAND \\-\\-help")


if __name__ == "__main__":
    print("\n".join(page(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")))
