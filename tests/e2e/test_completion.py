# SPDX-License-Identifier: MIT
"""Completion in the shells themselves, and manual pages that the manual's formatter takes."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("words", [("e3",), ("e3", "run"), ("e3", "compare"), ("e3-server",)])
def test_manual_pages_are_well_formed_and_name_every_option(bin_dir, words):
    program, *command = words
    page = subprocess.run(
        [sys.executable, ROOT / "cmake/manual_page.py", bin_dir / program, *command],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    checked = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "error"], input=page, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    shown = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", "width=200"], input=page, capture_output=True, text=True
    ).stdout.replace("\b", "")
    assert "SYNOPSIS" in page and ".TH" in page
    assert "--help" in page.replace("\\-", "-") and shown
