"""What `receipts status` prints of a batch."""

import pytest
from typer.testing import CliRunner

from commands import cli
from helpers.fakes import OWNER, START, FakeLedger, a_batch
from reading.files.left_out import FILMS, SYSTEM, sum_up
from receipts.report_batch import Report, report_batch

BATCH = "b" * 32
COMMAND = ["status", BATCH, "--api", "https://api.example", "--token", "t"]


class FakeService:
    """A service that knows one archive of two receipts, and of what else it holds."""

    def __init__(self, *_: str) -> None:
        self.ledger = FakeLedger()
        self.ledger.open_batch(a_batch(BATCH), [])
        litter = [(f"__MACOSX/._{n}.png", SYSTEM) for n in range(12)]
        self.ledger.expect(BATCH, 2, sum_up([*litter, ("IMG_1.MOV", FILMS)]))

    def report(self, batch_id: str) -> Report:
        return report_batch(batch_id, OWNER, ledger=self.ledger, now=START)


def test_what_was_left_out_is_counted_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "Service", FakeService)
    said = CliRunner().invoke(cli.app, COMMAND, catch_exceptions=False).stdout
    assert [line for line in said.splitlines() if "left out" in line and "13" in line]
    lines = [line for line in said.splitlines() if line.startswith("left out: ")]
    assert lines[0].startswith("left out: system files 12 (__MACOSX/._0.png, ")
    assert lines[0].endswith(", and 2 more)")
    assert lines[1] == "left out: films 1 (IMG_1.MOV)"
