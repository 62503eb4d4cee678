# SPDX-License-Identifier: MIT
"""A binary protocol on asyncio's streams: frames of four bytes of length and a body, which comes
back in capitals."""

import asyncio

import asyncio_server

MOST = 1 << 16  # bytes of a body


async def converse(reader, writer):
    while True:
        head = await asyncio.wait_for(reader.readexactly(4), timeout=1)
        length = int.from_bytes(head, "big")
        if length > MOST:
            break
        body = await asyncio.wait_for(reader.readexactly(length), timeout=1)
        writer.write(head + body.upper())
        await writer.drain()


asyncio_server.run(converse)
