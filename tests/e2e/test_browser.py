# SPDX-License-Identifier: MIT
"""A real browser loads a page from e3-server."""

import shutil

import pytest

from program import wait_until

pytestmark = pytest.mark.any_build


@pytest.fixture
def browser():
    """Chromium, whole or as Debian's smaller package without windows."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "no Chromium: ci/install-dependencies installs one"
    return path


def test_chromium_shows_the_echoed_path(serve, start, browser, tmp_path):
    server = serve("e3-server", "--log")
    page = start(
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        f"http://127.0.0.1:{server.port}/hello-from-a-browser",
    )
    assert page.wait() == 0
    wait_until(lambda: not page.descendants(), "the browser's other processes to end")
    assert ">hello-from-a-browser</pre>" in page.stdout
    assert 'target="/hello-from-a-browser"' in server.stdout
    assert server.stop() == 0
