"""A TCP proxy that is as far away as one likes: what comes is passed on later, in order.

The drills' `Link` waits before each piece, so that pieces in a row come later and later; here they
are on the way together. Run as a process of its own, so that it takes no time from those it stands
between: `python -m lab.measure.distance.delay LISTEN_PORT TARGET_PORT ROUND_TRIP_MS`. Both are on
127.0.0.1. It limits no bandwidth. A connection that opens isn't delayed, only what is sent on it.
"""

import asyncio
import sys

CHUNK = 65_536


async def serve(listen_port: int, target_port: int, round_trip_s: float) -> None:
    """Serve until cancelled; each direction takes half of `round_trip_s` seconds."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target_port)
        await asyncio.gather(
            _pass_on(reader, far_writer, round_trip_s / 2),
            _pass_on(far_reader, writer, round_trip_s / 2),
            return_exceptions=True,  # one side is gone: the other hears of it by its end
        )

    server = await asyncio.start_server(connected, "127.0.0.1", listen_port)
    async with server:
        await server.serve_forever()


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float
) -> None:
    """Pass each piece on `delay_s` seconds after it came, and then the end."""
    now = asyncio.get_running_loop().time
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def receive() -> None:
        data = b"?"
        while data:
            try:
                data = await reader.read(CHUNK)
            except ConnectionError:
                data = b""
            on_the_way.put_nowait((now() + delay_s, data))

    receiving = asyncio.create_task(receive())
    try:
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(due - now())
            if not data:
                return
            writer.write(data)
            await writer.drain()
    finally:
        receiving.cancel()
        writer.close()


if __name__ == "__main__":
    listen, target, round_trip_ms = sys.argv[1:]
    asyncio.run(serve(int(listen), int(target), float(round_trip_ms) / 1000))
