"""Measures a batch from POST to the last commit, cold and warm, against reading alone."""

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from msgspec import Struct
from rich.console import Console

from commands.sending.packing import pack_archive
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from lab.measure.batch.cpu_time import cpu_seconds_by_part
from lab.measure.batch.memory import MemoryWatch
from lab.measure.batch.plain_loop import PlainLoop, run_loop
from lab.measure.batch.side_by_side import read_side_by_side
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


PLAIN_LOOP_ENGINE = "tesseract"
"""Through pytesseract: the one that whoever writes a plain loop takes first."""


class BatchRun(Struct, frozen=True, kw_only=True):
    """One batch; `wall_s` is from the POST to the last commit.

    `spent_s` are processor seconds by who spent them (`lab.measure.batch.cpu_time.PARTS`). After a
    warm batch the same images are read side by side, with nothing around.
    """

    cold: bool
    wall_s: float
    spent_s: Mapping[str, float]
    side_by_side_wall_s: float | None = None
    side_by_side_cpu_s: float | None = None


class BatchFigures(DataFile, frozen=True, kw_only=True):
    """The figures of `make bench`, measured on the local emulator with rendered receipts.

    `alone` is reading by one process with nothing around, by the batch's engine;
    `plain_loop_wall_s` the same by `plain_loop_engine`. `wall_s` is the median of the warm batches,
    `wall_over_side_by_side` that of each over reading on all cores at once, right after it.
    `peak_memory_bytes` is by the function's logical id, and includes the worker's children.
    """

    receipts: int
    concurrency: int
    cores: int
    engine: str
    alone: PlainLoop
    plain_loop_engine: str
    plain_loop_wall_s: float
    wall_s: float
    wall_over_side_by_side: float
    runs: tuple[BatchRun, ...]
    splitter: tuple[SplitFigures, ...]
    archive_bytes: int
    splitter_share_of_archive: float
    peak_memory_bytes: dict[str, int]

    @property
    def wall_over_reading(self) -> float:
        """The batch over reading alone, spread over the cores without a gap."""
        return self.wall_s / (self.alone.cpu_s / self.cores)


def run_bench(receipts: int, warm_runs: int, engine: str, console: Console) -> BatchFigures:
    """Measure everything, one after the other, on a machine that does nothing else."""
    cores = os.cpu_count() or 1
    with console.status("rendering receipts, once"):
        made = receipt_set(receipts, SEED)
    laptop = Choices(concurrency=cores + 1, ocr_engine=engine)
    with local_system(laptop) as system, system.agent(ROWS_PER_SECOND) as agent:
        archive = write_archive(made, system.folder / "archive.zip")
        with MemoryWatch(system.deployment.emulator) as memory:
            console.print(f"batch 1 of {warm_runs + 1}, all functions cold")
            wall_s, spent_s = _one_batch(system, agent, archive, "bench-0")
            cold = BatchRun(cold=True, wall_s=wall_s, spent_s=spent_s)
            warm = []
            for number in range(1, warm_runs + 1):
                console.print(f"batch {number + 1} of {warm_runs + 1}")
                wall_s, spent_s = _one_batch(system, agent, archive, f"bench-{number}")
                console.print(f"{wall_s:.1f} s; the same, read side by side with nothing around")
                beside = read_side_by_side(made.images, engine, cores)
                warm.append(
                    BatchRun(
                        cold=False,
                        wall_s=wall_s,
                        spent_s=spent_s,
                        side_by_side_wall_s=beside.wall_s,
                        side_by_side_cpu_s=beside.cpu_s,
                    )
                )
        splits = []
        for entries in SIZES:
            console.print(f"splitting {entries:,} entries")
            splits.append(split_photos(system, archive_of(entries), entries))
        whole = split_photos(system, archive.read_bytes(), receipts)
        alone = _loop(system, made.images, engine, console)
        plain_loop = _loop(system, made.images, PLAIN_LOOP_ENGINE, console)
        archive_bytes = archive.stat().st_size
    return BatchFigures(
        provenance=provenance("receipts", "reading", "lab.measure.batch"),
        receipts=receipts,
        concurrency=laptop.concurrency,
        cores=cores,
        engine=engine,
        alone=alone,
        plain_loop_engine=PLAIN_LOOP_ENGINE,
        plain_loop_wall_s=plain_loop.wall_s,
        wall_s=median(run.wall_s for run in warm),
        wall_over_side_by_side=median(
            run.wall_s / run.side_by_side_wall_s for run in warm if run.side_by_side_wall_s
        ),
        runs=(cold, *warm),
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
    what = f"one after the other, by {engine}"
    with console.status(what) as line:
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            line.update(f"{what}: {done} of {len(images)}")

        return run_loop(images, engine, system.database, progress)
