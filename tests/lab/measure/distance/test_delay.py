"""The delay before the emulator: everything arrives, in order, and not before its time."""

import asyncio
import time

from lab.measure.distance.delay import serve
from lab.support.free_port import free_port


async def echoed(pieces: list[bytes], round_trip_s: float) -> tuple[bytes, float]:
    """What an echo gives back through the delay, and how many seconds its first byte took."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1_000):
            writer.write(data)
        writer.close()

    port = free_port()
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        target = server.sockets[0].getsockname()[1]
        delay = asyncio.create_task(serve(port, target, round_trip_s))
        try:
            reader, writer = await connected(port)
            began = time.monotonic()
            for piece in pieces:
                writer.write(piece)
            first = await reader.readexactly(1)
            took_s = time.monotonic() - began
            rest = await reader.readexactly(sum(map(len, pieces)) - 1)
            writer.close()
            await writer.wait_closed()
            while asyncio.all_tasks() != {asyncio.current_task(), delay}:  # noqa: ASYNC110  the end travels, too
                await asyncio.sleep(0.01)
            return first + rest, took_s
        finally:
            delay.cancel()
            await asyncio.gather(delay, return_exceptions=True)


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """As soon as somebody listens there."""
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0)


def test_what_is_sent_comes_back_whole_and_in_order_after_the_round_trip_at_the_earliest() -> None:
    pieces = [bytes([n % 256]) * 997 for n in range(300)]
    back, took_s = asyncio.run(echoed(pieces, 0.05))
    assert back == b"".join(pieces)
    assert took_s >= 0.05
