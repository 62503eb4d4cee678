# SPDX-License-Identifier: MIT
"""What `e3` says when it cannot do what is asked: one clear line, the right exit code, and nothing
left running."""

import json
import os
import pathlib
import signal
import socket
import xml.etree.ElementTree

import pytest

from program import wait_until

SCENARIO = pathlib.Path(__file__).resolve().parents[2] / "corpus/scenarios/burst.e3"
USAGE, UNAVAILABLE, NOTHING_SELECTED, INTERRUPTED = 2, 3, 5, 130


def expect_one_line(program, exit_code, *words):
    assert program.wait() == exit_code, program.stderr
    assert program.descendants() == []
    lines = program.stderr.splitlines()
    assert len(lines) == 1, program.stderr
    assert lines[0].startswith("e3: ")
    for word in words:
        assert word in lines[0]


@pytest.fixture
def taken_port():
    """A port on which this test itself listens, without ever answering."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["run", "--no-such-option"],
        ["run", "--seed", "x"],
        ["run", "--timeout", "2 parsecs"],
        ["run", "--profile", "gopher"],
        ["run", "--report", "pdf=x"],
        ["run", "--report", "json=/no/such/folder/e3.json"],
        ["run", "--spawn", "server-without-a-port"],
        ["run", "--spawn", ""],
        ["run", "127.0.0.1:1", "--spawn", "x {port}"],
        ["run", "127.0.0.1:1", "127.0.0.1:2"],
        ["run", "127.0.0.1:many"],
        ["run", "127.0.0.1:65536"],
        ["run", "--port", "8080"],
        ["--bogus"],
        ["explain"],
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_a_bad_command_line(start, arguments):
    program = start("e3", *arguments)
    expect_one_line(program, USAGE)
    assert program.stdout == ""


def test_another_machine_needs_permission(start):
    expect_one_line(start("e3", "run", "192.0.2.1:80"), USAGE, "192.0.2.1", "--allow-remote")


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "no.such.check"],
        ["run", "read.*", "-x", "*"],
        ["run", "accept", "-x", "no.such.check"],
        ["selftest", "correct", "-x", "no.such.check"],
        ["exhaust", "--only", "foo"],
    ],
)
def test_a_selection_of_nothing(start, arguments):
    expect_one_line(start("e3", *arguments), NOTHING_SELECTED)


def test_explain_of_an_unknown_id(start):
    expect_one_line(start("e3", "explain", "no.such.check"), NOTHING_SELECTED, "no.such.check")


def test_a_server_that_is_not_there(start, free_port):
    expect_one_line(start("e3", "run", f"127.0.0.1:{free_port}"), UNAVAILABLE, str(free_port))


def test_a_program_that_does_not_exist(start):
    expect_one_line(
        start("e3", "run", "--spawn", "/no/such/server {port}"), UNAVAILABLE, "/no/such/server"
    )


def test_a_program_that_never_listens(start):
    program = start("e3", "run", "--ready-timeout", "300ms", "--spawn", "sleep 1000 {port}")
    expect_one_line(program, UNAVAILABLE, "did not listen")


def test_a_program_that_dies_at_once(start):
    expect_one_line(start("e3", "run", "--spawn", "false {port}"), UNAVAILABLE, "exit code 1")


def test_a_program_whose_port_is_taken(start, bin_dir, taken_port):
    command = f"{bin_dir / 'e3-server'} --port {taken_port}"
    program = start("e3", "run", "--spawn", command, "--port", str(taken_port))
    expect_one_line(program, UNAVAILABLE, str(taken_port))


def test_a_silent_server_passes_nothing(start, taken_port):
    program = start("e3", "run", "--timeout", "100ms", f"127.0.0.1:{taken_port}")
    assert program.wait() != 0
    assert " 0 passed," in program.stdout.splitlines()[-1]
    assert program.stdout.count("is http the right --profile?") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_its_results_and_stops_its_program(
    start, bin_dir, tmp_path, number
):
    junit, report = tmp_path / "e3.xml", tmp_path / "e3.json"
    program = start(
        *["e3", "run", "--timeout", "600s"],
        *["--spawn", f"{bin_dir / 'e3-server'} --port {{port}}"],
        *["--report", f"junit={junit}", "--report", f"json={report}"],
    )

    def some_results():
        return report.exists() and json.loads(report.read_text())["checks"]

    wait_until(some_results, "the first results")
    for pid in program.descendants():  # From here on the run cannot come to its own end.
        os.kill(pid, signal.SIGSTOP)
    program.send_signal(number)
    assert program.wait() == INTERRUPTED
    assert program.descendants() == []
    document = json.loads(report.read_text())
    assert document["complete"] is False
    assert document["checks"]
    cases = xml.etree.ElementTree.parse(junit).getroot().findall("./testsuite/testcase")
    assert len(cases) == len(document["checks"])
    assert "interrupted" in program.stderr


def test_a_long_run_in_process_is_interrupted_too(start, tmp_path):
    report = tmp_path / "e3.json"
    program = start(
        *["e3", "run", "--repeat", "1000000", "--engine", "sim", "--report", f"json={report}"],
        "accept.burst",
    )
    wait_until(report.exists, "the first results")
    program.send_signal(signal.SIGINT)
    assert program.wait() == INTERRUPTED
    assert "interrupted in accept.burst;" in program.stderr


def test_a_run_that_loses_its_target_says_so_whatever_failed_before(start, bin_dir, tmp_path):
    """The server starts twice only; the third time there is none."""
    count = tmp_path / "count"
    script = tmp_path / "server"
    script.write_text(
        f"#!/bin/bash\necho >>{count}\n(($(wc -l <{count}) < 3)) || exit 1\n"
        f"exec {bin_dir / 'e3-known-bad-server'} --port $1\n"
    )
    script.chmod(0o755)
    program = start(
        *["e3", "run", "accept.burst", "http.content-length", "--repeat", "9"],
        *["--spawn", f"{script} {{port}}"],
    )
    assert program.wait() == UNAVAILABLE, program.stdout
    assert program.descendants() == []


def test_a_run_of_skips_is_no_bad_run(start):
    program = start(
        *["e3", "run", "process", "--repeat", "3", "--until-fail", "--skip-exit", "77"]
    )
    assert program.wait() == 77, program.stderr
    assert program.stdout.endswith("3 runs, 0 flaky\n")


def test_what_a_server_printed_does_not_act_on_the_terminal(start):
    command = "printf '\\033[31m\\377{port}'"
    program = start("e3", "run", "--spawn", command)
    expect_one_line(program, UNAVAILABLE, "[31m\\xff")
    program = start("e3", "replay", SCENARIO, "--spawn", command)
    expect_one_line(program, UNAVAILABLE, "[31m\\xff")


@pytest.fixture
def fake_fuzzer(tmp_path):
    """fake_fuzzer(SCRIPT) -> what e3 takes for a libFuzzer program."""

    def write(script, mode=0o755):
        path = tmp_path / "fuzz_fake"
        path.write_text(f"#!/bin/bash\n# max_total_time\n{script}\n")
        path.chmod(mode)
        return path

    return write


def test_a_fuzzer_that_cannot_run_is_no_finding(start, fake_fuzzer, tmp_path):
    fuzzer = fake_fuzzer("echo 'error while loading libraries'; exit 127")
    program = start("e3", "fuzz", fuzzer, cwd=tmp_path)
    assert program.wait() == 4, program.stdout
    assert program.stderr.splitlines()[-1] == "  error while loading libraries"


@pytest.mark.parametrize("seed, passed_on", [("0", ["1", "2"]), ("4294967294", ["4294967295", "1"]), ("4294967296", ["2", "3"])])
def test_a_fuzzers_seeds_are_never_0_and_fit_into_32_bits(start, fake_fuzzer, tmp_path, seed, passed_on):
    fuzzer = fake_fuzzer("tr '\\0' '\\n' </proc/$$/cmdline | grep ^-seed= >>seeds; echo '#1 DONE'")
    assert start("e3", "fuzz", fuzzer, "--seed", seed, "-j", "2", cwd=tmp_path).wait() == 0
    assert sorted((tmp_path / "seeds").read_text().split()) == sorted(f"-seed={each}" for each in passed_on)


def test_a_fuzzer_that_may_not_run_and_a_folder_that_is_a_file(start, fake_fuzzer, tmp_path):
    fuzzer = fake_fuzzer("exit", mode=0o644)
    expect_one_line(start("e3", "fuzz", fuzzer, cwd=tmp_path), USAGE, "not executable")
    fuzzer.chmod(0o755)
    (tmp_path / "findings").write_text("")
    expect_one_line(start("e3", "fuzz", fuzzer, cwd=tmp_path), USAGE, "findings")


def test_an_unreadable_corpus_is_told_by_the_replay(start):
    program = start("fuzz_parser", "/no/such/corpus")
    assert program.wait() == USAGE
    assert program.stderr.count("\n") == 1
    assert "/no/such/corpus" in program.stderr
