# SPDX-License-Identifier: MIT
"""`e3 run --preload`: unmodified programs inside the simulated kernel, and programs that cannot be."""

import json
import os
import pathlib
import re
import shutil

import pytest

REAL = pathlib.Path(__file__).resolve().parents[1] / "real" / "servers"

pytestmark = pytest.mark.usefixtures("preload_library")

FAILED, USAGE, UNAVAILABLE = 1, 2, 3

# odd_server.c takes no care of calls that fail, nor of peers that do nothing.
NOT_FOR_ODD_SERVER = ["-x", "http", "-x", "*.error*", "-x", "time"]


@pytest.fixture
def preload(start):
    """preload(COMMAND, ARGUMENT...) -> the ended `e3 run --preload` of it"""

    def run(command, *arguments):
        program = start("e3", "run", "--preload", "--spawn", str(command), *arguments)
        program.status = program.wait()
        assert program.descendants() == []
        return program

    return run


def counts_of(run):
    last = run.stdout.splitlines()[-1]
    words = re.findall(r"(\d+) (tests|passed|failed|warned|skipped|inconclusive|errors)", last)
    return {name: int(count) for count, name in words}


def transcript_of(run):
    return re.search(r"^transcript ([0-9a-f]{16})$", run.stdout, re.MULTILINE)[1]


def expect_all_passed(run):
    assert run.status == 0, run.stdout + run.stderr
    counts = counts_of(run)
    assert counts["passed"] > 0
    assert counts["passed"] + counts["skipped"] == counts["tests"]


def expect_one_line(run, status, *words):
    assert run.status == status, run.stdout + run.stderr
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    for word in words:
        assert word in lines[0]


# --- Programs that run in the simulated kernel


@pytest.mark.parametrize("protocol", ["http", "hello", "echo"])
def test_the_shipped_server_passes(preload, bin_dir, protocol):
    command = f"{bin_dir / 'e3-server'} --port {{port}} --protocol {protocol}"
    expect_all_passed(preload(command, "--profile", protocol))


def test_a_c_server_with_a_timer_and_an_event_passes(preload, bin_dir):
    expect_all_passed(preload(f"{bin_dir / 'odd-server'} {{port}}", *NOT_FOR_ODD_SERVER))


def test_peers_come_to_the_port_that_was_asked_for(preload, bin_dir):
    command = f"{bin_dir / 'odd-server'} {{port}} also-listen 9999"
    expect_all_passed(preload(command, *NOT_FOR_ODD_SERVER))


@pytest.mark.parametrize(
    "deed", ["close-all", "closefrom", "close_range", "close-listed", "limits", "clocks"]
)
def test_a_server_that_does_at_its_start_what_servers_do_passes(preload, bin_dir, deed):
    command = f"{bin_dir / 'odd-server'} {{port}} start {deed}"
    expect_all_passed(preload(command, "accept.burst", "read.split", "close.hangup.reset"))


@pytest.mark.parametrize("deed", ["close-unknown", "limits"])
def test_so_does_one_that_does_it_later(preload, bin_dir, deed):
    command = f"{bin_dir / 'odd-server'} {{port}} split {deed}"
    expect_all_passed(preload(command, "read.split.every-offset"))


def configured(tmp_path, name, **more):
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "e3").write_text("e3")
    text = (REAL / name).read_text().replace("@PORT@", "8080").replace("@DIR@", str(tmp_path))
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in more.get("head", [])) + text)
    return path


def program_of(name):
    program = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        pytest.skip(f"{name} is not installed: ci/install-dependencies real")
    return program


def test_nginx_comes_out_as_it_does_over_tcp(preload, tmp_path):
    program = program_of("nginx")
    configuration = configured(tmp_path, "nginx.conf", head=["master_process off;"])
    run = preload(
        f"{program} -p {tmp_path} -c {configuration} -e stderr",
        "--expectations",
        REAL.parent / "expectations" / "nginx.toml",
    )
    assert run.status == 0, run.stdout + run.stderr
    assert counts_of(run)["passed"] > 50


def test_lighttpd_passes_the_checks_of_transport(preload, tmp_path):
    program = program_of("lighttpd")
    configuration = configured(tmp_path, "lighttpd.conf")
    # What it is known to lack: see tests/real/FINDINGS.md.
    known = ["accept.error.out-of-descriptors", "accept.error.not-registered", "time.drip"]
    excluded = [word for check in ["http", *known] for word in ("-x", check)]
    run = preload(f"{program} -D -f {configuration}", *excluded)
    assert run.status == 0, run.stdout + run.stderr
    failing = preload(f"{program} -D -f {configuration}", *known[:2])
    assert failing.status == FAILED
    assert "accept-emfile-spin" in failing.stdout and "register-fail-leak" in failing.stdout


@pytest.mark.parametrize(
    "name", ["gcc-address", "clang-address", "clang-thread", "clang-undefined"]
)
def test_a_server_with_a_sanitizer_passes(preload, bin_dir, name):
    program = bin_dir / f"odd-server-{name}"
    if not program.exists():
        pytest.skip(f"this build has no {program.name}")
    expect_all_passed(preload(f"{program} {{port}}", *NOT_FOR_ODD_SERVER))


def test_the_same_run_gives_the_same_transcript(preload, bin_dir):
    command = f"{bin_dir / 'e3-server'} --port {{port}}"
    runs = [preload(command, "--seed", "7") for _ in range(2)]
    assert transcript_of(runs[0]) == transcript_of(runs[1])
    other = preload(command, "--seed", "8")
    assert transcript_of(other) != transcript_of(runs[0])


def test_the_calls_of_an_unmodified_program_can_be_struck(start, bin_dir):
    library = bin_dir / "libe3-preload-strike.so"
    run = start("/usr/bin/env", f"LD_PRELOAD={library}", bin_dir / "odd-server", "8080")
    assert run.wait() == 0, run.stderr
    assert "recv conn short=1 always: 21 strikes, answer \"/abc\"" in run.stdout
    assert "epoll_wait EINTR: 1 strikes, answer \"/abc\"" in run.stdout
    assert "recv conn ECONNRESET: 1 strikes, answer \"\"" in run.stdout
    assert "3600 s later" in run.stdout


# --- Verdicts


def test_the_known_bad_server_is_failed_for_each_of_its_bugs(preload, bin_dir, tmp_path):
    report = tmp_path / "e3.json"
    run = preload(
        f"{bin_dir / 'e3-known-bad-server'} --port {{port}}", "--report", f"json={report}"
    )
    assert run.status == FAILED
    document = json.loads(report.read_text())
    causes = {cause["slug"] for cause in document["causes"]}
    assert {
        "et-listen-single-accept",
        "eof-spin",
        "malformed-request-kills",
        "nul-and-binary",
        "length-chars-vs-bytes",
    } <= causes
    assert document["engine"] == "preload"
    assert "preloaded into the simulated kernel" in document["target"]
    assert "--preload --spawn" in run.stdout
    assert re.search("FAIL +accept.burst +et-listen-single-accept: ", run.stdout), "the cause comes first"
    assert "mend the first and run again" in run.stdout
    assert re.search("SKIP +process.restart .*--spawn without --preload", run.stdout)


def crash_of(preload, command, *arguments, tmp_path):
    """The result of read.split.every-offset against a server that dies of a split request."""
    report = tmp_path / "e3.json"
    run = preload(
        command, "read.split.every-offset", "accept.burst", "--report", f"json={report}", *arguments
    )
    assert run.status == FAILED, run.stdout + run.stderr
    document = json.loads(report.read_text())
    assert document["complete"] is True
    checks = {check["id"]: check for check in document["checks"]}
    assert checks["accept.burst"]["verdict"] == "PASS"
    return checks["read.split.every-offset"]


@pytest.mark.parametrize(
    "deed, how",
    [
        ("segv", "killed by SIGSEGV"),
        ("abort", "killed by SIGABRT"),
        ("exit", "exit code 7"),
        ("recursion", "killed by SIGSEGV"),
    ],
)
def test_a_crash_is_told_with_what_led_to_it(preload, bin_dir, tmp_path, deed, how):
    command = f"{bin_dir / 'odd-server'} {{port}} split {deed}"
    check = crash_of(preload, command, tmp_path=tmp_path)
    assert check["verdict"] == "CRASH"
    failure = check["failures"][0]
    assert how in failure["actual"]
    assert f"about to: {deed}" in failure["actual"]
    transcript = "\n".join(failure["transcript"])
    assert "peer" in transcript and "recv(" in transcript
    assert f"prints: about to: {deed}" in transcript


def test_a_death_without_last_words_is_told_too(preload, bin_dir, tmp_path):
    command = f"{bin_dir / 'odd-server'} {{port}} split quick-exit"
    check = crash_of(preload, command, tmp_path=tmp_path)
    assert check["verdict"] == "CRASH"
    assert "exit code 8" in check["failures"][0]["actual"]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_what_a_sanitizer_finds_is_in_the_report(preload, bin_dir, tmp_path, compiler):
    program = bin_dir / f"odd-server-{compiler}-address"
    if not program.exists():
        pytest.skip(f"this build has no {program.name}")
    check = crash_of(preload, f"{program} {{port}} split heap-overflow", tmp_path=tmp_path)
    assert check["verdict"] == "CRASH"
    transcript = "\n".join(check["failures"][0]["transcript"])
    assert "heap-buffer-overflow" in transcript
    assert "recv(" in transcript


def test_computing_without_end_is_spinning(preload, bin_dir, tmp_path):
    command = f"{bin_dir / 'odd-server'} {{port}} split compute"
    check = crash_of(preload, command, "--timeout", "100ms", tmp_path=tmp_path)
    assert check["verdict"] == "FAIL"
    assert check["failures"][0]["symptom"] == "spins"


def test_expectations_and_levels_count(preload, bin_dir, tmp_path):
    expectations = tmp_path / "known.toml"
    expectations.write_text(
        '[[expect]]\nid = "accept.burst"\nverdict = "FAIL"\nreason = "it accepts once"\n'
    )
    command = f"{bin_dir / 'e3-known-bad-server'} --port {{port}}"
    run = preload(command, "accept.burst", "--expectations", expectations)
    assert run.status == 0, run.stdout
    assert "XFAIL" in run.stdout
    must = preload(command, "--level", "must", "--dry-run").stdout.splitlines()
    every = preload(command, "--dry-run").stdout.splitlines()
    assert set(must) < set(every)


# --- Programs that cannot run in it


PROCESSES_AND_THREADS = ["thread", "fork", "vfork", "posix_spawn", "system", "popen"]
REAL_TIMERS = ["setitimer", "timer_create"]
IO_URING = ["io_uring", "raw-io_uring"]


OTHERS = ["exec", "raw-close_range"]


@pytest.mark.parametrize("deed", [*PROCESSES_AND_THREADS, *REAL_TIMERS, *IO_URING, *OTHERS])
def test_what_the_simulated_kernel_lacks_is_named_at_the_start(preload, bin_dir, deed):
    run = preload(f"{bin_dir / 'odd-server'} {{port}} start {deed}")
    call = {
        "thread": "pthread_create",
        "raw-io_uring": "io_uring",
        "raw-close_range": "close_range",
    }.get(deed, deed)
    expect_one_line(run, UNAVAILABLE, call, "without --preload", "strace --inject")


@pytest.mark.parametrize("deed", ["thread", "fork", "io_uring", "raw-io_uring"])
def test_what_the_simulated_kernel_lacks_is_an_error_later(preload, bin_dir, tmp_path, deed):
    command = f"{bin_dir / 'odd-server'} {{port}} split {deed}"
    check = crash_of(preload, command, tmp_path=tmp_path)
    assert check["verdict"] == "ERROR"
    assert "without --preload" in check["reason"]
    assert check["failures"] == []


def test_what_each_request_needs_is_not_asked_for_in_each_check(preload, bin_dir):
    run = preload(f"{bin_dir / 'odd-server'} {{port}} request fork")
    assert run.status == UNAVAILABLE
    assert "it called fork" in run.stderr and "without --preload" in run.stderr
    assert len(re.findall("^  ERROR ", run.stdout, re.MULTILINE)) == 2


def test_a_real_wait_is_an_error(preload, bin_dir, tmp_path):
    command = f"{bin_dir / 'odd-server'} {{port}} split wait"
    check = crash_of(preload, command, "--timeout", "100ms", tmp_path=tmp_path)
    assert check["verdict"] == "ERROR"


def test_what_was_made_before_main_is_named(preload, bin_dir):
    run = preload(f"{bin_dir / 'odd-server'} {{port}} start global-epoll", "--ready-timeout", "1s")
    expect_one_line(run, UNAVAILABLE, "it called epoll_create1 before main")


def test_a_program_that_the_library_is_kept_from_is_told_so(preload, tmp_path, bin_dir):
    if os.geteuid() != 0:
        pytest.skip("setgid programs of others are made by root only")
    program = tmp_path / "odd-server"
    shutil.copy(bin_dir / "odd-server", program)
    os.chown(program, 0, 1)
    program.chmod(0o2755)
    run = preload(f"{program} {{port}}", "accept.burst", "--ready-timeout", "1s")
    expect_one_line(run, UNAVAILABLE, "was not loaded")


def test_a_static_program_is_told_the_alternatives(preload, bin_dir):
    run = preload(f"{bin_dir / 'odd-server-static'} {{port}}")
    expect_one_line(run, USAGE, "linked statically", "without --preload", "strace", "link it in")


def test_a_script_is_told_what_is_wanted(preload, tmp_path):
    script = tmp_path / "server"
    script.write_text("#!/bin/sh\nexec true\n")
    script.chmod(0o755)
    expect_one_line(preload(f"{script} {{port}}"), USAGE, "script")


def test_a_program_that_is_not_there(preload):
    expect_one_line(preload("/no/such/server {port}"), UNAVAILABLE, "/no/such/server")


def test_a_program_that_ends_before_it_listens(preload, bin_dir):
    run = preload(f"{bin_dir / 'odd-server'} {{port}} start exit")
    expect_one_line(run, UNAVAILABLE, "exit code 7", "about to: exit")


@pytest.mark.parametrize("arguments", [["--preload"], ["--preload", "--engine", "sim", "--spawn", "x"]])
def test_a_bad_command_line(start, arguments):
    program = start("e3", "run", *arguments)
    assert program.wait() == USAGE
    assert "--preload" in program.stderr
