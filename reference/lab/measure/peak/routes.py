"""The process of our writers: writes each block by the route that its command names."""

import asyncio
import sys
from pathlib import Path

from msgspec import json
from rich.console import Console

from lab.measure.peak.buffered_writes import BenchAgent
from lab.measure.peak.design import ArrivalCurve, Route
from lab.measure.peak.direct_writes import Readers
from lab.measure.peak.lambda_over_vpn import write_over_vpn
from lab.measure.peak.replay_corpus import batch_id_of, replay_forever, replay_results
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from receipts.agent.postgres import PostgresInbox


def main(direct: str, bouncer: str, agent: str, cache: str, arrivals: str) -> None:
    """Answer commands until standard input ends.

    The first three arguments are the conninfos of readers, pooler and agent; `arrivals` is the
    `ArrivalCurve` as JSON.
    """
    results = replay_results(Console(stderr=True), Path(cache))
    curve = json.decode(arrivals, type=ArrivalCurve)
    inbox = PostgresInbox(agent)
    agents: dict[tuple[Route, float], BenchAgent] = {}
    replays = {route: replay_forever(results, batch_id_of(route, 0)) for route in Route}
    while line := sys.stdin.buffer.readline():
        command = json.decode(line, type=WriteCommand)
        if not command.route.buffered:
            inbox.close()  # the other conditions have no agent
        if command.route.buffered:
            inbox.ensure_writer()
            key = (command.route, command.ceiling)
            if key not in agents:
                agents[key] = BenchAgent(inbox, replay_forever(results, batch_id_of(*key)), command)
            written = agents[key].run(command)
        elif command.route is Route.LAMBDA_OVER_VPN:
            written = write_over_vpn(agent, replays[command.route], command)
        elif command.route.direct:
            readers = Readers(direct, bouncer, command, curve, replays[command.route])
            written = asyncio.run(readers.run())
        else:
            written = WriteResult()
        sys.stdout.buffer.write(json.encode(written) + b"\n")
        sys.stdout.buffer.flush()
    inbox.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
