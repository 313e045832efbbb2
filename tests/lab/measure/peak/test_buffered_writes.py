"""The agent of the experiment: what it forgets is what must be in the database."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest

from lab.measure.peak.buffered_writes import BenchAgent
from lab.measure.peak.design import Route
from lab.measure.peak.worker_protocol import WriteCommand
from reading.receipt import Receipt
from receipts.batch import receipt_id_for
from receipts.messages import ResultMessage


class _Time:
    """Takes the place of the module `time`."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class _Inbox:
    """Takes everything in 5 ms, and keeps all but the last of each transaction."""

    def __init__(self, time: _Time) -> None:
        self._time = time
        self.kept = 0
        self.given = 0

    def ensure_writer(self) -> bool:
        return False

    def write(self, results: Sequence[ResultMessage]) -> int:
        self._time.now += 0.005
        self.given += len(results)
        self.kept += len(results) - 1
        return len(results) - 1

    def close(self) -> None:
        pass


def results() -> Iterator[ResultMessage]:
    batch_id, index = f"{0:032x}", 0
    while True:
        index += 1
        yield ResultMessage(
            batch_id=batch_id,
            index=index,
            receipt_id=receipt_id_for(batch_id, index),
            customer_reference="C-1",
            name=f"{index}.jpg",
            image_bucket="b",
            image_key=f"uploads/{index}",
            image_sha256="0" * 64,
            engine="fake",
            read_at=dt.datetime(2027, 1, 31, tzinfo=dt.UTC),
            receipt=Receipt(),
            needs_review=True,
        )


@pytest.mark.parametrize("route", [Route.FIXED, Route.BUFFERED])
def test_a_row_that_the_database_swallowed_shows_as_lost(
    route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = _Time()
    monkeypatch.setattr("lab.measure.peak.buffered_writes.time", time)
    inbox = _Inbox(time)
    command = WriteCommand(route=route, start=1.0, seconds=2.0, position=0.0, ceiling=500.0)
    written = BenchAgent(inbox, results(), command).run(command)  # type: ignore[arg-type]
    assert written.committed == inbox.given
    assert written.committed > inbox.kept
