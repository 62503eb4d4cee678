# SPDX-License-Identifier: MIT
"""e3 probe: what it says of real programs, and a profile that e3 run takes."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.any_build

ROOT = pathlib.Path(__file__).resolve().parents[2]
NGINX = f"{ROOT}/tests/real/start nginx {{port}}"


@pytest.fixture
def e3(bin_dir, tmp_path):
    def run(*words):
        return subprocess.run([bin_dir / "e3", *words], cwd=tmp_path, capture_output=True, text=True)

    return run


def facts_of(done):
    assert done.returncode == 0, done.stderr
    return {key: fact["value"] for key, fact in json.loads(done.stdout)["facts"].items()}


def test_the_name_of_a_profile_may_be_no_text(e3, tmp_path):
    name = b"q\xff.toml"
    (tmp_path / "q.toml").write_text("http = true\nrequest = \"GET / HTTP/1.0\\r\\n\\r\\n\"\n")
    (tmp_path / "q.toml").rename(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    done = e3("probe", "--profile", name, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["profile"] == "q\\xff.toml"


def outcomes(e3, tmp_path, *words):
    e3("run", "-q", "--report", "json=run.json", *words)
    checks = json.loads((tmp_path / "run.json").read_text())["checks"]
    return {check["id"]: check["verdict"] for check in checks}


@pytest.mark.parametrize("engine", ["sim", "socketpair"])
def test_a_written_profile_gives_the_same_verdicts(e3, tmp_path, engine):
    assert e3("probe", "--engine", engine, "--write-profile", "my.toml").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["my.toml"]
    words = ["--engine", engine, "-x", "time"]
    assert outcomes(e3, tmp_path, "--profile", "my.toml", *words) == outcomes(e3, tmp_path, *words)


@pytest.mark.skipif(not (shutil.which("nginx") or pathlib.Path("/usr/sbin/nginx").exists()), reason="no nginx")
def test_nginx_is_seen_as_it_is_configured(e3, tmp_path):
    """Its configuration sets each time-out to two seconds; the limits are nginx's own."""
    facts = facts_of(e3("probe", "--json", "--wait", "4s", "--write-profile", "nginx.toml", "--spawn", NGINX))
    assert facts["http_versions"] == "1.0, 1.1" and facts["answers_as"] == "1.1"
    assert facts["keep_alive_1_0"] and facts["keep_alive_1_1"] and facts["pipelining"]
    assert 8100 < facts["longest_request_line"] < 8300
    for name in ("silence_time_out", "request_time_out", "idle_time_out"):
        assert 1.5 < facts[name] < 4
    found = outcomes(e3, tmp_path, "--profile", "nginx.toml", "read.split.random", "--spawn", NGINX)
    assert found == {"read.split.random": "PASS"}


def test_a_table_for_people(e3):
    done = e3("probe", "--profile", "echo", "--wait", "1s")
    assert done.returncode == 0
    assert done.stdout.startswith("target: ") and "half-close   " in done.stdout


def test_nothing_is_written_when_nothing_was_learned(e3, tmp_path, free_port):
    done = e3("probe", f"127.0.0.1:{free_port}", "--write-profile", "my.toml")
    assert done.returncode == 3 and done.stderr.startswith("e3: ")
    done = e3("probe", "--write-profile", "no/such/folder/my.toml", "--wait", "1ms")
    assert done.returncode == 2 and "no/such/folder" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("--write-profile", "profile.json"),
        ("--wait", "5"),
        ("--spawn", "server"),
        ("--spawn", "server {port}", "127.0.0.1:80"),
        ("--profile", "no-such-profile"),
    ],
)
def test_a_bad_command_line_says_why(e3, words):
    done = e3("probe", *words)
    assert done.returncode == 2 and done.stderr.startswith("e3: ") and not done.stdout
