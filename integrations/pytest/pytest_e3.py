# SPDX-License-Identifier: MIT
"""e3's checks as pytest items: `pytest --e3-spawn './server {port}'`.

One item for each check, marked with its level (must, should, may) and with e3. What e3 skips is
skipped, what the expectations file allows is an expected failure, a warning is a pytest warning.
"""

import json
import pathlib
import subprocess
import tempfile
import warnings

import pytest

LEVELS = {
    "must": "an obligation of the server",
    "should": "what a server does unless it has a good reason",
    "may": "what a server may do",
}


class E3Warning(UserWarning):
    """A check that e3 answered with WARN."""


class E3Failure(Exception):
    """A check that did not pass; the message is all there is to show."""


def pytest_addoption(parser):
    group = parser.getgroup("e3", "conformance of an epoll server")
    group.addoption("--e3-spawn", metavar="CMD", help="start this server; {port} is its port")
    group.addoption("--e3-target", metavar="HOST:PORT", help="a server that already runs")
    group.addoption("--e3-profile", metavar="NAME", help="what to say to the server")
    group.addoption("--e3-expectations", metavar="FILE", help="what is expected to fail, and why")
    group.addoption(
        "--e3-check", metavar="CHECK", action="append", default=[], help="only these checks"
    )
    group.addoption(
        "--e3-program", metavar="PATH", default="e3", help="the e3 program (default: on PATH)"
    )
    group.addoption(
        "--e3-option", metavar="WORD", action="append", default=[], help="one more word for e3 run"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "e3: a check of e3")
    for level, meaning in LEVELS.items():
        config.addinivalue_line("markers", f"{level}: {meaning}")


def pytest_collection_modifyitems(session, config, items):
    if not config.option.e3_spawn and not config.option.e3_target:
        return
    items.extend(collected(session, config.option))


def pytest_sessionfinish(session, exitstatus):
    """A run of checks only must not end as one without tests."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.items:
        session.exitstatus = pytest.ExitCode.OK


def collected(session, option):
    checks = json.loads(run(option, "list", "--json"))
    levels = {case["id"]: case["level"] for check in checks for case in check["cases"]}
    # With all options, of which -x, --level and --shard choose among the checks.
    for id_ in run(option, "run", *option.e3_check, *target_words(option), *option.e3_option, "--dry-run").split():
        item = CheckItem.from_parent(session, name=id_, nodeid=f"e3::{id_}")
        item.add_marker("e3")
        item.add_marker(levels[id_])
        yield item


def target_words(option):
    words = [option.e3_target] if option.e3_target else []
    for name, value in (
        ("--spawn", option.e3_spawn),
        ("--profile", option.e3_profile),
        ("--expectations", option.e3_expectations),
    ):
        words += [name, value] if value else []
    return words


def without_shard(words):
    """The check that is run is of this part already; of one check there are no parts."""
    words = iter(words)
    for word in words:
        if word == "--shard":
            next(words, None)
        elif not word.startswith("--shard="):
            yield word


def run(option, *words):
    command = [option.e3_program, *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace")
    except OSError as error:
        raise pytest.UsageError(f"{option.e3_program}: {error.strerror}; name e3 with --e3-program") from error
    if done.returncode != 0:
        raise pytest.UsageError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class CheckItem(pytest.Item):
    """One check, run by a process of its own."""

    def runtest(self):
        option = self.config.option
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "e3.json"
            command = [option.e3_program, "run", self.name, "--report", f"json={report}", "-q"]
            command += [*target_words(option), *without_shard(option.e3_option)]
            done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace")
            checks = json.loads(report.read_text())["checks"] if report.exists() else []
        if not checks:
            raise E3Failure(done.stderr.strip() or done.stdout.strip())
        self.judge(checks[0], done.stdout)
        if done.returncode == 1:  # by an option such as --fail-on=warn
            raise E3Failure(done.stdout.strip())

    def judge(self, check, told):
        verdict, reason = check["verdict"], check["reason"]
        if verdict in ("SKIP", "N/A"):
            pytest.skip(reason)
        if verdict == "XFAIL":
            pytest.xfail(reason)
        if verdict == "WARN":
            for each in check["warnings"]:
                text = f"{self.name}: expected {each['expected']}; got {each['actual']}"
                warnings.warn(text, E3Warning, stacklevel=1)
        elif verdict != "PASS":
            raise E3Failure(told.strip())

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, E3Failure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, self.name
