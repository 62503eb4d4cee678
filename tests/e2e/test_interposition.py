# SPDX-License-Identifier: MIT
"""The harness between a server and libc: with both compilers, beside sanitizers, before libraries that
are linked statically. What it passes on, a sanitizer must see as if the harness were not there."""

import pathlib
import shutil

import pytest

from installed_e3 import build_dir, cache, ctest, prefix, run  # noqa: F401

pytestmark = pytest.mark.any_build

PROJECT = pathlib.Path(__file__).resolve().parents[1] / "interposition"
COMPILERS = {"gcc": ("gcc", "g++"), "clang": ("clang", "clang++")}
SANITIZERS = {"none": "", "address": "-fsanitize=address,undefined", "thread": "-fsanitize=thread"}


# What each deed of pass_through.c must make a sanitizer say. Without a race no one says anything.
SEEN = {
    ("overflow", "address"): "AddressSanitizer: heap-buffer-overflow",
    ("race", "thread"): "ThreadSanitizer: data race",
}


@pytest.fixture
def build(prefix, cache, tmp_path):  # noqa: F811
    """build(COMPILER, SANITIZER) -> the folder"""
    if cache.get("E3_SANITIZERS"):
        pytest.skip("the harness brings a sanitizer of its own")

    def build_with(compiler, sanitizer):
        c, cxx = COMPILERS[compiler]
        if shutil.which(cxx) is None:
            pytest.skip(f"{cxx} is not installed")
        flags = [f"-DCMAKE_{language}_FLAGS={SANITIZERS[sanitizer]}" for language in ("C", "CXX")]
        run(
            *["cmake", "-G", "Ninja", "-S", PROJECT, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}"],
            *[f"-DCMAKE_C_COMPILER={c}", f"-DCMAKE_CXX_COMPILER={cxx}"],
            *["-DCMAKE_BUILD_TYPE=RelWithDebInfo", *flags],
        )
        run("cmake", "--build", tmp_path)
        return tmp_path

    return build_with


@pytest.mark.parametrize("sanitizer", SANITIZERS)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_servers_are_tested_and_real_calls_are_seen(build, start, compiler, sanitizer):
    folder = build(compiler, sanitizer)
    outcomes = ctest(folder)
    assert {test: outcome for test, outcome in outcomes.items() if outcome != "Passed"} == {}
    assert {test.split(".")[0] for test in outcomes} == {"table", "evhttp"}

    for deed in ["hand-over", *(deed for deed, seen_by in SEEN if seen_by == sanitizer)]:
        program = start(folder / "pass_through", deed)
        status = program.wait()
        if (deed, sanitizer) in SEEN:
            assert status != 0
            assert SEEN[deed, sanitizer] in program.stderr
            continue
        assert (status, program.stdout, program.stderr) == (0, "done\n", "")
