"""One setting on the local system: the deployed template, PostgreSQL, the agent, all real."""

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
from lab.run.local.system import LocalSystem, local_system
from lab.run.photos.rendering import render
from lab.support.errors import LabError
from receipts.client.packing import pack_archive
from receipts.client.service import Service
from receipts.client.upload_log import UploadLog

SHAPE_LENGTH = 400
"""Reading times that are handed to the function; more receipts begin anew."""

PHOTO_WIDTH = 300
"""Pixels."""

LOOK_S = 0.1
"""Between two looks at the write queue's depth."""

PATIENCE_S = 60.0
"""Without a new row for this long, a run has failed."""


class HeldError(LabError):
    """A run came to a stop; the text says where."""


class Receipt(Struct, frozen=True, kw_only=True):
    """One receipt's way, in seconds from the first message sent."""

    sent: float
    began: float
    ended: float
    stored: float
    """When its transaction began."""


class Run(Struct, frozen=True, kw_only=True):
    """What was seen of one setting."""

    setting: Setting
    receipts: tuple[Receipt, ...]
    depths: tuple[tuple[float, int], ...]
    """The write queue's, by looks at the queue itself: seconds, messages."""
    cycles: tuple[float, ...]
    """Of each transaction of the agent: seconds from its begin until all is marked and deleted."""
    cpu_seconds: float
    """Of emulator, workers, agent and PostgreSQL together, from the request to the last row."""


class Runs:
    """The local system, made ready for many runs."""

    def __init__(self, system: LocalSystem, read_seconds: float) -> None:
        """Puts the clock in place of the OCR; a receipt takes `read_seconds` on average."""
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
        self._lambda.update_function_code(FunctionName=name, ZipFile=_package())
        environment = self._lambda.get_function_configuration(FunctionName=name)["Environment"]
        times = itertools.islice(draws("typical", read_seconds), SHAPE_LENGTH)
        environment["Variables"] |= {
            "HELD_SECONDS": ",".join(f"{seconds:.3f}" for seconds in times),
            "HELD_TRACE": str(self._trace),
        }
        self._lambda.update_function_configuration(
            FunctionName=name, Handler="held_reader.handler", Environment=environment
        )

    def run(self, setting: Setting, progress: Callable[[int], None] = lambda _stored: None) -> Run:
        """Send the receipts in one archive, wait until all are stored. Raises `HeldError`."""
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
            self._started()
            # It begins as if a whole transaction had just been offered.
            time.sleep(setting.write_batch / setting.rate)
            pids = self._emulator.process.pid, self._system.database.pid, process.pid
            before = _cpu_seconds(pids)
            batch_id = self._send(setting)
            depths = self._until_stored(batch_id, setting.receipts, progress)
            used = _cpu_seconds(pids) - before
            time.sleep(LOOK_S)  # the last transaction's marks
            logged = self._logged()
        receipts, zero = self._receipts(batch_id)
        begun = sorted({receipt.stored for receipt in receipts})
        return Run(
            setting=setting,
            receipts=receipts,
            depths=tuple((round(at - zero, 2), depth) for at, depth in depths),
            cycles=tuple(
                round(done - zero - begin, 4) for begin, done in zip(begun, logged, strict=False)
            ),
            cpu_seconds=round(used, 2),
        )

    def _started(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while '"started"' not in self._log():
            if time.monotonic() > until:
                raise HeldError(f"the agent did not start. Its log ends:\n{self._log()[-2000:]}")
            time.sleep(LOOK_S)

    def _send(self, setting: Setting) -> str:
        folder = self._system.folder
        archive = folder / f"held-{self._number}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
            for index in range(setting.receipts):
                # What follows a picture's end nobody shows; it makes each file another one.
                packed.writestr(f"{index:05}.jpg", self._photo + f"{self._number} {index}".encode())
        deployment = self._system.deployment
        service = Service(deployment.api_url, deployment.issuer.token())
        with contextlib.closing(service):
            parcel = pack_archive(archive, f"held-{self._number}", folder)
            accepted = service.accept(parcel)
            log = UploadLog(folder, accepted.batch_id)
            service.upload(parcel, accepted, log, lambda _bytes: None)
        archive.unlink()
        return accepted.batch_id

    def _until_stored(
        self, batch_id: str, receipts: int, progress: Callable[[int], None]
    ) -> list[tuple[float, int]]:
        url = self._system.deployment.outputs["WriteQueueUrl"]
        name = "ApproximateNumberOfMessages"
        depths, stored, moved = [], 0, time.monotonic()
        with self._system.connect() as connection:
            while stored < receipts:
                time.sleep(LOOK_S)
                answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
                depths.append((time.time(), int(answer["Attributes"][name])))
                row = connection.execute(_COUNT, [batch_id]).fetchone()
                if row and row[0] > stored:
                    stored, moved = row[0], time.monotonic()
                    progress(stored)
                elif time.monotonic() - moved > PATIENCE_S:
                    raise HeldError(
                        f"{stored} of {receipts} receipts stored, and none for {PATIENCE_S:.0f} s; "
                        f"the write queue holds {depths[-1][1]}"
                    )
        return depths

    def _log(self) -> str:
        path = self._system.agent_log
        return path.read_text(errors="replace") if path.exists() else ""

    def _logged(self) -> list[float]:
        """When each transaction was marked and deleted, by the agent's log."""
        lines = [json.decode(line) for line in self._log().splitlines() if '"stored"' in line]
        return [dt.datetime.fromisoformat(line["timestamp"]).timestamp() for line in lines]

    def _receipts(self, batch_id: str) -> tuple[tuple[Receipt, ...], float]:
        """Each receipt by the trace and PostgreSQL, and the clock's time of the first message."""
        times = {}
        for line in self._trace.read_text().splitlines():
            batch, index, *rest = line.split()
            if batch == batch_id:
                times[int(index)] = [float(text) for text in rest]
        with self._system.connect() as connection:
            rows = connection.execute(_STORED, [batch_id]).fetchall()
        zero = min(sent for sent, _, _ in times.values())
        whole = {index: [*times[index], stored.timestamp()] for index, stored in rows}
        names = Receipt.__struct_fields__
        receipts = (
            Receipt(**{n: round(at - zero, 4) for n, at in zip(names, whole[i], strict=True)})
            for i in sorted(whole)
        )
        return tuple(receipts), zero


_COUNT = "SELECT count(*) FROM receipts_inbox.receipt WHERE batch_id = %s"
_STORED = "SELECT position, stored_at FROM receipts_inbox.receipt WHERE batch_id = %s"


def _cpu_seconds(pids: Iterable[int]) -> float:
    """What these processes and their children have used so far."""
    used = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                used += times.user + times.system
    return used


def _package() -> bytes:
    """The core, and the reader with the clock beside it."""
    packed = io.BytesIO(zip_sources())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.write(Path(__file__).with_name("reader.py"), "held_reader.py")
    return packed.getvalue()


def _small_photo() -> bytes:
    """A receipt whose preparation takes a core a moment, not a fifth of a second."""
    photo = Image.open(io.BytesIO(render(1).image))
    file = io.BytesIO()
    photo.resize((PHOTO_WIDTH, PHOTO_WIDTH * photo.height // photo.width)).save(file, "JPEG")
    return file.getvalue()


@contextlib.contextmanager
def runs(read_seconds: float, most: int) -> Iterator[Runs]:
    """The local system with up to `most` readers at once; stopped on the way out."""
    with local_system(Choices(concurrency=most, ocr_engine="tesseract")) as system:
        yield Runs(system, read_seconds)
