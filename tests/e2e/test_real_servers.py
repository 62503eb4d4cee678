# SPDX-License-Identifier: MIT
"""`e3 run` against real servers, each with the minimal configuration of tests/real.

What does not pass is listed in tests/real/expectations with a reason, so that a run is green unless
a server, or e3, has changed. Servers that are not installed are skipped
(ci/install-dependencies real installs all).
"""

import pathlib

import pytest

pytestmark = pytest.mark.any_build

REAL = pathlib.Path(__file__).resolve().parents[1] / "real"

PROFILES = pathlib.Path(__file__).resolve().parents[2] / "harness/checks/profiles"

# With the profile that each is asked by.
SERVERS = {
    "nginx": "http",
    "lighttpd": "http",
    "haproxy": "http",
    "apache": "http",
    "evhttp": "http",
    "microhttpd": "http",
    "python-http": "http",
    "node": "http",
    "asyncio": REAL / "servers/python_asyncio.toml",
    "redis": PROFILES / "redis.toml",
    "memcached": PROFILES / "memcached.toml",
    "length-prefixed": REAL / "servers/length_prefixed.toml",
    "smtp-like": PROFILES / "smtp.toml",
}


@pytest.fixture
def installed_servers(start, bin_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("E3_REAL_BIN", str(bin_dir))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    listing = start(REAL / "start", "--list")
    assert listing.wait() == 0
    return listing.stdout.split()


@pytest.mark.long
@pytest.mark.parametrize("server", SERVERS)
def test_each_server_comes_out_as_reviewed(start, installed_servers, server):
    if server not in installed_servers:
        pytest.skip(f"{server} is not installed: ci/install-dependencies real")
    run = start(
        *["e3", "run", "--spawn", f"{REAL}/start {server} {{port}}"],
        *["--profile", SERVERS[server]],
        *["--expectations", REAL / "expectations" / f"{server}.toml"],
    )
    assert run.wait() == 0, run.stdout
    assert run.descendants() == []


def test_each_server_has_reviewed_expectations():
    for server in SERVERS:
        text = (REAL / "expectations" / f"{server}.toml").read_text()
        assert "not reviewed yet" not in text, server

