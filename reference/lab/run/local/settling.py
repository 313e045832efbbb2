"""Waits until every receipt of a batch is settled, where nobody watches."""

import subprocess
import time

from commands.sending.service import Service
from lab.run.local.system import QUEUES, LocalSystem
from lab.support.errors import LabError
from receipts.report_batch import Report

STALLED_AFTER_S = 600.0
"""Longer than a receipt stays invisible after its reader died (six times its timeout)."""


class StalledError(LabError):
    """The batch makes no progress; the text says where its receipts are, or why."""


def wait_until_settled(
    system: LocalSystem,
    agent: subprocess.Popen[bytes],
    service: Service,
    batch_id: str,
    poll_s: float = 1.0,
) -> Report:
    """Ask until the batch is settled; answers the last report. Raises `StalledError`."""
    changed_at, last = time.monotonic(), None
    while not (report := service.report(batch_id)).settled:
        now = time.monotonic()
        if agent.poll() is not None:
            log = system.agent_log.read_text(errors="replace")[-2000:]
            raise StalledError(f"the agent ended by itself. Its log ends:\n{log}")
        if report.counts != last:
            changed_at, last = now, report.counts
        elif now - changed_at > STALLED_AFTER_S:
            depths = ", ".join(f"{name} {system.depth(url)}" for name, url in QUEUES.items())
            raise StalledError(
                f"nothing moved for {STALLED_AFTER_S:.0f} s: {report.counts}; queues: {depths}"
            )
        time.sleep(poll_s)
    return report
