# SPDX-License-Identifier: MIT
"""Each report is valid in its format, whatever the server sends and however the run ends."""

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess

import hypothesis
import pytest
from hypothesis import strategies

from program import wait_until
from report_formats import CHECKS

# Each would break some format, were it not escaped.
HOSTILE = (
    b"\x00\x01\x1b[31m</script><script>alert(1)</script>]]>&amp;'\"\xff\xc3\x28\xed\xa0\x80"
    b"\xe2\x80\xae\xef\xbf\xbe%0A::error::x\r\n::error title=a,b:c::d\n# TODO x\n...\n"
)


def report_options(folder):
    return [
        word for kind in CHECKS for word in ("--report", f"{kind}={folder / kind}")
    ]


def check_all(folder):
    return {kind: check(folder / kind) for kind, check in CHECKS.items()}


def test_a_failing_run_is_told_in_every_format(start, bin_dir, tmp_path):
    command = f"{bin_dir / 'e3-known-bad-server'} --port {{port}}"
    run = start(
        *["e3", "run", "accept.burst", "http.content-length", "read.split.byte-at-a-time"],
        *["--spawn", command, "--shown-at", "src/server.c", *report_options(tmp_path)],
    )
    assert run.wait() == 1
    seen = check_all(tmp_path)
    failed = {c["id"] for c in seen["json"]["checks"] if c["verdict"] in ("FAIL", "CRASH")}
    assert failed
    assert {c.get("name") for c in seen["junit"].iter("testcase") if len(c)} == failed
    assert {result["ruleId"] for result in seen["sarif"]["results"]} == failed
    assert {test[3] for test in seen["tap"] if test[1]} == failed
    errors = [each for each in seen["github"] if each[0] == "error"]
    assert {each[1]["title"].split()[-1] for each in errors} == failed
    assert all(each[1]["file"] == "src/server.c" for each in errors)
    assert [each["id"] for each in seen["ndjson"][1:-1]] == [
        each["id"] for each in seen["json"]["checks"]
    ]
    for check in seen["json"]["checks"]:
        assert check["id"] in seen["html"].text
        for failure in check["failures"]:
            assert failure["actual"] in seen["html"].text
        assert check["replay"] in seen["html"].text


TAP_DIRECTIVES = {"XFAIL": "TODO", "SKIP": "SKIP", "N/A": "SKIP"}  # of all other verdicts: none


def verdicts_that_tap_tells(seen):
    """The verdict of each check; fails unless TAP tells them as JSON does."""
    verdicts = {}
    for check, test in zip(seen["json"]["checks"], seen["tap"], strict=True):
        verdict = verdicts[check["id"]] = check["verdict"]
        assert test[3] == check["id"]
        assert test[4] == TAP_DIRECTIVES.get(verdict), test[0]
        assert test[4] is None or test[5], f"no reason: {test[0]}"
        assert bool(test[1]) == (verdict not in ("PASS", "WARN", "SKIP", "N/A")), test[0]
    return verdicts


def test_tap_says_of_each_check_what_json_says(start, bin_dir, tmp_path):
    known = tmp_path / "known.toml"
    known.write_text('[[expect]]\nid = "accept.burst"\nverdict = "FAIL"\nreason = "one # each"\n')
    run = start(
        *["e3", "run", "accept.burst", "close.error", "http.content-length", "read.split.byte-at-a-time"],
        *["--spawn", f"{bin_dir / 'e3-known-bad-server'} --port {{port}}", "--expectations", known],
        *report_options(tmp_path),
    )
    assert run.wait() == 1, run.stderr
    assert verdicts_that_tap_tells(check_all(tmp_path)) == {
        "accept.burst": "XFAIL",
        "close.error": "SKIP",
        "http.content-length": "FAIL",
        "read.split.byte-at-a-time": "PASS",
    }
    run = start("e3", "run", "accept.burst", "http.content-length", "--profile", "echo", *report_options(tmp_path))
    assert run.wait() == 0, run.stderr
    assert verdicts_that_tap_tells(check_all(tmp_path)) == {"accept.burst": "PASS", "http.content-length": "N/A"}


@pytest.mark.parametrize("kind", CHECKS)
def test_a_pipe_gets_one_whole_report_and_stays_a_pipe(start, tmp_path, kind):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run = start("e3", "run", "accept", "--report", f"{kind}={link}")
    written = tmp_path / "written"
    with written.open("wb") as file:

        def copied_to_the_end():
            ended = not run.is_running()  # asked first: it may write and end in between
            with contextlib.suppress(BlockingIOError):
                while part := os.read(reader, 1 << 16):
                    file.write(part)
            return ended

        wait_until(copied_to_the_end, f"{run} to end")
    os.close(reader)
    assert run.wait() == 0, run.stderr
    assert pipe.is_fifo() and link.is_symlink()
    CHECKS[kind](written)


@pytest.fixture
def hostile_server(tmp_path):
    """Answers each request with other hostile bytes, and counts: so no two answers are equal."""
    script = tmp_path / "hostile.py"
    script.write_text(
        "import socket, sys\n"
        "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        f"hostile = {HOSTILE!r}\n"
        "number = 0\n"
        "while True:\n"
        "    connection, _ = listener.accept()\n"
        "    number += 1\n"
        "    if connection.recv(65536):\n"
        "        connection.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n' + hostile * (number % 3 + 1))\n"
        "    connection.close()\n"
    )
    return f"/usr/bin/python3 {script} {{port}}"


def test_a_hostile_servers_bytes_break_no_format(start, hostile_server, tmp_path):
    run = start("e3", "run", "read.split", "--spawn", hostile_server, *report_options(tmp_path))
    assert run.wait() == 1, run.stdout
    seen = check_all(tmp_path)
    assert any(
        check["failures"] or check["verdict"] == "INCONCLUSIVE" for check in seen["json"]["checks"]
    )


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(strategies.binary(max_size=80).filter(lambda text: b"\0" not in text))
@hypothesis.example(HOSTILE.replace(b"\0", b""))
def test_no_text_breaks_a_format(bin_dir, tmp_path_factory, text):
    """The name of a program that is not there ends up in every report."""
    folder = tmp_path_factory.mktemp("reports")
    quoted = shlex.quote("/nowhere/" + text.decode("latin-1")).encode("latin-1")
    command = quoted.replace(b"{", b"(") + b" {port}"
    done = subprocess.run(
        [bin_dir / "e3", "run", "--spawn", command, "--shown-at", text, *report_options(folder)],
        capture_output=True,
    )
    assert done.returncode == 3, done.stderr
    seen = check_all(folder)
    assert seen["json"]["unavailable"]
    tell_that_nothing_was_tested(seen)


def tell_that_nothing_was_tested(seen):
    """No report of a server that never came up may look like one without findings."""
    (error,) = seen["junit"].iter("error")
    assert error.get("type") == "UNAVAILABLE" and error.get("message")
    assert seen["junit"].get("errors") == "1"
    assert [each[0] for each in seen["github"]] == ["error"] and seen["github"][0][2]
    (invocation,) = seen["sarif"]["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error" and notification["message"]["text"]


def test_a_server_that_never_comes_up_is_an_error_in_every_report_that_can_say_so(start, tmp_path):
    run = start("e3", "run", "accept", "--spawn", "/nowhere/server {port}", *report_options(tmp_path))
    assert run.wait() == 3
    seen = check_all(tmp_path)
    tell_that_nothing_was_tested(seen)
    (error,) = seen["junit"].iter("error")
    (notification,) = seen["sarif"]["invocations"][0]["toolExecutionNotifications"]
    for said in (error.get("message"), notification["message"]["text"], seen["github"][0][2]):
        assert "/nowhere/server" in said
    assert "Bail out! " in (tmp_path / "tap").read_text()


def test_reports_are_complete_after_an_interruption(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:  # never answers
        port = listener.getsockname()[1]
        run = start("e3", "run", "--timeout", "500s", f"127.0.0.1:{port}", *report_options(tmp_path))
        wait_until(lambda: (tmp_path / "html").exists(), "the reports to be begun")
        check_all_begun(tmp_path)
        assert run.stop(signal.SIGINT) == 130
    seen = check_all(tmp_path)
    assert seen["json"]["complete"] is False
    assert seen["sarif"]["invocations"][0]["executionSuccessful"] is False
    complete = [each.get("value") for each in seen["junit"].iter("property") if each.get("name") == "complete"]
    assert set(complete) <= {"false"}
    assert "Bail out!" in (tmp_path / "tap").read_text()


def check_all_begun(folder):
    """What grows may lack its end while the run goes on; the others are whole at all times."""
    for kind in ("junit", "json", "sarif", "html"):
        CHECKS[kind](folder / kind)


def test_no_temporary_file_is_left(start, tmp_path):
    assert start("e3", "run", "read.*", *report_options(tmp_path)).wait() == 0
    assert {path.name for path in tmp_path.iterdir()} == set(CHECKS)


@pytest.mark.parametrize("program", ["e3", "e3-run-known-bad"])
@pytest.mark.parametrize("kind", CHECKS)
def test_a_report_on_standard_output_is_alone_there(start, tmp_path, program, kind):
    """e3-run-known-bad: around a server in its own process that prints."""
    run = start(program, "run", "read.split.byte-at-a-time", "accept.burst", "--report", f"{kind}=-")
    assert run.wait() == (0 if program == "e3" else 1)
    assert program == "e3" or "listening on" in run.stderr
    assert "listening on" not in run.stdout
    if kind == "github":  # annotations live beside other lines
        assert "passed" in run.stdout
        return
    report = tmp_path / kind
    report.write_text(run.stdout)
    CHECKS[kind](report)
    assert "passed" in run.stderr


def test_a_path_that_cannot_be_written_is_told_at_once(start):
    run = start("e3", "run", "--report", "html=/nowhere/e3.html")
    assert run.wait() == 2
    assert "/nowhere/e3.html" in run.stderr


def test_the_schema_knows_every_field(start, tmp_path):
    """A field that the schema does not name would be an undocumented one."""
    path = tmp_path / "json"
    assert start("e3", "run", "accept.*", "--report", f"json={path}").wait() == 0
    schema = json.loads((CHECKS["json"].__globals__["ROOT"] / "harness/report/report.schema.json").read_text())
    document = json.loads(path.read_text())
    assert set(document) - {"checks"} == set(schema["definitions"]["run"]["properties"])
    assert set(document["checks"][0]) == set(schema["definitions"]["check"]["properties"])
