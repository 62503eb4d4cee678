# SPDX-License-Identifier: MIT
"""The commands about scenarios: replay, minimize, seeds, exhaust, torture, fuzz."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "corpus" / "scenarios"
AS_EXPECTED, FAILURE, USAGE, UNAVAILABLE = 0, 1, 2, 3

# Steps and bytes that have nothing to do with the canary's bug, around the two that show it.
LONG_WINDED = r"""
peer2 connect
peer1 connect tiny
advance 250ms
peer1 > "GET /something/long HTTP/1.0\r\nX: y\r\n"
settle
peer2 > "GET"
peer1 < 16
peer1 > "\r\n"
settle
peer2 close
"""


# Two peers who connect at once: the second is never accepted.
BURST = r"""
peer1 > "GET /a HTTP/1.0\r\n\r\n"
peer2 > "GET /b HTTP/1.0\r\n\r\n"
"""


@pytest.fixture
def e3(bin_dir, tmp_path):
    def run(*words, program="e3"):
        command = [bin_dir / program, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    return run


@pytest.mark.parametrize("engine", ["sim", "socketpair"])
def test_replay_shows_peers_calls_and_results_in_columns(e3, engine):
    done = e3("replay", SCENARIOS / "split-terminator.e3", "--engine", engine)
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    heading = next(line for line in lines if line.lstrip().startswith("time"))
    call, result = heading.index("server"), heading.index("result")
    recv = next(line for line in lines if "recv(conn1" in line)
    assert recv[call:].startswith("recv(conn1")
    assert recv[result:].startswith("19 ")


# The second one compares answers while it is played: the program is asked for the undisturbed one.
@pytest.mark.parametrize("scenario", ["burst", "split-terminator"])
def test_replay_against_a_program(e3, bin_dir, scenario):
    server = f"{bin_dir}/e3-server --port {{port}}"
    done = e3("replay", SCENARIOS / f"{scenario}.e3", "--spawn", server)
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr


@pytest.mark.any_build
def test_times_over_tcp_are_real(e3, bin_dir, tmp_path):
    (tmp_path / "long.e3").write_text(LONG_WINDED)
    done = e3("replay", "long.e3", "--spawn", f"{bin_dir}/e3-canary serve {{port}}", "--timeout", "3s")
    assert done.returncode == FAILURE, done.stdout + done.stderr
    times = [float(time) for time in re.findall(r"^ +(\d+\.\d{6}) ", done.stdout, re.MULTILINE)]
    assert times == sorted(times)
    assert times[-1] - times[0] >= 3, "the peer waited for the whole time-out"


def test_replay_says_what_it_could_not_do(e3, bin_dir, tmp_path):
    (tmp_path / "faults.e3").write_text('fault recv conn EINTR\npeer1 > "GET / HTTP/1.0\\r\\n\\r\\n"\n')
    done = e3("replay", "faults.e3")
    assert done.returncode == AS_EXPECTED and "left out" not in done.stdout
    done = e3("replay", "faults.e3", "--spawn", f"{bin_dir}/e3-server --port {{port}}")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    assert "1 fault was left out" in done.stdout and "(--preload can)" in done.stdout


def test_replay_says_which_faults_have_not_struck(e3, tmp_path):
    faults = "fault recv conn EINTR\nfault recv conn #50 EINTR\n"
    (tmp_path / "faults.e3").write_text(faults + 'peer1 > "GET / HTTP/1.0\\r\\n\\r\\n"\n')
    done = e3("replay", "faults.e3")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    assert "1 of 2 faults never struck" in done.stdout


@pytest.mark.parametrize("target", [(), ("--engine", "socketpair"), ("--spawn", "{bin}/e3-canary serve {{port}}")])
def test_the_canary_is_convicted_on_every_engine(e3, bin_dir, tmp_path, target):
    file = tmp_path / "long.e3"
    file.write_text(LONG_WINDED)
    done = e3("replay", file, *(word.format(bin=bin_dir) for word in target), program="e3-canary")
    assert done.returncode == FAILURE, done.stdout + done.stderr
    assert "no-answer" in done.stdout


# Else a fuzzer finds something other than the bug that proves it.
@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("fault-*.e3")), ids=lambda file: file.stem)
def test_the_canary_has_no_bug_with_faults(e3, file):
    done = e3("replay", file, program="e3-canary")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr


def broken_program(bin_dir, name):
    return ("--spawn", f"{bin_dir}/e3 selftest {name} --serve {{port}}", "--timeout", "1s")


# What the first peers have made deaf has no answers to compare with.
def test_replay_takes_its_measure_from_a_program_started_anew(e3, bin_dir, tmp_path):
    (tmp_path / "burst.e3").write_text(BURST)
    done = e3("replay", "burst.e3", *broken_program(bin_dir, "accepts-once-per-edge"))
    assert done.returncode == FAILURE
    assert "no-answer" in done.stdout and "actual:   0 bytes, then still open" in done.stdout


def test_replay_shows_what_a_program_has_leaked(e3, bin_dir, tmp_path):
    (tmp_path / "reset.e3").write_text('peer1 connect tiny\npeer1 > "GET /a HTTP/1.0\\r\\n\\r\\n"\npeer1 reset\n')
    done = e3("replay", "reset.e3", *broken_program(bin_dir, "leaks-on-abrupt-close"))
    assert done.returncode == FAILURE, done.stdout + done.stderr
    assert "leaks" in done.stdout


def test_minimize_leaves_what_shows_the_bug(e3, tmp_path):
    (tmp_path / "long.e3").write_text(LONG_WINDED)
    done = e3("minimize", "long.e3", "-o", "small.e3", program="e3-canary")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    small = (tmp_path / "small.e3").read_text()
    assert len(small.splitlines()) == 3, small
    assert "TEST(Scenario, long)" in done.stdout
    assert e3("replay", "small.e3", program="e3-canary").returncode == FAILURE


def test_minimize_says_that_there_is_no_bug(e3):
    done = e3("minimize", SCENARIOS / "burst.e3")
    assert done.returncode == FAILURE
    assert "shows no bug" in done.stderr


@pytest.mark.any_build
@pytest.mark.long
def test_minimize_for_a_program_prints_a_pytest(e3, bin_dir, tmp_path):
    (tmp_path / "long.e3").write_text(LONG_WINDED)
    done = e3("minimize", "long.e3", "--spawn", f"{bin_dir}/e3-canary serve {{port}}", program="e3-canary")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    compile(done.stdout[done.stdout.index("import os"):], "snippet", "exec")


def test_a_mistake_in_a_scenario_is_shown_in_its_place(e3, tmp_path):
    (tmp_path / "bad.e3").write_text("settle\npeer1 < banana\n")
    done = e3("replay", "bad.e3")
    assert done.returncode == USAGE
    assert done.stderr.startswith("bad.e3:2:9: expected a number of bytes")


def test_an_unknown_scenario_is_a_usage_error(e3):
    done = e3("replay", "nowhere")
    assert done.returncode == USAGE
    assert "nowhere" in done.stderr


def test_seeds_are_scenarios_as_bytes(e3, tmp_path):
    done = e3("seeds", SCENARIOS / "burst.e3", "-o", tmp_path)
    assert done.returncode == AS_EXPECTED, done.stderr
    assert (tmp_path / "burst").read_bytes().startswith(b"GET /1 HTTP/1.0\r\n\r\n\x81GET /2")
    assert e3("replay", tmp_path / "burst").returncode == AS_EXPECTED


def test_seeds_make_their_folder(e3, tmp_path):
    done = e3("seeds", SCENARIOS / "burst.e3", "-o", "new/folder")
    assert done.returncode == AS_EXPECTED, done.stderr
    assert (tmp_path / "new/folder/burst").is_file()
    done = e3("seeds", SCENARIOS / "burst.e3", "-o", "new/folder/burst")
    assert done.returncode == USAGE
    assert "cannot make the folder new/folder/burst" in done.stderr


def test_seeds_with_equal_names_are_refused_and_nothing_is_written(e3, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.e3").write_text("settle\n")
    done = e3("seeds", "a/same.e3", "b/same.e3", "-o", "new")
    assert done.returncode == USAGE
    assert "a/same.e3" in done.stderr and "b/same.e3" in done.stderr
    (tmp_path / "bad.e3").write_text("sneeze\n")
    assert e3("seeds", "a/same.e3", "bad.e3", "-o", "new").returncode == USAGE
    assert not (tmp_path / "new").exists()


def test_a_scenarios_bytes_do_not_act_on_the_terminal(e3, tmp_path):
    (tmp_path / "bad.e3").write_bytes(b"peer1 \x1b[31m\xff\n")
    done = e3("replay", "bad.e3")
    assert done.returncode == USAGE
    assert "\\x1b[31m\\xff" in done.stderr and "\x1b" not in done.stderr


def test_what_cannot_be_written_is_a_usage_error_and_is_printed_all_the_same(e3, tmp_path):
    (tmp_path / "long.e3").write_text(LONG_WINDED)
    done = e3("minimize", "long.e3", "-o", "nowhere/small.e3", program="e3-canary")
    assert done.returncode == USAGE
    assert done.stderr == "e3: cannot write nowhere/small.e3: No such file or directory\n"
    assert "TEST(Scenario, long)" in done.stdout


def test_exhaust_states_that_it_is_complete(e3):
    done = e3("exhaust", "--only", "fragmentations", "--request", r"GET / H\r\n\r\n")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    assert "1024 of 1024 fragmentations of 11 bytes" in done.stdout


def test_exhaust_finds_nothing_in_the_shipped_server(e3):
    done = e3("exhaust")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    assert "hang-ups in an answer" in done.stdout


def test_exhaust_finds_the_canary(e3):
    done = e3("exhaust", "--only", "fragmentations", "--request", r"GET / H\r\n\r\n", program="e3-canary")
    assert done.returncode == FAILURE
    assert "FAIL" in done.stdout


def test_torture_states_what_it_did(e3):
    done = e3("torture", "--pairs", "200")
    assert done.returncode == AS_EXPECTED, done.stdout + done.stderr
    assert "200 of " in done.stdout


def test_torture_shows_what_fails_without_any_fault_as_other_findings(e3):
    done = e3("torture", "--scenario", SCENARIOS / "split-terminator.e3", program="e3-canary")
    assert done.returncode == FAILURE
    assert "FAIL  the scenario fails without any fault\nno-answer\n  expected: " in done.stdout
    assert '\\r"\nsettle\npeer1 > "\\n"\n' in done.stdout


def test_torture_of_a_program_names_what_to_do_instead(e3, bin_dir):
    done = e3("torture", "--spawn", f"{bin_dir}/e3-server --port {{port}}")
    assert done.returncode == USAGE
    assert "--help" in done.stderr


def test_fuzz_says_how_to_build_what_is_missing(e3):
    done = e3("fuzz", "no_such_fuzzer")
    assert done.returncode == USAGE
    assert "ci/build fuzz" in done.stderr
