"""Our side of the experiment, in a process of its own: writes by whatever route it is told."""

import asyncio
import sys
from pathlib import Path

from msgspec import json
from rich.console import Console

from lab.measure.peak.buffered import Agent
from lab.measure.peak.design import Curve, Route
from lab.measure.peak.direct import Readers
from lab.measure.peak.orders import Write, Wrote
from lab.measure.peak.pushed import push
from lab.measure.peak.recorded import batch_of, endless, recorded
from receipts.agent.postgres import PostgresInbox


def main(direct: str, bouncer: str, agent: str, cache: str, arrivals: str) -> None:
    """Answer orders until standard input ends; the conninfos are for readers, pooler and agent.

    `arrivals` is the `Curve` as JSON.
    """
    results = recorded(Console(stderr=True), Path(cache))
    curve = json.decode(arrivals, type=Curve)
    inbox = PostgresInbox(agent)
    agents: dict[tuple[Route, float], Agent] = {}
    replays = {route: endless(results, batch_of(route, 0)) for route in Route}
    while line := sys.stdin.buffer.readline():
        order = json.decode(line, type=Write)
        if not order.route.buffered:
            inbox.close()  # the agent is not there in the other conditions
        if order.route.buffered:
            inbox.ensure_writer()
            key = (order.route, order.ceiling)
            if key not in agents:
                agents[key] = Agent(inbox, endless(results, batch_of(*key)), order)
            wrote = agents[key].run(order)
        elif order.route is Route.PUSHED:
            wrote = push(agent, replays[order.route], order)
        elif order.route.direct:
            readers = Readers(direct, bouncer, order, curve, replays[order.route])
            wrote = asyncio.run(readers.run())
        else:
            wrote = Wrote()
        sys.stdout.buffer.write(json.encode(wrote) + b"\n")
        sys.stdout.buffer.flush()
    inbox.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
