# SPDX-License-Identifier: MIT
"""e3 installed into a scratch prefix, and projects that are built against it."""

import re
import subprocess

import pytest


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
