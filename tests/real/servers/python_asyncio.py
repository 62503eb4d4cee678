# SPDX-License-Identifier: MIT
"""asyncio's streams: a line comes back in capitals, as in the documentation's echo server."""

import asyncio
import sys


async def serve(reader, writer):
    try:
        while line := await asyncio.wait_for(reader.readline(), timeout=2):
            if not line.endswith(b"\n"):
                break
            writer.write(line.upper())
            await writer.drain()
    except (ConnectionError, TimeoutError, asyncio.TimeoutError, ValueError):
        pass  # the peer has gone, says nothing, or says too much
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=128)
    await server.serve_forever()


asyncio.run(main())
