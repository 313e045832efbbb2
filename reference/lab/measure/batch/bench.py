"""Measures a batch from POST to the last commit, cold and warm, against its OCR alone."""

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from commands.sending.packing import pack_archive
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from lab.measure.batch.cpu_time import cpu_seconds_by_part
from lab.measure.batch.memory import MemoryWatch
from lab.measure.batch.plain_loop import PlainLoop, run_loop
from lab.measure.batch.splitter import SIZES, SplitFigures, archive_of, split_photos
from lab.run.demo.rows import stored_rows
from lab.run.local.deployment import Choices
from lab.run.local.settling import wait_until_settled
from lab.run.local.system import LocalSystem, local_system
from lab.run.photos import receipt_set, write_archive
from lab.support.provenance import DataFile, provenance

SEED = 2026
POLL_EVERY_S = 5.0
"""Rarely, because asking for the batch's status takes processor time from the batch."""
ROWS_PER_SECOND = 1_000.0
"""High enough that the agent's ceiling limits nothing."""


class BatchRun(Struct, frozen=True, kw_only=True):
    """One batch; `wall_s` is from the POST to the last commit.

    `spent_s` are processor seconds by who spent them (`lab.measure.batch.cpu_time.PARTS`).
    """

    cold: bool
    wall_s: float
    wall_over_ideal: float
    spent_s: Mapping[str, float]


class BatchFigures(DataFile, frozen=True, kw_only=True):
    """The figures of `make bench`, measured on the local emulator with rendered receipts.

    `wall_over_ideal` is the median warm wall ÷ (`ocr_cpu_s` ÷ `cores`): the OCR engine alone.
    `wall_over_reading` is the same for all of reading: `reading_cpu_s` includes deskewing the
    picture and extracting the fields. `peak_memory_bytes` is by the function's logical id, and
    includes the worker's children.
    """

    receipts: int
    concurrency: int
    cores: int
    ocr_cpu_s: float
    reading_cpu_s: float
    wall_s: float
    wall_over_ideal: float
    wall_over_reading: float
    cold_wall_s: float
    cold_wall_over_ideal: float
    plain_loop_wall_s: float
    runs: tuple[BatchRun, ...]
    splitter: tuple[SplitFigures, ...]
    archive_bytes: int
    splitter_share_of_archive: float
    peak_memory_bytes: dict[str, int]


def run_bench(receipts: int, warm_runs: int, engine: str, console: Console) -> BatchFigures:
    """Measure everything, one after the other, on a machine that does nothing else."""
    cores = os.cpu_count() or 1
    with console.status("rendering receipts, once"):
        made = receipt_set(receipts, SEED)
    laptop = Choices(concurrency=cores + 1, ocr_engine=engine)
    with local_system(laptop) as system, system.agent(ROWS_PER_SECOND) as agent:
        archive = write_archive(made, system.folder / "archive.zip")
        with MemoryWatch(system.deployment.emulator) as memory:
            batches = []
            for number in range(warm_runs + 1):
                console.print(f"batch {number + 1} of {warm_runs + 1}")
                batches.append(_one_batch(system, agent, archive, f"bench-{number}"))
        splits = []
        for entries in SIZES:
            console.print(f"splitting {entries:,} entries")
            splits.append(split_photos(system, archive_of(entries), entries))
        whole = split_photos(system, archive.read_bytes(), receipts)
        loop = _loop(system, made.images, engine, console)
        archive_bytes = archive.stat().st_size
    ideal_s = loop.ocr_cpu_s / cores
    cold, *warm = (wall_s for wall_s, _ in batches)
    wall_s = sorted(warm)[len(warm) // 2]
    return BatchFigures(
        provenance=provenance("receipts", "reading", "lab.measure.batch"),
        receipts=receipts,
        concurrency=laptop.concurrency,
        cores=cores,
        ocr_cpu_s=loop.ocr_cpu_s,
        reading_cpu_s=loop.cpu_s,
        wall_s=wall_s,
        wall_over_ideal=wall_s / ideal_s,
        wall_over_reading=wall_s / (loop.cpu_s / cores),
        cold_wall_s=cold,
        cold_wall_over_ideal=cold / ideal_s,
        plain_loop_wall_s=loop.wall_s,
        runs=tuple(
            BatchRun(cold=number == 0, wall_s=wall, wall_over_ideal=wall / ideal_s, spent_s=spent_s)
            for number, (wall, spent_s) in enumerate(batches)
        ),
        splitter=(*splits, whole),
        archive_bytes=archive_bytes,
        splitter_share_of_archive=whole.bytes_read / archive_bytes,
        peak_memory_bytes=memory.peaks,
    )


def _one_batch(
    system: LocalSystem,
    agent: subprocess.Popen[bytes],
    archive: Path,
    customer: str,
) -> tuple[float, Mapping[str, float]]:
    before = cpu_seconds_by_part(system, agent)
    service = Service(system.deployment.api_url, system.deployment.issuer.token())
    asked_at = dt.datetime.now(dt.UTC)
    parcel = pack_archive(archive, customer, system.folder)
    accepted = service.accept(parcel)
    log = UploadLog(system.folder, accepted.batch_id)
    service.upload(parcel, accepted, log, lambda _bytes: None)
    wait_until_settled(system, agent, service, accepted.batch_id, POLL_EVERY_S)
    service.close()
    spent_s = {
        part: after - before[part] for part, after in cpu_seconds_by_part(system, agent).items()
    }
    last = max(row.stored_at for row in stored_rows(system, accepted.batch_id))
    return (last - asked_at).total_seconds(), spent_s


def _loop(
    system: LocalSystem, images: tuple[Path, ...], engine: str, console: Console
) -> PlainLoop:
    with console.status("the plain loop") as line:
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            line.update(f"the plain loop: {done} of {len(images)}")

        return run_loop(images, engine, system.database, progress)
