# SPDX-License-Identifier: MIT
"""A server that speaks first, as SMTP's do (RFC 5321, section 3.1), on asyncio's streams."""

import asyncio

import asyncio_server


async def converse(reader, writer):
    writer.write(b"220 localhost ready\r\n")
    while line := await asyncio.wait_for(reader.readline(), timeout=2):
        if not line.endswith(b"\n"):
            break
        word = line.split()[:1]
        if word == [b"QUIT"]:
            writer.write(b"221 bye\r\n")
            break
        writer.write(b"250 ok\r\n" if word == [b"NOOP"] else b"500 unknown\r\n")
        await writer.drain()


asyncio_server.run(converse)
