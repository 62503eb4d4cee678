# SPDX-License-Identifier: MIT
"""asyncio's streams: a line comes back in capitals, as in the documentation's echo server."""

import asyncio

import asyncio_server


async def converse(reader, writer):
    while line := await asyncio.wait_for(reader.readline(), timeout=2):
        if not line.endswith(b"\n"):
            break
        writer.write(line.upper())
        await writer.drain()


asyncio_server.run(converse)
