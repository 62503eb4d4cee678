# SPDX-License-Identifier: MIT
"""An HTTP server made of asyncio: the path comes back as the body."""

import asyncio
import re
import sys


async def exchange(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        line = re.match(rb"[A-Z]+ (/\S*) HTTP/1\.[0-9]\r\n", head)
        status, body = (b"200 OK", line[1]) if line else (b"400 Bad Request", b"")
        length = b"Content-Length: %d\r\n" % len(body)
        writer.write(b"HTTP/1.0 " + status + b"\r\n" + length + b"\r\n" + body)
        await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(exchange, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
