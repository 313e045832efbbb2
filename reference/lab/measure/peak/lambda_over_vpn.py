"""The alternative deployment: Lambda writes over a VPN. Concurrency is limited, the rate is not.

Concurrency and rows an invocation are those of `lambda_over_vpn.yaml`. An invocation takes at least
the time that `lab.plan.facts` gives for the way through the VPN; the next one begins when it ends.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from diagram_check.template import read_template
from lab.measure.peak.worker_protocol import WriteCommand, WriteResult
from lab.plan import facts
from lab.support.paths import LAB
from receipts.agent.postgres import PostgresInbox
from receipts.errors import InboxUnavailableError
from receipts.messages import ResultMessage

TEMPLATE = LAB / "alternatives" / "lambda_over_vpn.yaml"


def write_over_vpn(
    conninfo: str, results: Iterator[ResultMessage], command: WriteCommand
) -> WriteResult:
    """Write for one block."""
    mapping = read_template(TEMPLATE).resources["StoreMapping"].properties
    rows, most = int(mapping["BatchSize"]), int(mapping["ScalingConfig"]["MaximumConcurrency"])
    least_s = (facts.ROUND_TRIP.value + rows * facts.ROW_TIME.value) / 1e3
    lock = threading.Lock()

    def invocations(_: int) -> tuple[int, int]:
        inbox = PostgresInbox(conninfo, alone=False)
        committed = refused = 0
        at = command.start
        while at < command.start + command.seconds:
            time.sleep(max(0.0, at - time.monotonic()))
            with lock:
                part = [next(results) for _ in range(rows)]
            try:
                inbox.ensure_writer()
                committed += inbox.write(part)
            except InboxUnavailableError:
                refused += rows  # SQS delivers them again
            at = max(at + least_s, time.monotonic())
        inbox.close()
        return committed, refused

    with ThreadPoolExecutor(most) as pool:
        counts = list(pool.map(invocations, range(most)))
    committed, refused = (sum(of) for of in zip(*counts, strict=True))
    return WriteResult(committed=committed, attempts=committed + refused, refused=refused)
