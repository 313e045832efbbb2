"""Runs one setting on the local system: deployed template, PostgreSQL and agent are real."""

import contextlib
import datetime as dt
import io
import itertools
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
from msgspec import Struct, json
from PIL import Image

from lab.plan.durations import draws
from lab.plan.emulator import Setting
from lab.run.local.deployment import Choices, zip_sources
from lab.run.local.sending import send_archive
from lab.run.local.system import LocalSystem, local_system
from lab.run.photos.rendering import render
from lab.support.errors import LabError

SHAPE_LENGTH = 400
"""Number of reading times that the function gets; after the last one it starts over."""

PHOTO_WIDTH = 300
"""Pixels: small, so that preparing it takes little processor time."""

POLL_S = 0.1
"""Between two requests for the write queue's depth."""

STALL_TIMEOUT_S = 60.0
"""A run without a new row for this long has failed."""

READER = Path(__file__).with_name("clocked_reader.py")


class PlannerValidationError(LabError):
    """A run stopped, or calibrates nothing; the text says where and why."""


class ReceiptTimes(Struct, frozen=True, kw_only=True):
    """When one receipt passed each stage, in seconds from the first message sent."""

    sent: float
    began: float
    ended: float
    stored: float
    """When its transaction began."""


class ValidationRun(Struct, frozen=True, kw_only=True):
    """The measurements of one setting."""

    setting: Setting
    receipts: tuple[ReceiptTimes, ...]
    depths: tuple[tuple[float, int], ...]
    """The write queue's depth as the queue itself answered: seconds, messages."""
    cycles: tuple[float, ...]
    """Seconds of each transaction, from its begin until its receipts are marked and deleted."""
    cpu_seconds: float
    """Used by emulator, workers, agent and PostgreSQL, from the request to the last row."""


class LocalRuns:
    """The local system with the clocked reader, for many runs."""

    def __init__(self, system: LocalSystem, read_seconds: float) -> None:
        """Replaces the reading function's code; a receipt takes `read_seconds` on average."""
        self._system = system
        deployment = system.deployment
        self._emulator = deployment.emulator
        self._lambda = deployment.emulator.client("lambda")
        self._sqs = deployment.emulator.client("sqs")
        self._mapping = deployment.resources["ReadMapping"]
        self._trace = system.folder / "trace.txt"
        self._photo = _small_photo()
        self._number = 0
        name = deployment.resources["ReadFunction"]
        self._lambda.update_function_code(
            FunctionName=name, ZipFile=zip_sources({READER.name: READER})
        )
        environment = self._lambda.get_function_configuration(FunctionName=name)["Environment"]
        times = itertools.islice(draws("typical", read_seconds), SHAPE_LENGTH)
        environment["Variables"] |= {
            "VALIDATION_READ_SECONDS": ",".join(f"{seconds:.3f}" for seconds in times),
            "VALIDATION_TRACE": str(self._trace),
        }
        self._lambda.update_function_configuration(
            FunctionName=name, Handler="clocked_reader.handler", Environment=environment
        )

    def run(
        self, setting: Setting, progress: Callable[[int], None] = lambda _stored: None
    ) -> ValidationRun:
        """Send the receipts in one archive and wait until all are stored.

        Raises `PlannerValidationError`.
        """
        self._number += 1
        self._trace.write_text("")
        Path(f"{self._trace}.begun").write_text("")
        self._lambda.update_event_source_mapping(
            UUID=self._mapping, ScalingConfig={"MaximumConcurrency": setting.concurrency}
        )
        rows = setting.write_batch
        with self._system.agent(
            setting.rate, rows_per_transaction=rows, share=1.0, metrics_port=0
        ) as process:
            self._wait_for_start()
            # The agent starts as if it had just offered a whole transaction.
            time.sleep(setting.write_batch / setting.rate)
            pids = self._emulator.process.pid, self._system.database.pid, process.pid
            before = _cpu_seconds(pids)
            batch_id = self._send(setting)
            depths = self._wait_until_stored(batch_id, setting.receipts, progress)
            used = _cpu_seconds(pids) - before
            time.sleep(POLL_S)  # the last transaction's receipts are being marked
            logged = self._transaction_ends()
        receipts, zero = self._receipts(batch_id)
        begun = sorted({receipt.stored for receipt in receipts})
        return ValidationRun(
            setting=setting,
            receipts=receipts,
            depths=tuple((round(at - zero, 2), depth) for at, depth in depths),
            cycles=tuple(
                round(done - zero - begin, 4) for begin, done in zip(begun, logged, strict=False)
            ),
            cpu_seconds=round(used, 2),
        )

    def _wait_for_start(self) -> None:
        until = time.monotonic() + STALL_TIMEOUT_S
        while '"started"' not in self._log():
            if time.monotonic() > until:
                raise PlannerValidationError(
                    f"the agent did not start. Its log ends:\n{self._log()[-2000:]}"
                )
            time.sleep(POLL_S)

    def _send(self, setting: Setting) -> str:
        folder = self._system.folder
        archive = folder / f"validation-{self._number}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
            for index in range(setting.receipts):
                # No viewer shows bytes after a picture's end: they make each file different.
                packed.writestr(f"{index:05}.jpg", self._photo + f"{self._number} {index}".encode())
        batch_id = send_archive(
            self._system.deployment, archive, f"validation-{self._number}", folder
        )
        archive.unlink()
        return batch_id

    def _wait_until_stored(
        self, batch_id: str, receipts: int, progress: Callable[[int], None]
    ) -> list[tuple[float, int]]:
        url = self._system.deployment.outputs["WriteQueueUrl"]
        name = "ApproximateNumberOfMessages"
        depths, stored, moved = [], 0, time.monotonic()
        with self._system.connect() as connection:
            while stored < receipts:
                time.sleep(POLL_S)
                answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
                depths.append((time.time(), int(answer["Attributes"][name])))
                row = connection.execute(_COUNT, [batch_id]).fetchone()
                if row and row[0] > stored:
                    stored, moved = row[0], time.monotonic()
                    progress(stored)
                elif time.monotonic() - moved > STALL_TIMEOUT_S:
                    raise PlannerValidationError(
                        f"{stored} of {receipts} receipts are stored, and none was for "
                        f"{STALL_TIMEOUT_S:.0f} s; the write queue holds {depths[-1][1]}"
                    )
        return depths

    def _log(self) -> str:
        path = self._system.agent_log
        return path.read_text(errors="replace") if path.exists() else ""

    def _transaction_ends(self) -> list[float]:
        """When each transaction's receipts were marked and deleted, from the agent's log."""
        lines = [json.decode(line) for line in self._log().splitlines() if '"stored"' in line]
        return [dt.datetime.fromisoformat(line["timestamp"]).timestamp() for line in lines]

    def _receipts(self, batch_id: str) -> tuple[tuple[ReceiptTimes, ...], float]:
        """Each receipt's times from trace and PostgreSQL, and when the first message was sent."""
        times = {}
        for line in self._trace.read_text().splitlines():
            batch, index, *rest = line.split()
            if batch == batch_id:
                times[int(index)] = [float(text) for text in rest]
        with self._system.connect() as connection:
            rows = connection.execute(_STORED, [batch_id]).fetchall()
        zero = min(sent for sent, _, _ in times.values())
        times_of = {index: [*times[index], stored.timestamp()] for index, stored in rows}
        names = ReceiptTimes.__struct_fields__
        receipts = (
            ReceiptTimes(
                **{n: round(at - zero, 4) for n, at in zip(names, times_of[i], strict=True)}
            )
            for i in sorted(times_of)
        )
        return tuple(receipts), zero


_COUNT = "SELECT count(*) FROM receipts_inbox.receipt WHERE batch_id = %s"
_STORED = "SELECT position, stored_at FROM receipts_inbox.receipt WHERE batch_id = %s"


def _cpu_seconds(pids: Iterable[int]) -> float:
    """Processor seconds that these processes and their children have used so far."""
    used = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                used += times.user + times.system
    return used


def _small_photo() -> bytes:
    """A small receipt: preparing a large one takes a fifth of a second."""
    photo = Image.open(io.BytesIO(render(1).image))
    file = io.BytesIO()
    photo.resize((PHOTO_WIDTH, PHOTO_WIDTH * photo.height // photo.width)).save(file, "JPEG")
    return file.getvalue()


@contextlib.contextmanager
def local_runs(read_seconds: float, most: int) -> Iterator[LocalRuns]:
    """The local system with up to `most` readers at once; stops it at the end."""
    with local_system(Choices(concurrency=most, ocr_engine="tesseract")) as system:
        yield LocalRuns(system, read_seconds)
