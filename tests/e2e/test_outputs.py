# SPDX-License-Identifier: MIT
"""Where e3's output goes: streams that are closed or full, readers that leave, files that are good."""

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios

import pytest

from program import wait_until
from report_formats import CHECKS

pytestmark = pytest.mark.any_build

LOST, USAGE = 4, 2


@pytest.fixture
def shell(bin_dir, tmp_path):
    """shell(SCRIPT) -> the ended bash, in an empty folder, with e3 on its PATH."""

    def run(script):
        return subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{bin_dir}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_printed_goes_into_no_report(shell, tmp_path, closed):
    kinds = " ".join(f"--report {kind}={kind}" for kind in CHECKS)
    assert shell(f"e3 run accept {kinds} {closed}").returncode == 0
    for kind, check in CHECKS.items():
        check(tmp_path / kind)


def test_a_report_in_shared_memory_is_one_document(shell):
    name = f"/dev/shm/e3-outputs-{os.getpid()}.json"
    try:
        for _ in range(2):
            assert shell(f"e3 run read --report json={name}").returncode == 0
        with open(name) as report:
            assert json.load(report)["complete"]
    finally:
        os.remove(name)


def test_what_names_an_open_file_is_written_once_and_behind_what_is_there(shell, tmp_path):
    done = shell("echo before >log; e3 run read --report json=/dev/fd/3 3>>log")
    assert done.returncode == 0, done.stderr
    first, _, document = (tmp_path / "log").read_text().partition("\n")
    assert first == "before" and json.loads(document)["complete"]
    done = shell("echo before >log; e3 run read --report tap=/dev/fd/3 3>>log")
    assert (tmp_path / "log").read_text().startswith("before\nTAP version 14\n")


@pytest.mark.parametrize("command", ["run accept", "list", "explain eof-spin", "selftest --list", "completion bash"])
def test_a_full_disk_is_no_success(shell, command):
    done = shell(f"e3 {command} >/dev/full")
    assert done.returncode == LOST
    assert done.stderr.count("\n") == 1 and "No space left on device" in done.stderr


@pytest.mark.parametrize("kind", CHECKS)
def test_a_report_that_is_lost_leaves_the_others_whole(shell, tmp_path, kind):
    done = shell(f"e3 run accept --report {kind}=/dev/full --report json=json --report junit=junit")
    assert done.returncode == LOST
    assert done.stderr == "e3: cannot write /dev/full: No space left on device\n"
    assert "passed" in done.stdout.splitlines()[-1]
    for whole in ("json", "junit"):
        CHECKS[whole](tmp_path / whole)
    assert json.loads((tmp_path / "json").read_text())["complete"]


@pytest.mark.parametrize("kind", ["ndjson", "json"])
def test_a_reader_of_a_report_that_leaves_does_not_end_the_run(start, tmp_path, kind):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run = start("e3", "run", "--report", f"{kind}={pipe}", "--report", f"tap={tmp_path}/tap")
    wait_until(lambda: os.path.exists(tmp_path / "tap"), "the reports to be begun")
    if kind == "json":  # which is opened at the end, when somebody must be there
        with contextlib.suppress(BlockingIOError):
            wait_until(lambda: os.read(reader, 1), "the report to begin")
    os.close(reader)
    assert run.wait() == LOST, run.stderr
    assert "Broken pipe" in run.stderr
    CHECKS["tap"](tmp_path / "tap")


@pytest.mark.parametrize(
    "refused",
    [
        "--report json=/nowhere/json",
        "--report json=.",
        "--report json=good",
        "--report json=link",
        "--report ndjson=new --report json=./new",
        "--report json=- --report junit=-",
    ],
)
def test_a_command_line_that_is_refused_overwrites_nothing(shell, tmp_path, refused):
    (tmp_path / "good").write_text("good")
    (tmp_path / "link").symlink_to("good")
    done = shell(f"e3 run accept --report tap=good {refused}")
    assert done.returncode == USAGE and done.stderr.count("\n") == 1, done.stderr
    assert (tmp_path / "good").read_text() == "good"
    assert {path.name for path in tmp_path.iterdir()} == {"good", "link"}


def test_a_comparison_that_is_refused_overwrites_nothing(shell, tmp_path):
    (tmp_path / "good").write_text("good")
    assert shell("e3 run accept --report json=run.json").returncode == 0
    for refused in ("json=x", "html=/nowhere/x", "html=./good"):
        done = shell(f"e3 compare run.json run.json --report html=good --report {refused}")
        assert done.returncode == USAGE, refused
        assert (tmp_path / "good").read_text() == "good"


@pytest.mark.parametrize("kind", CHECKS)
def test_a_repeated_run_gives_one_report_to_a_stream(shell, tmp_path, kind):
    done = shell(f"e3 run accept --repeat 3 --report {kind}=- >report")
    assert done.returncode == 0, done.stderr
    if kind == "github":  # annotations live beside other lines
        assert (tmp_path / "report").read_text().count("::notice") == 1
    else:
        CHECKS[kind](tmp_path / "report")
        assert done.stderr.splitlines()[-1] == "3 runs, 0 flaky"


def test_a_reader_that_leaves_leaves_no_program_behind(start, bin_dir, tmp_path):
    report = tmp_path / "json"
    out, into = os.pipe()
    program = f"bash -c '{bin_dir / 'e3-server'} --port {{port}} & wait'"
    command = f"exec {bin_dir / 'e3'} run --spawn \"{program}\" --report json={report} >&{into}"
    run = start("/bin/bash", "-c", command, pass_fds=[into])
    os.close(into)
    os.read(out, 1)
    os.close(out)
    assert run.wait() == 130, run.stderr
    assert run.descendants() == []
    assert json.loads(report.read_text())["complete"] is False


def told_on_a_terminal(bin_dir, name, columns, words):
    """What e3 prints on standard error, where that is a terminal of this name and width."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [bin_dir / "e3", *words], stdout=subprocess.DEVNULL, stderr=terminal, env={**os.environ, "TERM": name}
    ) as program:
        os.close(terminal)
        told = b""
        with contextlib.suppress(OSError):  # EIO at the end
            while part := os.read(master, 1 << 16):
                told += part
    os.close(master)
    assert program.returncode == 0
    return told.decode()


@pytest.mark.parametrize("words", [["run", "read"], ["exhaust", "--only", "hang-ups"]], ids=lambda words: words[0])
def test_the_line_of_progress_fits_the_terminal(bin_dir, words):
    first, *lines = told_on_a_terminal(bin_dir, "xterm", 20, words).split("\r\033[K")
    assert first == "" and any(lines)
    assert max(map(len, lines)) == 19
    assert told_on_a_terminal(bin_dir, "dumb", 20, words) == ""
