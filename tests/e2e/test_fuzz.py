# SPDX-License-Identifier: MIT
"""e3 fuzz with a libFuzzer program that a project has built for its own server."""

import os
import pathlib
import re
import subprocess

import pytest

from installed_e3 import build_dir, cache, configure, prefix, run  # noqa: F401

# One worker, so that the project is built once.
pytestmark = [pytest.mark.any_build, pytest.mark.long, pytest.mark.xdist_group("fuzz")]

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests/mutants/four_ways"
FLAGS = "-fsanitize=fuzzer-no-link,address"


@pytest.fixture(scope="session")
def configure_to_fuzz(configure):  # noqa: F811
    def configure_project(source):
        return configure(
            source,
            *["-DCMAKE_C_COMPILER=clang", "-DCMAKE_CXX_COMPILER=clang++"],
            *[f"-DCMAKE_C_FLAGS={FLAGS}", f"-DCMAKE_CXX_FLAGS={FLAGS}"],
        )

    return configure_project


@pytest.fixture(scope="session")
def built(configure_to_fuzz):
    folder = configure_to_fuzz(PROJECT)
    run("cmake", "--build", folder, "--target", "fuzz_function", "function", "program")
    return folder


def run_with(bug, *command, **options):
    return subprocess.run(
        command,
        env={**os.environ, "E3_MUTANT": bug},
        capture_output=True,
        text=True,
        **options,
    )


@pytest.fixture
def fuzz(built, prefix, tmp_path):  # noqa: F811
    """fuzz(BUG, [SECONDS]) -> the ended e3 fuzz, which starts from the seeds installed with it."""

    def fuzz_server(bug, seconds=60):
        command = [prefix / "bin/e3", "fuzz", built / "fuzz_function", "--time", f"{seconds}s"]
        return run_with(bug, *command, cwd=tmp_path)

    return fuzz_server


@pytest.fixture
def plain_fuzzer(tmp_path):
    """plain_fuzzer(BODY) -> a libFuzzer program that knows nothing of scenarios."""

    def build(body):
        source = tmp_path / "target.cpp"
        function = "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char* data, unsigned long size)"
        source.write_text(f"{function} {{ {body} return 0; }}\n")
        run("clang++", "-fsanitize=fuzzer", source, "-o", tmp_path / "plain")
        return tmp_path / "plain"

    return build


def test_a_finding_is_saved_small_and_fails_when_replayed(built, prefix, fuzz, tmp_path):  # noqa: F811
    done = fuzz("forgets-between-reads")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^finding: no-answer", done.stdout, re.MULTILINE), done.stdout
    (scenario,) = (tmp_path / "findings").glob("fuzz_function-crash-*.e3")
    assert len(scenario.read_text().splitlines()) <= 5, scenario.read_text()
    spawn = ["--spawn", f"{built}/program {{port}}"]
    assert re.search(f"replay: e3 replay findings/{scenario.name} (--preload )?--spawn", done.stdout)
    for bug, status in [("forgets-between-reads", 1), ("", 0)]:
        for command in [
            [built / "function", "replay", scenario],
            [built / "function", "replay", scenario, "--engine", "socketpair"],
            [prefix / "bin/e3", "replay", scenario, *spawn],
        ]:
            replayed = run_with(bug, *command)
            assert replayed.returncode == status, replayed.stdout + replayed.stderr
        again = run_with(bug, built / "fuzz_function", scenario.with_suffix(""))
        assert (again.returncode != 0) == (status != 0), again.stderr


def test_a_server_that_computes_for_ever_is_a_finding(fuzz, tmp_path):
    done = fuzz("computes-at-eof")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SUMMARY: libFuzzer: timeout" in done.stdout
    (scenario,) = (tmp_path / "findings").glob("fuzz_function-timeout-*.e3")
    assert "peer" in scenario.read_text()


CANARY = """
cmake_minimum_required(VERSION 3.25)
project(canary LANGUAGES C CXX)
find_package(e3 CONFIG REQUIRED)
enable_testing()
add_library(canary STATIC entry.cpp SOURCE/canary_server.cpp)
target_include_directories(canary PRIVATE SOURCE)
target_compile_features(canary PRIVATE cxx_std_20)
e3_add_fuzzer(NAME canary_fuzz TARGET canary ENTRY canary_main PROFILE PROFILE_FILE)
"""
ENTRY = """
#include "canary_server.h"
extern "C" int canary_main(int, char**) { e3::fuzz::serve_canary(8080); return 0; }
"""
PROFILE = 'summary = "the canary"\nhttp = true\nrequest = "GET /e3 HTTP/1.0\\r\\n\\r\\n"\n'


# From an empty corpus, so that no seed has brought the fuzzer near to it.
def test_the_canary_is_convicted_of_its_bug_from_nothing(configure_to_fuzz, prefix, tmp_path):  # noqa: F811
    (tmp_path / "canary.toml").write_text(PROFILE)
    project = CANARY.replace("SOURCE", str(ROOT / "fuzz"))
    project = project.replace("PROFILE_FILE", str(tmp_path / "canary.toml"))
    (tmp_path / "CMakeLists.txt").write_text(project)
    (tmp_path / "entry.cpp").write_text(ENTRY)
    folder = configure_to_fuzz(tmp_path)
    run("cmake", "--build", folder)
    (tmp_path / "empty").mkdir()
    words = ["--time", "60s", "--corpus", "empty"]
    done = run_with("", prefix / "bin/e3", "fuzz", folder / "canary_fuzz", *words, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "seeds empty\n" in done.stdout
    assert re.search(r"^finding: no-answer", done.stdout, re.MULTILINE), done.stdout
    (scenario,) = (tmp_path / "findings").glob("canary_fuzz-crash-*.e3")
    # A read that brings less is one way to get the end of a request in two pieces.
    faults = re.findall("^fault .*", scenario.read_text(), re.MULTILINE)
    assert all(fault.startswith("fault recv conn short") for fault in faults), faults
    assert f"{scenario.name} --profile {tmp_path}/canary.toml" in done.stdout


def test_the_seeds_of_the_project_at_hand_join_those_of_e3(fuzz, tmp_path):
    (tmp_path / "corpus/fuzz_function").mkdir(parents=True)
    done = fuzz("", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    own, shipped = re.findall("^seeds (/.*)$", done.stdout, re.MULTILINE)
    assert own == f"{tmp_path}/corpus/fuzz_function"
    assert shipped.endswith("/share/e3/corpus/fuzz_schedule")


def test_a_server_without_a_bug_is_not_blamed(fuzz):
    done = fuzz("", 2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("seeds .*/share/e3/corpus/fuzz_schedule$", done.stdout, re.MULTILINE)
    assert re.search("options .*/share/e3/fuzz/fuzz_schedule.options$", done.stdout, re.MULTILINE)
    assert re.search(r"^[1-9]\d* executions.*\nnothing found\n\Z", done.stdout, re.MULTILINE), done.stdout


def test_nothing_is_found_where_nothing_is(prefix, plain_fuzzer, tmp_path):  # noqa: F811
    fuzzer = plain_fuzzer("(void)data; (void)size;")
    done = run_with("", prefix / "bin/e3", "fuzz", fuzzer, "--time", "1s", "-j", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^[1-9]\d* executions.*\nnothing found\n\Z", done.stdout, re.MULTILINE), done.stdout


def test_a_finding_that_is_no_scenario_is_not_told_as_one(prefix, plain_fuzzer, tmp_path):  # noqa: F811
    fuzzer = plain_fuzzer("if (size && data[0] == '!') __builtin_trap();")
    done = run_with("", prefix / "bin/e3", "fuzz", fuzzer, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    (written,) = (tmp_path / "findings").glob("plain-crash-*")  # no .e3 beside it
    assert written.read_bytes().startswith(b"!")
    assert done.stdout.endswith(f"run it again: {fuzzer} findings/{written.name}\n")


def test_what_is_no_fuzzer_is_a_usage_error(prefix, tmp_path):  # noqa: F811
    done = run_with("", prefix / "bin/e3", "fuzz", prefix / "bin/e3-server", cwd=tmp_path)
    assert done.returncode == 2
    assert "no libFuzzer program" in done.stderr
    assert not list(tmp_path.iterdir())
