# SPDX-License-Identifier: MIT
"""What e3-server must stand, one function each. It returns a line of figures, or fails."""

import contextlib
import json
import socket
import statistics
import subprocess

from server_process import ServerProcess, wait_until

KIB = 1024


def require(holds, what):
    if not holds:
        raise AssertionError(what)


def run_load(bin_folder, program, server, *numbers):
    command = [bin_folder / program, *map(str, (server.port, *numbers))]
    done = subprocess.run(command, capture_output=True, text=True)
    require(done.returncode == 0, f"{program}: {done.stderr}")
    return done.stdout


def exchange(connection, target):
    connection.sendall(b"GET /%b HTTP/1.1\r\nHost: t\r\n\r\n" % target)
    response = b""
    while not response.endswith(b"\r\n\r\n" + target):
        more = connection.recv(4096)
        require(more, f"the server closed after {response!r}")
        response += more
    require(response.startswith(b"HTTP/1.1 200 "), response)


def held_connections(bin_folder, sizes):
    """Many keep-alive connections at once, each served again and again."""
    count, rounds = sizes.held, 3
    with ServerProcess(bin_folder) as server, contextlib.ExitStack() as stack:
        exchange(stack.enter_context(socket.create_connection(("127.0.0.1", server.port))), b"warm")
        before = server.anonymous_memory()
        address = ("127.0.0.1", server.port)
        held = [stack.enter_context(socket.create_connection(address)) for _ in range(count)]
        for number in range(rounds):
            for i, connection in enumerate(held):
                exchange(connection, b"%d-%d" % (number, i))
            require(server.connections() == count + 1, f"{server.connections()} connections are held")
        each = (server.anonymous_memory() - before) / count
        require(each <= KIB, f"{each:.0f} bytes of memory per connection")
        stack.close()
        server.wait_for_connections(0)
    return f"{count} connections held, {count * rounds} requests served, {each:.0f} bytes of memory each"


def slow_heads(bin_folder, sizes):
    """Attackers that never finish a head, and a canary that must not notice."""
    with ServerProcess(bin_folder) as server:
        output = run_load(bin_folder, "slow_heads", server, sizes.attackers, sizes.rounds, sizes.requests)
        measured = json.loads(output)
        server.wait_for_connections(0)
    ratio = statistics.median(
        loaded / unloaded for loaded, unloaded in zip(measured["loaded"], measured["unloaded"])
    )
    require(measured["refused"] == sizes.attackers, f"408 to {measured['refused']} of {sizes.attackers}")
    # A short run measures the machine rather than the server.
    require(sizes.is_short or ratio <= 5, f"the canary's p99 is {ratio:.2f} times its unloaded value")
    p99 = {name: statistics.median(measured[name]) for name in ("unloaded", "loaded")}
    return (f"{sizes.attackers} attackers, each refused with 408; canary's p99 {p99['unloaded']:.0f} µs "
            f"without and {p99['loaded']:.0f} µs with them, median ratio {ratio:.2f} of {sizes.rounds} rounds")


def short_connections(bin_folder, sizes):
    """A connection per request: what is left behind would add up."""
    parts = 10
    with ServerProcess(bin_folder) as server:
        memory = []
        for _ in range(parts):
            run_load(bin_folder, "short_connections", server, sizes.short // parts)
            server.wait_for_connections(0)
            memory.append(server.anonymous_memory())
    # The first part warms the allocator up; after that, a page per thousand connections is too much.
    growth = max(memory[1:]) - memory[0]
    require(growth <= 64 * KIB, f"memory grew by {growth} bytes: {memory}")
    return (f"{sizes.short} connections, ended by server, client and reset by turns; descriptors back to "
            f"{server.idle_descriptors} each time, memory {memory[0] // KIB} KiB after a tenth, {memory[-1] // KIB} KiB in the end")


def send_without_reading(server, count, pipelined):
    """Clients that ask for much and read nothing. Returns their sockets."""
    request = b"GET /%b HTTP/1.1\r\nHost: t\r\n\r\n" % (b"x" * (8192 - len("GET / HTTP/1.1")))
    clients = []
    for _ in range(count):
        client = socket.socket()
        # As over a network, not as over loopback, where buffers are megabytes.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        client.setblocking(False)
        clients.append((client, bytearray(request * pipelined)))
    blocked = set()
    while len(blocked) != count:
        for i, (client, rest) in enumerate(clients):
            if i in blocked:
                continue
            try:
                sent = client.send(rest[: 64 * KIB])
                del rest[:sent]
            except BlockingIOError:
                blocked.add(i)
            if not rest:
                blocked.add(i)
        server.wait_until_asleep()
    return [client for client, _ in clients]


def memory_per_silent_reader(bin_folder, count, pipelined, *arguments):
    with ServerProcess(bin_folder, *arguments) as server, contextlib.ExitStack() as stack:
        before = server.anonymous_memory()
        for client in send_without_reading(server, count, pipelined):
            stack.enter_context(client)
        wait_until(lambda: server.connections() == count, f"{count} connections")
        server.wait_until_asleep()
        grown = server.anonymous_memory() - before
        with socket.create_connection(("127.0.0.1", server.port)) as canary:
            exchange(canary, b"canary")
        stack.close()
        server.wait_for_connections(0)
    return grown / count


def never_read(bin_folder, sizes):
    """Clients that ask for the largest response again and again, and never read."""
    # What may be kept: answers up to --output-max and one more, one read of unread requests, one head;
    # twice, as a buffer that grows is copied.
    bound = 2 * (32 + 8 + 16 + 8) * KIB
    each = memory_per_silent_reader(bin_folder, sizes.silent, 64)
    require(each <= bound, f"{each / KIB:.0f} KiB per client that does not read")
    # The bound means something only if an unbounded server breaks it.
    unbounded = memory_per_silent_reader(bin_folder, 20, 64, "--output-max", str(1 << 30))
    require(unbounded > bound, f"control: only {unbounded / KIB:.0f} KiB without a limit")
    return (f"{sizes.silent} clients that never read, 512 KiB of largest responses each: {each / KIB:.1f} KiB of memory "
            f"each, at most {bound // KIB} KiB allowed; {unbounded / KIB:.1f} KiB without --output-max")
