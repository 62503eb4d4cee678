# SPDX-License-Identifier: MIT
"""A binary protocol on asyncio's streams: frames of four bytes of length and a body, which comes
back in capitals."""

import asyncio
import sys

MOST = 1 << 16  # bytes of a body


async def serve(reader, writer):
    try:
        while True:
            head = await asyncio.wait_for(reader.readexactly(4), timeout=1)
            length = int.from_bytes(head, "big")
            if length > MOST:
                break
            body = await asyncio.wait_for(reader.readexactly(length), timeout=1)
            writer.write(head + body.upper())
            await writer.drain()
    except (ConnectionError, TimeoutError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        pass  # the peer has gone, or says nothing
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=128)
    await server.serve_forever()


asyncio.run(main())
