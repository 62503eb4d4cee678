# SPDX-License-Identifier: MIT
"""What the servers on asyncio's streams have in common: one conversation for each connection."""

import asyncio
import sys

# The peer has gone, says nothing, or says too much.
ENDS = (ConnectionError, TimeoutError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError)


def run(converse):
    """Serves converse(reader, writer) on the port that the command line names."""

    async def serve(reader, writer):
        try:
            await converse(reader, writer)
        except ENDS:
            pass
        finally:
            writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=128)
        await server.serve_forever()

    asyncio.run(main())
