"""The demo from start to end: start, send, watch until settled, show, check the ledger."""

import shlex
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console

from commands.sending.packing import pack_archive
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from lab.run.demo.archive import DemoArchive, make_archive
from lab.run.demo.balance import balance, count_independently
from lab.run.demo.choices import DemoChoices
from lab.run.demo.client import Client
from lab.run.demo.entries import EntryCounts, count_entries
from lab.run.demo.rows import count_right_totals, doubtful, stored_rows, table
from lab.run.demo.watch import each_second, watch
from lab.run.live.record import Begins, add_receipts, recorded
from lab.run.live.script import pressing
from lab.run.live.session import Session, running_session
from lab.run.local.deployment import Choices
from lab.run.local.system import LocalSystem, local_system
from lab.support.provenance import provenance
from receipts.report_batch import Report

CUSTOMER = "customer-1"
MIN_RIGHT_SHARE = 0.9
"""Least share of the rendered receipts whose total must be read correctly."""


class Stages:
    """Prints how long each stage took."""

    def __init__(self, console: Console) -> None:
        """To be printed on this console."""
        self._console = console

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the time of this context, and print it."""
        started = time.monotonic()
        yield
        self.report(name, time.monotonic() - started)

    def report(self, name: str, seconds: float) -> None:
        """Print the time of one stage."""
        self._console.print(f"{name:<44}{seconds:8.1f} s", highlight=False)


def run_demo(choices: DemoChoices, console: Console) -> bool:
    """Run the demo; answers whether the ledger balances and enough totals are right."""
    stages = Stages(console)
    with tempfile.TemporaryDirectory(prefix="receipts-demo-") as name:
        folder = Path(name)
        with stages.stage("receipts ready"):
            archive = make_archive(choices, folder, console)
        size = archive.path.stat().st_size / 1e6
        entries = count_entries(archive.path)
        files = f" of {entries.entries} files" if entries else ""
        console.print(f"one archive{files}, {size:.1f} MB")
        laptop = Choices(concurrency=choices.concurrency, ocr_engine=choices.engine)
        started = time.monotonic()
        with (
            local_system(laptop) as system,
            running_session(system, choices.ceiling, archive.path, choices.engine) as session,
        ):
            stages.report("PostgreSQL, AWS emulator, agent, app", time.monotonic() - started)
            console.print(
                f"watch it, and break it: {session.address}", highlight=False, soft_wrap=True
            )
            report = _send_and_watch(system, session, choices, archive, folder, stages, console)
            session.levers.mend()
            good = _show(system, archive, entries, report, stages, console)
            if choices.record:
                add_receipts(choices.record, session.some_receipts())
                console.print(f"recorded in {choices.record}", soft_wrap=True, highlight=False)
            if choices.keep:
                _keep_running(system, session, console)
            console.print("stopping")
    return good


def _send_and_watch(
    system: LocalSystem,
    session: Session,
    choices: DemoChoices,
    archive: DemoArchive,
    folder: Path,
    stages: Stages,
    console: Console,
) -> Report:
    client = None if choices.rate else Client(choices.ceiling, session.levers.allow)
    with closing(Service(system.deployment.api_url, system.deployment.issuer.token())) as service:
        with stages.stage("one request, one upload"):
            parcel = pack_archive(archive.path, CUSTOMER, folder)
            accepted = service.accept(parcel)
            log = UploadLog(folder, accepted.batch_id)
            service.upload(parcel, accepted, log, lambda _bytes: None)
        session.observer.batches.append(accepted.batch_id)
        console.print(
            f"batch {accepted.batch_id}\n"
            f"the client allows {choices.ceiling:g} rows a second: watch the write queue",
            highlight=False,
        )
        with stages.stage("from the upload to the last row"):
            frames = pressing(each_second(session.look), choices.buttons, session.levers)
            if choices.record:
                begins = Begins(
                    provenance=provenance("receipts", "reading"), variables=choices.typed
                )
                frames = recorded(frames, choices.record, begins)
            watch(frames, client, console, lambda: session.levers.any_on)
        return service.report(accepted.batch_id)


def _show(
    system: LocalSystem,
    archive: DemoArchive,
    entries: EntryCounts | None,
    report: Report,
    stages: Stages,
    console: Console,
) -> bool:
    rows = stored_rows(system, report.batch_id)
    if rows:
        first, last = min(r.read_at for r in rows), max(r.read_at for r in rows)
        written = max(r.stored_at for r in rows)
        accepted = report.accepted_at
        stages.report("  request to the first receipt read", (first - accepted).total_seconds())
        stages.report("  first to last receipt read", (last - first).total_seconds())
        stages.report("  last receipt read to the last commit", (written - last).total_seconds())
        console.print(table(rows))
        console.print(doubtful(rows), highlight=False)
    for kind in report.left_out.kinds:
        console.print(f"left out: {kind}", soft_wrap=True, highlight=False, markup=False)
    if report.rejected:
        console.print(f"rejected: {report.rejected}", soft_wrap=True, highlight=False, markup=False)
    for reason in report.reasons:
        said = f"{reason.state}: {reason.name}: {reason.reason}"
        console.print(said, soft_wrap=True, highlight=False, markup=False)
    enough = True
    if archive.truths:
        right = count_right_totals(rows, archive.truths)
        enough = right >= MIN_RIGHT_SHARE * len(archive.truths)
        console.print(
            f"{right} of {len(archive.truths)} totals equal the truth of the rendered receipts "
            f"(at least {MIN_RIGHT_SHARE:.0%} must; rendered ones say nothing of accuracy)",
            highlight=False,
        )
    counted = count_independently(system, report.batch_id, entries)
    console.print(
        f"counted elsewhere: {entries or 'not what is'} in the archive, {counted.rows} rows in "
        f"PostgreSQL ({counted.distinct} distinct ids), {counted.dead_letters} dead letters",
        soft_wrap=True,
        highlight=False,
    )
    verdict = balance(report, counted)
    style = "red" if verdict.disagreements else "green"
    console.print(str(verdict), style=style, soft_wrap=True, highlight=False)
    return enough and not verdict.disagreements


def _keep_running(system: LocalSystem, session: Session, console: Console) -> None:
    deployment = system.deployment
    console.print(
        "\nkept running until Ctrl-C. For another terminal:\n"
        f"export RECEIPTS_API_URL={shlex.quote(deployment.api_url)}\n"
        f"export RECEIPTS_TOKEN={shlex.quote(deployment.issuer.token())}\n"
        f"export CONNINFO={shlex.quote(system.database.conninfo())}\n"
        f"AWS's emulator is at {deployment.emulator.url}, the logs are in {session.agent.log} "
        f"and {deployment.emulator.log}; the page is at {session.address}",
        highlight=False,
        soft_wrap=True,  # what is pasted must stand on one line, however long
    )
    for frame in each_second(session.look):
        for line in frame.said:
            console.print(line, markup=False, highlight=False)
