# SPDX-License-Identifier: MIT
"""Options that change what is run or shown, each seen to do so."""

import pathlib
import re

import pytest

pytestmark = pytest.mark.any_build

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def fickle_server(bin_dir, tmp_path):
    """fickle_server(N): the command of a server that is bad when it is started for the first N times."""

    def command(bad):
        script = tmp_path / "fickle"
        script.write_text(
            "#!/bin/bash\n"
            f"echo >>{tmp_path}/starts\n"
            f"(($(wc -l <{tmp_path}/starts) <= {bad})) && kind=e3-known-bad-server || kind=e3-server\n"
            f'exec {bin_dir}/$kind --port "$1"\n'
        )
        script.chmod(0o755)
        return f"{script} {{port}}"

    return command


def test_a_repeated_run_names_the_checks_that_do_not_always_end_alike(start, fickle_server):
    checks = ["accept.burst", "read.split.byte-at-a-time"]
    run = start("e3", "run", *checks, "--repeat", "3", "--spawn", fickle_server(1))  # a failure starts it anew
    assert run.wait() == 1, run.stderr
    told = re.findall(r"^flaky (\S+) +(.*)$", run.stdout, re.MULTILINE)
    assert told == [("accept.burst", "2 PASS, 1 FAIL")]
    assert "3 runs, 1 flaky\n" in run.stdout


def test_what_always_fails_is_not_flaky(start, fickle_server):
    run = start("e3", "run", "accept.burst", "--repeat", "2", "--spawn", fickle_server(99))
    assert run.wait() == 1, run.stderr
    assert "2 runs, 0 flaky\n" in run.stdout and "\nflaky " not in run.stdout


def tortured(start, *words):
    """(calls, tier, faults that were tried once) of a torture of the shipped server."""
    run = start("e3", "torture", "--pairs", "0", *words)
    assert run.wait() == 0, run.stdout + run.stderr
    calls, tier = re.search(r": (\d+) calls, tier (\w+)$", run.stdout, re.MULTILINE).groups()
    return int(calls), tier, int(re.search(r": (\d+) faults once", run.stdout)[1])


def test_each_tier_of_torture_allows_more_faults_of_the_same_calls(start):
    tiers = ("linux", "posix", "hostile")
    seen = [tortured(start, "--tier", tier) for tier in tiers]
    assert tortured(start) == seen[0]
    assert tuple(tier for _, tier, _ in seen) == tiers
    assert len({calls for calls, _, _ in seen}) == 1
    linux, posix, hostile = (faults for _, _, faults in seen)
    assert linux < posix < hostile


def test_torture_plays_the_scenario_that_it_is_given(start, tmp_path):
    calls, _, _ = tortured(start)
    short, long = tmp_path / "short.e3", tmp_path / "long.e3"
    request = 'peer{0} > "GET /{0} HTTP/1.0\\r\\n\\r\\n"\n'
    short.write_text(request.format(1))
    long.write_text("".join(request.format(peer) for peer in (1, 2, 3, 4)))
    fewer, more = (tortured(start, "--scenario", path)[0] for path in (short, long))
    assert fewer < more and len({calls, fewer, more}) == 3
    burst = ROOT / "corpus/scenarios/burst.e3"
    assert tortured(start, "--scenario", burst)[0] != calls


def test_what_did_not_run_for_one_reason_has_one_line(start):
    def told(*words):
        run = start("e3", "run", "http.host", "read.endless", "--profile", "echo", *words)
        assert run.wait() == 0
        return run.stdout

    short, every = told(), told("-v")
    folded = re.findall(r"^  N/A +(http\S+) and (\d+) more +(.*)$", short, re.MULTILINE)
    named = re.findall(r"^  N/A +(http\S+) +(.*)$", every, re.MULTILINE)
    assert len(named) > 3 and folded == [(named[0][0], str(len(named) - 1), named[0][1])]
    assert len(re.findall("^  N/A", short, re.MULTILINE)) == 1 and " more " not in every


def test_what_is_inconclusive_for_one_reason_is_one_problem(start, tmp_path):
    profile = tmp_path / "brew.toml"
    profile.write_text('http = true\nrequest = "BREW / HTTP/1.0\\r\\n\\r\\n"\n')

    def problems(*words):
        run = start("e3", "run", "accept", "read.split", "--profile", profile, *words)
        assert run.wait() == 1, run.stdout
        assert '"BREW / HTTP/1.0" was not answered with 2xx' in run.stdout
        return re.findall(r"^INCONCLUSIVE (.+)$", run.stdout, re.MULTILINE)

    every = problems("-v")
    assert len(every) > 3 and problems() == [f"{every[0]} and {len(every) - 1} more"]


def test_verbose_shows_the_whole_transcript(start):
    def transcript(*words):
        run = start("e3-run-known-bad", "run", "accept.burst", *words)
        assert run.wait() == 1
        _, _, problem = run.stdout.partition("\nFAIL accept.burst")
        left_out = re.search(r"\.\.\. (\d+) lines before \(-v shows them\)", problem)
        return re.findall(r"^ +\d+\.\d{6} .*$", problem, re.MULTILINE), int(left_out[1]) if left_out else 0

    short, left_out = transcript()
    whole, nothing = transcript("--verbose")
    assert left_out > 0 and nothing == 0
    assert len(whole) == left_out + len(short) and whole[left_out:] == short
    assert transcript("-v") == (whole, 0)


def test_the_short_transcript_has_the_faults_however_long_ago(start):
    run = start("e3-run-known-bad", "run", "write.error.failed")
    assert run.wait() == 1
    _, _, problem = run.stdout.partition("\nFAIL write.error.failed")
    assert re.search(
        r"will strike: send conn EPIPE\n  \.\.\. .*\n.*-1 EPIPE \(fault\)\n  \.\.\. ", problem
    ), run.stdout
