# SPDX-License-Identifier: MIT
"""The documents say what is so: every command they show is run, and nothing public goes unnamed.

A fenced block of the language `console` is a session: lines that begin with `$ ` are run by bash in
the repository's root, the others are what they print. A line `...` stands for any lines, `...`
inside of a line for any text; a line `[exit status N]` tells a status other than 0. Blocks of the
language `sh`, and code within a sentence, are only checked to use options that the command has.
"""

import os
import pathlib
import re
import subprocess

import pytest

from e3_help import commands, help_text

pytestmark = pytest.mark.any_build

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+(\.\d+)?( ?)s\b")


def documents():
    names = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [ROOT / name for name in names]


def sessions():
    for path in documents():
        for number, block in enumerate(BLOCK.finditer(path.read_text())):
            if block[1] == "console":
                yield pytest.param(block[2], id=f"{path.relative_to(ROOT)}-{number}")


def commands_of(block):
    """[(command, expected lines, status)]"""
    commands = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:], [], 0])
        elif status := re.fullmatch(r"\[exit status (\d+)\]", line):
            commands[-1][2] = int(status[1])
        else:
            commands[-1][1].append(line)
    return commands


def pattern_of(expected):
    """A regular expression for what a session shows."""
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            pieces = [re.escape(SECONDS.sub("0s", piece)) for piece in line.split("...")]
            parts.append(".*".join(pieces) + "\n")
    return "".join(parts)


@pytest.mark.parametrize("block", sessions())
def test_a_session_is_what_it_shows(bin_dir, block):
    for command, expected, status in commands_of(block):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=ROOT,
            env={**os.environ, "PATH": f"{bin_dir}:{os.environ['PATH']}", "COLUMNS": "80"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
        shown = SECONDS.sub("0s", done.stdout + done.stderr)
        assert re.fullmatch(pattern_of(expected), shown), f"{command} prints:\n{done.stdout}{done.stderr}"


def options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def all_text():
    return "\n".join(path.read_text() for path in documents())


def test_every_command_and_option_is_documented(bin_dir):
    text = all_text()
    for command in commands(bin_dir):
        assert f"e3 {command}" in text, f"no document names `e3 {command}`"
        missing = options(help_text(bin_dir, command)) - options(text)
        assert not missing, f"no document names these options of e3 {command}: {missing}"


def code_lines(text):
    """Each line of a fenced block, and each `span` of code outside of them."""
    for block in BLOCK.finditer(text):
        yield from block[2].replace("\\\n", " ").splitlines()
    yield from re.findall(r"`([^`]+)`", BLOCK.sub("", text).replace("\n", " "))


def uses_of_e3(line):
    """(command, what follows it) for each e3 that the line runs. What stands in quotes is for others."""
    line = re.sub(r"'[^']*'|\"[^\"]*\"", "QUOTED", line).partition(" #")[0]
    for part in re.split(r"&&|\|\|?|;|<\(", line):
        if use := re.match(r"\s*(?:\$ )?(?:\w+=\S* )*(?:\S*/)?e3 ([a-z]+)\b(?!:)(.*)", part):
            yield use[1], use[2]


def test_documents_show_no_option_that_does_not_exist(bin_dir):
    known = {command: options(help_text(bin_dir, command)) for command in commands(bin_dir)}
    shown = set()
    for path in documents():
        for line in code_lines(path.read_text()):
            for command, words in uses_of_e3(line):
                assert command in known, f"{path.name}: there is no e3 {command}: {line}"
                unknown = options(words) - known[command]
                assert not unknown, f"{path.name}: e3 {command} has no {unknown}: {line}"
                shown.add(command)
    assert shown == set(known), f"no document shows these commands: {set(known) - shown}"


def test_examples_of_help_use_options_that_the_command_has(bin_dir):
    for of in commands(bin_dir):
        text = help_text(bin_dir, of)
        shown = set()
        for line in text.partition("Examples:\n")[2].splitlines():
            for command, words in uses_of_e3(line):
                unknown = options(words) - options(help_text(bin_dir, command))
                assert not unknown, f"e3 {of} --help: e3 {command} has no {unknown}: {line}"
                shown.add(command)
        assert "Examples:" not in text or of in shown, f"no example in e3 {of} --help is of {of}"


def test_every_verdict_and_exit_code_is_documented():
    text = (ROOT / "README.md").read_text()
    verdicts = re.findall(r'\{Verdict::k\w+, "([^"]+)"\}', (ROOT / "harness/checks/verdict.cpp").read_text())
    assert len(verdicts) > 8
    for verdict in verdicts:
        assert re.search(rf"`{verdict}`", text), f"README.md does not explain the verdict {verdict}"
    codes = re.findall(r"^  k\w+ = (\d+),$", (ROOT / "harness/cli/options.h").read_text(), re.MULTILINE)
    assert len(codes) > 5
    for code in codes:
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), f"README.md does not explain exit status {code}"


def test_every_report_is_documented(bin_dir):
    text = (ROOT / "README.md").read_text()
    kinds = re.search(r"KIND is one of ([\w, \n]+);", help_text(bin_dir, "run"))[1]
    for kind in re.findall(r"\w+", kinds):
        assert f"`{kind}`" in text, f"README.md does not name the report {kind}"


def test_every_public_header_is_documented():
    text = all_text()
    for header in (ROOT / "harness/include/e3").iterdir():
        name = header.name.removesuffix(".in")
        assert f"<e3/{name}>" in text, f"no document names <e3/{name}>"


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        if target.startswith("https://"):
            continue
        file, _, _ = target.partition("#")
        assert not file or (path.parent / file).exists(), f"{path.name} links to {target}"
