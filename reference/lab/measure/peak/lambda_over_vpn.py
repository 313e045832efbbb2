"""The other deployment: Lambda over a VPN. Concurrency is limited, the rate is not.

As many invocations at a time and as many rows in each as `lambda_over_vpn.yaml` has it, each of
the time at least that the facts reckon with for the way through the VPN. Each begins as soon as
the last is over.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from lab.plan import facts
from lab.support.paths import LAB
from lab.template import read_template
from receipts.agent.postgres import PostgresInbox
from receipts.errors import InboxUnavailableError
from receipts.messages import ResultMessage

TEMPLATE = LAB / "alternatives" / "lambda_over_vpn.yaml"


def write_over_vpn(
    conninfo: str, results: Iterator[ResultMessage], order: WriteCommand
) -> WriteResult:
    """Write for the block."""
    mapping = read_template(TEMPLATE).resources["StoreMapping"].properties
    rows, most = int(mapping["BatchSize"]), int(mapping["ScalingConfig"]["MaximumConcurrency"])
    least_s = (facts.ROUND_TRIP.value + rows * facts.ROW_TIME.value) / 1e3
    lock = threading.Lock()

    def invocations(_: int) -> tuple[int, int]:
        inbox = PostgresInbox(conninfo, alone=False)
        committed = refused = 0
        at = order.start
        while at < order.start + order.seconds:
            time.sleep(max(0.0, at - time.monotonic()))
            with lock:
                some = [next(results) for _ in range(rows)]
            try:
                inbox.ensure_writer()
                committed += inbox.write(some)
            except InboxUnavailableError:
                refused += rows  # SQS delivers them again
            at = max(at + least_s, time.monotonic())
        inbox.close()
        return committed, refused

    with ThreadPoolExecutor(most) as pool:
        did = list(pool.map(invocations, range(most)))
    committed, refused = (sum(of) for of in zip(*did, strict=True))
    return WriteResult(committed=committed, attempts=committed + refused, refused=refused)
