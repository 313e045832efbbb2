"""Our side of the experiment, in a process of its own: writes by whatever route it is told."""

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
    """Answer orders until standard input ends; the conninfos are for readers, pooler and agent.

    `arrivals` is the `Curve` as JSON.
    """
    results = replay_results(Console(stderr=True), Path(cache))
    curve = json.decode(arrivals, type=ArrivalCurve)
    inbox = PostgresInbox(agent)
    agents: dict[tuple[Route, float], BenchAgent] = {}
    replays = {route: replay_forever(results, batch_id_of(route, 0)) for route in Route}
    while line := sys.stdin.buffer.readline():
        order = json.decode(line, type=WriteCommand)
        if not order.route.buffered:
            inbox.close()  # the agent is not there in the other conditions
        if order.route.buffered:
            inbox.ensure_writer()
            key = (order.route, order.ceiling)
            if key not in agents:
                agents[key] = BenchAgent(inbox, replay_forever(results, batch_id_of(*key)), order)
            wrote = agents[key].run(order)
        elif order.route is Route.LAMBDA_OVER_VPN:
            wrote = write_over_vpn(agent, replays[order.route], order)
        elif order.route.direct:
            readers = Readers(direct, bouncer, order, curve, replays[order.route])
            wrote = asyncio.run(readers.run())
        else:
            wrote = WriteResult()
        sys.stdout.buffer.write(json.encode(wrote) + b"\n")
        sys.stdout.buffer.flush()
    inbox.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
