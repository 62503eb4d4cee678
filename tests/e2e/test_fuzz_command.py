# SPDX-License-Identifier: MIT
"""What e3 fuzz makes of a fuzzer: here scripts that talk like libFuzzer, so that nothing is waited for."""

import re
import subprocess

import pytest

FINDING, USAGE, INTERNAL_ERROR = 1, 2, 4


@pytest.fixture
def fuzz(bin_dir, tmp_path):
    """fuzz(SCRIPT, WORD...) -> the ended e3 fuzz; the script is called `my fuzzer`, or NAME."""

    def fuzz_script(script, *words, name="my fuzzer"):
        fuzzer = tmp_path / name
        # What e3 knows a libFuzzer program by.
        fuzzer.write_text(f"#!/bin/sh\n# max_total_time\n{script}\n")
        fuzzer.chmod(0o755)
        return subprocess.run(
            [bin_dir / "e3", "fuzz", fuzzer, *words], cwd=tmp_path, capture_output=True, text=True
        )

    return fuzz_script


def test_the_figures_are_those_of_all_processes(fuzz):
    done = fuzz("echo '#100 DONE cov: 7 ft: 9 corp: 3/9b lim: 4 exec/s: 50 rss: 40Mb'", "-j", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("300 executions, 150 a second, coverage 7, corpus 3\nnothing found\n")


def test_what_ends_without_one_execution_has_not_fuzzed(fuzz):
    done = fuzz("echo all is well", "-j", "2")
    assert done.returncode == INTERNAL_ERROR, done.stdout + done.stderr
    assert "ended without one execution; it printed:\n  all is well\n" in done.stderr
    assert "nothing found" not in done.stdout


def test_a_slow_input_is_not_taken_for_the_finding(fuzz):
    done = fuzz(
        """
        echo "artifact_prefix='findings/x-'; Test unit written to findings/x-slow-unit-0a"
        echo "artifact_prefix='findings/x-'; Test unit written to findings/x-crash-0b"
        exit 76"""
    )
    assert done.returncode == FINDING, done.stdout + done.stderr
    assert "the fuzzer's input is findings/x-crash-0b\n" in done.stdout
    assert "slow-unit" not in done.stdout


def test_a_fuzzer_that_was_killed_after_a_slow_input_has_found_nothing(fuzz):
    done = fuzz(
        """
        echo '#64 pulse cov: 7 ft: 9 corp: 3/9b lim: 4 exec/s: 50 rss: 40Mb'
        echo "artifact_prefix='findings/x-'; Test unit written to findings/x-slow-unit-0a"
        kill -9 $$"""
    )
    assert done.returncode == INTERNAL_ERROR, done.stdout + done.stderr
    assert "was killed by SIGKILL after 64 executions: out of memory?; it printed:" in done.stderr


def test_a_fuzzer_that_says_nothing_is_told_by_its_exit_status(fuzz):
    done = fuzz("exit 3")
    assert done.returncode == INTERNAL_ERROR
    assert "could not run, and ended with exit status 3; it printed nothing" in done.stderr


def test_the_way_to_run_it_again_can_be_pasted(fuzz, tmp_path):
    done = fuzz("echo \"Test unit written to findings/my fuzzer-crash-0b\"; exit 76")
    assert f"run it again: '{tmp_path}/my fuzzer' 'findings/my fuzzer-crash-0b'\n" in done.stdout


SHOW_WORDS = "for word; do echo \"$word\"; done > words; echo '#1 DONE exec/s: 1'"


def words_given(fuzz, tmp_path):
    done = fuzz(SHOW_WORDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return (tmp_path / "words").read_text().splitlines(), done.stdout


def test_the_options_beside_a_fuzzer_are_kept(fuzz, tmp_path):
    (tmp_path / "some.dict").write_text('"GET"\n')
    options = tmp_path / "my fuzzer.options"
    options.write_text("# \n[afl]\nmax_len=7\n[libfuzzer]\nmax_len = 1100\ndict = some.dict\n")
    words, said = words_given(fuzz, tmp_path)
    # The last of several counts.
    assert [word for word in words if word.startswith("-max_len")][-1] == "-max_len=1100"
    assert f"-dict={tmp_path}/some.dict" in words
    assert f"options {options}\n" in said


def test_a_dictionary_beside_a_fuzzer_is_used(fuzz, tmp_path):
    (tmp_path / "my fuzzer.dict").write_text('"GET"\n')
    words, _ = words_given(fuzz, tmp_path)
    assert f"-dict={tmp_path}/my fuzzer.dict" in words


def test_a_fuzzer_with_a_profile_begins_with_the_request_of_the_profile(fuzz, bin_dir, tmp_path):
    (tmp_path / "my.toml").write_text('request = "PING\\r\\n"\nanswer_end = "\\r\\n"\n')
    (tmp_path / "corpus/my fuzzer").mkdir(parents=True)
    mark = f"# minimised scenario: e3_fuzz_profile=\0 e3_fuzz_profile={tmp_path}/my.toml\0"
    done = fuzz(f"{SHOW_WORDS}\n{mark}")
    assert done.returncode == 0, done.stdout + done.stderr
    made = "findings/seeds-my fuzzer"
    assert f"seeds {made}, made of the request of the profile {tmp_path}/my.toml\n" in done.stdout
    own, shipped = re.findall("^seeds (.*)$", done.stdout, re.MULTILINE)[:2]
    assert own == f"{tmp_path}/corpus/my fuzzer"
    assert shipped.endswith("/corpus/fuzz_schedule")
    assert (tmp_path / "words").read_text().splitlines()[-3:] == [own, shipped, made]
    seeds = {path.name: path.read_bytes() for path in (tmp_path / made).iterdir()}
    assert seeds["whole"] == b"PING\r\n"
    assert seeds["pipelined"] == b"PING\r\nPING\r\n"
    assert [byte for byte in seeds["in-bytes"] if byte < 0x80] == list(b"PING\r\n")


def test_the_canary_begins_with_seeds_that_do_not_show_its_bug(fuzz):
    done = fuzz(f"# minimised scenario:\n{SHOW_WORDS}", name="fuzz_canary")
    (seeds,) = re.findall("^seeds (.*)$", done.stdout, re.MULTILINE)
    assert seeds.endswith("/corpus/fuzz_canary")  # which replay.fuzz_canary replays


def test_one_folder_of_seeds_can_stand_for_all(fuzz, tmp_path):
    (tmp_path / "corpus/my fuzzer").mkdir(parents=True)
    (tmp_path / "few").mkdir()
    done = fuzz(f"{SHOW_WORDS}\n# minimised scenario: e3_fuzz_profile=http\0", "--corpus", "few")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall("^seeds (.*)$", done.stdout, re.MULTILINE) == ["few"]
    assert (tmp_path / "words").read_text().splitlines()[-2:] == ["findings/corpus-my fuzzer", "few"]
    assert fuzz(SHOW_WORDS, "--corpus", "none").returncode == USAGE


def test_a_dictionary_that_is_not_there_is_a_usage_error(fuzz, tmp_path):
    (tmp_path / "my fuzzer.options").write_text("[libfuzzer]\ndict = none.dict\n")
    done = fuzz(SHOW_WORDS)
    assert done.returncode == USAGE
    assert "none.dict, which is not there" in done.stderr


def test_a_fuzzer_of_scenarios_gets_the_dictionary_of_scenarios(fuzz, tmp_path):
    done = fuzz(f"# minimised scenario:\n{SHOW_WORDS}")
    assert done.returncode == 0, done.stdout + done.stderr
    dictionary = [w for w in (tmp_path / "words").read_text().splitlines() if w.startswith("-dict=")]
    assert re.search(r"/fuzz/schedule\.dict$", dictionary[0])


def test_the_way_to_replay_keeps_faults_and_profile(fuzz, preload_library, tmp_path):
    finding = r"""
        printf 'minimised scenario:\npeer1 > "x"\n\n'
        echo "Test unit written to findings/x-crash-0b"
        exit 76"""
    done = fuzz(finding)
    replay = "replay: e3 replay findings/x-crash-0b.e3"
    assert f"{replay} --preload --spawn 'YOUR-SERVER {{port}}'\n" in done.stdout, done.stderr
    done = fuzz(f"{finding}\n# e3_fuzz_profile=my own.toml\0")
    assert f"{replay} --profile 'my own.toml' --preload --spawn" in done.stdout, done.stderr


def test_a_replay_program_is_said_to_be_one(bin_dir, tmp_path):
    replayer = tmp_path / "replayer"
    replayer.write_text("#!/bin/sh\necho 1 inputs replayed\n")
    replayer.chmod(0o755)
    done = subprocess.run([bin_dir / "e3", "fuzz", replayer], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == USAGE
    assert "replayer is a replay program" in done.stderr and "-fsanitize=fuzzer" in done.stderr


@pytest.mark.parametrize("words", [[], ["--preload"]])
def test_a_program_is_for_other_commands(bin_dir, words):
    command = [bin_dir / "e3", "fuzz", *words, "--spawn", "./server {port}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == USAGE
    assert "e3_add_fuzzer()" in done.stderr
    assert "e3 torture" in done.stderr
