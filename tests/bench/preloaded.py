# SPDX-License-Identifier: MIT
"""The same program with the harness preloaded and over loopback TCP: exchanges per second of processor
time, and how many times as many the one makes."""

import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile

from servers import comes_to_listen

TCP_EXCHANGES = 3000

NGINX = """
daemon off; master_process off; error_log stderr crit; pid {dir}/nginx.pid;
events {{ worker_connections 1000; }}
http {{ access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
uwsgi_temp_path {dir}; scgi_temp_path {dir};
server {{ listen 127.0.0.1:{port}; location / {{ return 200 $uri; }} }} }}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def commands(bin_dir, folder, port):
    """Those of the servers that are there, by name."""
    found = {"e3-server": [bin_dir / "e3-server", "--port", str(port)]}
    if nginx := shutil.which("nginx", path="/usr/sbin:/usr/bin"):
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(NGINX.format(dir=folder, port=port))
        found["nginx"] = [nginx, "-p", folder, "-c", configuration, "-e", "stderr"]
    return found


def rate(output, more_seconds=0.0):
    count, seconds = output.split()[-2:]  # behind what the server prints
    return int(count) / (float(seconds) + more_seconds)


def preloaded_rate(command, library):
    run = subprocess.run(
        command, env={**os.environ, "LD_PRELOAD": str(library)}, stdout=subprocess.PIPE, check=True
    )
    return rate(run.stdout)


def processor_seconds(pid):
    with open(f"/proc/{pid}/schedstat") as schedstat:
        return int(schedstat.read().split()[0]) * 1e-9


def tcp_rate(command, client, port):
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        if not comes_to_listen(server, port):
            raise SystemExit(f"{command[0]} does not listen on port {port}")
        subprocess.run([client, str(port), "100"], stdout=subprocess.DEVNULL, check=True)
        before = processor_seconds(server.pid)
        run = subprocess.run([client, str(port), str(TCP_EXCHANGES)], stdout=subprocess.PIPE, check=True)
        return rate(run.stdout, processor_seconds(server.pid) - before)
    finally:
        server.terminate()
        server.wait()


def measured(bin_dir, library, rounds):
    """{name: (preloaded rate, TCP rate, ratio)}, medians of `rounds` alternating runs."""
    runs = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            port = free_port()
            for name, command in commands(bin_dir, folder, port).items():
                inside = preloaded_rate(command, library)
                outside = tcp_rate(command, bin_dir / "tcp_exchanges", port)
                runs.setdefault(name, []).append((inside, outside, inside / outside))
    return {name: tuple(map(statistics.median, zip(*each))) for name, each in runs.items()}
