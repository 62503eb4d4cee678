# SPDX-License-Identifier: MIT
"""Completion in the shells themselves, and manual pages that the manual's formatter takes."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from e3_help import commands, help_text

pytestmark = pytest.mark.any_build

ROOT = pathlib.Path(__file__).resolve().parents[2]


def bash_offers(bin_dir, *words):
    script = (
        f"source <(e3 completion bash)\nCOMP_WORDS=({' '.join(words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_e3\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    )
    done = subprocess.run(
        ["bash", "-euc", script],
        env={**os.environ, "PATH": f"{bin_dir}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes_commands_options_values_and_checks(bin_dir):
    assert bash_offers(bin_dir, "e3", "exp") == ["explain"]
    assert bash_offers(bin_dir, "e3", "run", "--spa") == ["--spawn"]
    assert "html=" in bash_offers(bin_dir, "e3", "run", "--report", "h")
    assert set(bash_offers(bin_dir, "e3", "run", "--color", "a")) == {"auto", "always"}
    assert bash_offers(bin_dir, "e3", "selftest", "never-a") == ["never-answers"]
    profiles = {"http", "hello", "echo", "redis", "memcached", "smtp"}
    assert set(bash_offers(bin_dir, "e3", "run", "--profile", "''")) == profiles
    assert {"bash", "zsh", "fish"} <= set(bash_offers(bin_dir, "e3", "completion", "''"))
    assert "accept.burst" in bash_offers(bin_dir, "e3", "run", "accept.b")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_the_script(bin_dir, shell):
    path = shutil.which(shell)
    assert path, f"no {shell}: ci/install-dependencies installs it"
    script = subprocess.run(
        [bin_dir / "e3", "completion", shell], capture_output=True, text=True, check=True
    ).stdout
    assert "compare" in script and "shown-at" in script
    done = subprocess.run([path, "-n", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def options_explained(text):
    """The options that have an entry of their own, in order."""
    return re.findall(r"^ +(?:-\w,)?(--[a-z][a-z0-9-]*)", text, re.MULTILINE)


def manual_page(bin_dir, program, *command):
    return subprocess.run(
        [sys.executable, ROOT / "cmake/manual_page.py", bin_dir / program, *command],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def check_manual_page(bin_dir, program, *command):
    page = manual_page(bin_dir, program, *command)
    checked = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "error"], input=page, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    shown = subprocess.run(
        ["mandoc", "-T", "ascii", "-O", "width=200"], input=page, capture_output=True, text=True, check=True
    ).stdout
    shown = re.sub(".\b", "", shown)  # a bold letter is printed twice
    told = options_explained(help_text(bin_dir, *command, program=program))
    assert "--help" in told
    assert options_explained(shown) == told
    assert "SYNOPSIS" in shown and ".TH" in page


@pytest.mark.parametrize("program", ["e3", "e3-server"])
def test_the_manual_page_of_a_program_is_well_formed_and_explains_every_option(bin_dir, program):
    check_manual_page(bin_dir, program)


def test_the_manual_page_of_every_command_is_well_formed_and_explains_every_option(bin_dir):
    for name in commands(bin_dir):
        check_manual_page(bin_dir, "e3", name)
