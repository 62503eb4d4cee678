# SPDX-License-Identifier: MIT
"""Projects that e3 did not write the style of, built against an installed e3 and tested by it."""

import os
import pathlib
import re

import pytest

from installed_e3 import build_dir, cache, configure, ctest, prefix, run  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSUMERS = ROOT / "tests/consumers"
MOST_LINES = 20


PROJECTS = [
    "c_table",
    "libevent_http",
    "cpp_oneshot",
    "asio_http",
    "asyncio_http",
    "line_protocol",
    "gtest_checks",
]


# What the servers are known to fail: most do not go on after accept() or epoll_ctl() has failed, and
# the one on libevent sets no limit to a head and does not ignore SIGPIPE.
DESCRIPTORS, CONNECTION, REGISTER = (
    f"accept.error.{name}"
    for name in ("out-of-descriptors", "connection", "not-registered")
)
KNOWN_TO_FAIL = {
    "c_table": ("table.", {DESCRIPTORS, REGISTER}),
    "libevent_http": ("evhttp.", {DESCRIPTORS, REGISTER, "read.endless", "write.error.failed"}),
    "asio_http": ("asio.", {DESCRIPTORS, CONNECTION}),
    "line_protocol": ("lines.", {DESCRIPTORS}),
    "gtest_checks": ("E3/TableServer.Holds/", {DESCRIPTORS, REGISTER}),
}


def known_to_fail(project):
    prefix, checks = KNOWN_TO_FAIL.get(project, ("", set()))
    words = (lambda check: re.sub("[.-]", "_", check)) if "/" in prefix else str
    return {prefix + words(check) for check in checks}


def test_every_consumer_is_tested():
    assert {path.name for path in CONSUMERS.iterdir() if path.is_dir()} == set(PROJECTS)


# Sanitizers see enough of these two: one has its own loop, one a shared library's.
SANITIZED = ["c_table", "libevent_http"]


@pytest.mark.parametrize(
    "project",
    [pytest.param(p, marks=[] if p in SANITIZED else pytest.mark.any_build) for p in PROJECTS],
)
def test_a_consumer_builds_against_an_installed_e3_and_passes(configure, project):
    folder = configure(CONSUMERS / project)
    run("cmake", "--build", folder)
    outcomes = ctest(folder)
    bad = {test: outcome for test, outcome in outcomes.items() if outcome not in ("Passed", "Skipped")}
    assert set(bad) == known_to_fail(project)
    assert sum(outcome == "Passed" for outcome in outcomes.values()) >= 5, outcomes


@pytest.mark.any_build
def test_a_program_of_a_consumer_knows_its_profile(configure):
    folder = configure(CONSUMERS / "line_protocol")
    run("cmake", "--build", folder)
    said = run(folder / "lines", "run", "read.split.every-offset")
    assert f"(profile {CONSUMERS}/line_protocol/lines.toml)" in said
    assert "1 passed" in said


@pytest.mark.parametrize("project", PROJECTS)
def test_a_consumer_states_how_many_lines_it_took(project):
    text = " ".join((CONSUMERS / project / "README.md").read_text().split())
    stated = sum(map(int, re.findall(r"(\d+)(?: in `|, in `)", text)))
    assert 0 < stated < MOST_LINES
    cmake = (CONSUMERS / project / "CMakeLists.txt").read_text()
    assert "e3_add_conformance_test(" in cmake or "e3::harness" in cmake


@pytest.mark.any_build
@pytest.mark.long
def test_public_headers_compile_alone_as_c_and_as_cpp(prefix, cache, tmp_path):
    headers = sorted(path.relative_to(prefix / "include") for path in (prefix / "include").rglob("*.h"))
    assert pathlib.Path("e3/target.h") in headers
    for header in headers:
        languages = [("CXX", "c++", "c++20")]
        if header.name in ("target.h", "version.h"):
            languages.append(("C", "c", "c11"))
        for name, language, standard in languages:
            source = tmp_path / "alone"
            # ISO C wants at least one declaration, and a header may hold macros only.
            source.write_text(f"#include <{header}>\n#include <{header}>\nextern int used;\n")
            run(
                *[cache[f"CMAKE_{name}_COMPILER"], "-x", language, f"-std={standard}"],
                *["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"],
                *["-I", prefix / "include", source],
            )


# What it does, tests/unit/harness/snippet_test.cpp shows.
@pytest.mark.any_build
def test_a_printed_googletest_compiles_against_an_installed_e3(prefix, cache, bin_dir, tmp_path):
    scenario = tmp_path / "split.e3"
    scenario.write_text('peer1 > "GET / HTTP/1.0\\r\\n\\r"\nsettle\npeer1 > "\\n"\n')
    printed = run(bin_dir / "e3-canary", "minimize", scenario)
    source = tmp_path / "split_test.cpp"
    source.write_text(printed[printed.index("#include") :])
    run(
        *[cache["CMAKE_CXX_COMPILER"], "-std=c++20", "-Wall", "-Wextra", "-Werror"],
        *["-fsyntax-only", "-I", prefix / "include", source],
    )


def test_pkg_config_knows_e3(prefix, cache):
    (folder,) = prefix.rglob("pkgconfig")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(folder)}
    version = run("pkg-config", "--modversion", "e3", env=environment).strip()
    assert version == cache["CMAKE_PROJECT_VERSION"]
    flags = run("pkg-config", "--cflags", "e3", env=environment).split()
    folders = [pathlib.Path(flag[2:]).resolve() for flag in flags if flag.startswith("-I")]
    assert prefix / "include" in folders


@pytest.mark.any_build
def test_a_program_of_a_consumer_may_name_a_profile_that_comes_with_e3(configure, prefix, tmp_path):
    (tmp_path / "server.c").write_text("int serve(int argc, char** argv) { return argc - (argv != 0); }\n")
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(mail LANGUAGES C CXX)\n"
        "add_library(server STATIC server.c)\nenable_testing()\nfind_package(e3 CONFIG REQUIRED)\n"
        "e3_add_conformance_test(NAME mail TARGET server ENTRY serve PROFILE smtp)\n"
        "e3_add_fuzzer(NAME fuzz_mail TARGET server ENTRY serve PROFILE smtp)\n"
    )
    folder = configure(tmp_path)
    named = [path.name for path in folder.glob("*.cpp") if f"{prefix}/share/e3/profiles/smtp.toml" in path.read_text()]
    assert len(named) == 2, list(folder.glob("*.cpp"))
