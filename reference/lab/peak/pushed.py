"""The other deployment: Lambda over a VPN. Concurrency is limited, the rate is not.

Two invocations at a time, as `lab/lambda_over_vpn.yaml` has it, each of 70 ms at least: what
`aws-facts` reckons with for the way through the VPN. Each writes as soon as the last is over.
"""

import threading
import time
from collections.abc import Iterator

from lab.peak.orders import Write, Wrote
from receipts.adapters.postgres import PostgresInbox
from receipts.messages import ResultMessage
from receipts.ports import InboxUnavailableError

CONCURRENCY = 2
INVOCATION_S = 0.070
ROWS = 10
"""Rows an invocation: the two numbers of `aws-facts` that go with it, C * B / L."""


def push(conninfo: str, results: Iterator[ResultMessage], order: Write) -> Wrote:
    """Write for the block."""
    lock = threading.Lock()
    committed: list[int] = []
    refused: list[int] = []

    def invocations() -> None:
        inbox = PostgresInbox(conninfo, alone=False)
        inbox.hold()
        at = order.start
        while at < order.start + order.seconds:
            time.sleep(max(0.0, at - time.monotonic()))
            with lock:
                some = [next(results) for _ in range(ROWS)]
            try:
                committed.append(inbox.write(some))
            except InboxUnavailableError:
                refused.append(ROWS)  # SQS delivers them again
                inbox.hold()
            at = max(at + INVOCATION_S, time.monotonic())
        inbox.close()

    threads = [threading.Thread(target=invocations) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Wrote(
        committed=sum(committed),
        attempts=sum(committed) + sum(refused),
        refused=sum(refused),
    )
