# SPDX-License-Identifier: MIT
"""Projects that e3 did not write the style of, built against an installed e3 and tested by it."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSUMERS = ROOT / "tests/consumers"
MOST_LINES = 20


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def build_dir(bin_dir):
    assert (bin_dir.parent / "CMakeCache.txt").exists(), "--bin-dir is not in a build folder"
    return bin_dir.parent


@pytest.fixture(scope="session")
def cache(build_dir):
    """What e3 itself was configured with."""
    text = (build_dir / "CMakeCache.txt").read_text()
    return dict(re.findall(r"^(\w+):\w+=(.*)$", text, re.MULTILINE))


@pytest.fixture(scope="session")
def prefix(build_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", build_dir, "--prefix", folder)
    return folder


@pytest.fixture(scope="session")
def configure(prefix, cache, tmp_path_factory):
    """configure(PROJECT) -> its configured build folder, with e3's own compiler and sanitizers."""

    def configure_project(source, *words):
        folder = tmp_path_factory.mktemp("build")
        sanitizers = cache.get("E3_SANITIZERS", "")
        flags = f"-fsanitize={sanitizers} -fno-sanitize=vptr" if sanitizers else ""
        run(
            *["cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}"],
            *[f"-DCMAKE_{name}={cache[f'CMAKE_{name}']}" for name in ("C_COMPILER", "CXX_COMPILER")],
            *["-DCMAKE_BUILD_TYPE=RelWithDebInfo"],
            *[f"-DCMAKE_{language}_FLAGS={flags}" for language in ("C", "CXX")],
            *words,
        )
        return folder

    return configure_project


def ctest(folder, *words):
    """The outcome of each test by name: Passed, Failed or Skipped."""
    done = subprocess.run(
        ["ctest", "--test-dir", folder, "-j2", *words], capture_output=True, text=True
    )
    # Behind the name of a parameterised test stands "  # GetParam() = ...".
    line = re.compile(
        r"Test +#\d+: (\S+)(?: +# .*?)? \.+ *(?:\*+)?(Passed|Failed|Skipped|Not Run|Timeout|Exception)"
    )
    outcomes = dict(line.findall(done.stdout))
    assert outcomes, done.stdout + done.stderr
    return outcomes


PROJECTS = ["c_table", "libevent_http", "cpp_oneshot", "asio_http", "asyncio_http", "gtest_checks"]


def test_every_consumer_is_tested():
    assert {path.name for path in CONSUMERS.iterdir() if path.is_dir()} == set(PROJECTS)


@pytest.mark.parametrize("project", PROJECTS)
def test_a_consumer_builds_against_an_installed_e3_and_passes(configure, project):
    folder = configure(CONSUMERS / project)
    run("cmake", "--build", folder)
    outcomes = ctest(folder)
    bad = {test: outcome for test, outcome in outcomes.items() if outcome not in ("Passed", "Skipped")}
    assert not bad
    assert sum(outcome == "Passed" for outcome in outcomes.values()) >= 5, outcomes


@pytest.mark.parametrize("project", PROJECTS)
def test_a_consumer_states_how_many_lines_it_took(project):
    text = " ".join((CONSUMERS / project / "README.md").read_text().split())
    stated = sum(map(int, re.findall(r"(\d+)(?: in `|, in `)", text)))
    assert 0 < stated < MOST_LINES
    cmake = (CONSUMERS / project / "CMakeLists.txt").read_text()
    assert "e3_add_conformance_test(" in cmake or "e3::harness" in cmake


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


def test_pkg_config_knows_e3(prefix, cache):
    (folder,) = prefix.rglob("pkgconfig")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(folder)}
    version = run("pkg-config", "--modversion", "e3", env=environment).strip()
    assert version == cache["CMAKE_PROJECT_VERSION"]
    flags = run("pkg-config", "--cflags", "e3", env=environment).split()
    folders = [pathlib.Path(flag[2:]).resolve() for flag in flags if flag.startswith("-I")]
    assert prefix / "include" in folders
