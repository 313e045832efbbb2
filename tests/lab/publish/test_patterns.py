"""The catalogue's tables and figure: promised and measured apart, each with its source."""

import html
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from helpers.measured_here import PROVENANCE
from lab.measure.patterns.antipatterns import Antipatterns, BlockedQueue, outage_losses
from lab.measure.patterns.catalogue import PATTERNS
from lab.measure.patterns.documented_by_aws import COLUMNS
from lab.measure.patterns.figure import draw
from lab.measure.patterns.results import PatternFigures, pattern_row
from lab.measure.patterns.run import PatternMeasurement
from lab.publish.pages import patterns

SEEN = PatternMeasurement(
    stored=39,
    produced_calls=5,
    produced_bytes=20_512,
    invocations=51,
    delivered=45,
    failed=9,
    event_bytes=48_600,
    calls={"s3:GetObject": 44, "sqs:SendMessage": 43},
    dead_letters=1,
    dead_letter_holds_message=True,
    ledger_knows=False,
    seconds=41.3,
)
NO_POISON = {
    "failed": 0,
    "dead_letters": 0,
    "dead_letter_holds_message": None,
    "ledger_knows": None,
}
FIFO = BlockedQueue(good=9, good_meanwhile=0, first_good_s=5.2, aws_first_good_s=1800.0)
STANDARD = BlockedQueue(good=9, good_meanwhile=9, first_good_s=0.1, aws_first_good_s=0.0)


@pytest.fixture
def figures() -> PatternFigures:
    return PatternFigures(
        provenance=PROVENANCE,
        seconds=240.0,
        receipts=40,
        duplicates=4,
        slow=3,
        slow_s=4.0,
        failing=4,
        poison=1,
        concurrency=3,
        rows=tuple(
            pattern_row(it, SEEN if it.has_queue else replace(SEEN, **NO_POISON))
            for it in PATTERNS.values()
        ),
        wrong=Antipatterns(fifo=FIFO, standard=STANDARD, windows=outage_losses()),
    )


@pytest.fixture
def measured(
    figures: PatternFigures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> PatternFigures:
    """As the command writes them, and as pages read them."""
    (tmp_path / "patterns.json").write_bytes(msgspec.json.encode(figures))
    monkeypatch.setattr(patterns, "FILE", tmp_path / "patterns.json")
    return figures


def test_what_is_promised_names_its_source_and_its_day_in_every_cell() -> None:
    lines = patterns.patterns_promised().splitlines()
    body = [line for line in lines if line.startswith("| ")][2:]
    assert len(body) == len(COLUMNS)
    assert all(line.count('<a href="https://') == len(PATTERNS) for line in body)
    one = patterns.patterns_promised("kinesis")
    assert one.count("](https://") == len(COLUMNS)
    assert "in order within a partition key" in one


@pytest.mark.usefixtures("measured")
def test_what_is_measured_says_where_and_that_it_is_an_emulator() -> None:
    told = patterns.patterns_measured()
    assert "Measured here, on a local emulator" in told
    assert "Measured on 2026-11-24 on 2 cores." in told
    row = "| 39 of 39 | 39 of 40 | 39 of 40 | 39 of 40 | 39 of 39 | local emulator |"
    assert f"| good receipts stored once {row}" in told
    assert "| the ledger knows of the dead letter | **no** | – | – | – | **no** |" in told
    assert "cost model" in told


@pytest.mark.usefixtures("measured")
def test_the_two_tables_share_no_row() -> None:
    assert not set(COLUMNS.values()) & set(patterns.MEASURED.values())


@pytest.mark.usefixtures("measured")
def test_a_patterns_own_page_shows_its_column_alone() -> None:
    told = patterns.patterns_measured("sns-sqs")
    assert "|  | SNS → SQS | source |" in told
    assert "Kinesis stream" not in told
    assert "dead letter" in told
    assert "dead letter" not in patterns.patterns_measured("kinesis")


@pytest.mark.usefixtures("measured")
def test_wrong_choices_are_told_with_what_was_seen_and_what_is_computed() -> None:
    told = patterns.patterns_wrong()
    assert "| FIFO, one message group | 0 of 9 | 5.2 s | 30 minutes |" in told
    assert "| a weekend, 63 h | 98% |" in told
    assert "called by a rule" in told


def test_before_anything_is_measured_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "FILE", tmp_path / "none.json")
    assert "make patterns" in patterns.patterns_measured()
    assert "make patterns" in patterns.patterns_wrong()


def test_an_unknown_pattern_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="no pattern is called 'sqz'; there are sqs, sns"):
        patterns.patterns_promised("sqz")


def test_a_page_may_name_what_a_patterns_template_says() -> None:
    assert patterns.pattern_template("kinesis")["ReadMapping"]["BatchSize"] == 10


def test_the_figure_has_a_bar_for_each_pattern_and_measure(
    figures: PatternFigures, tmp_path: Path
) -> None:
    [path] = draw(figures, tmp_path)
    drawn = path.read_text()
    assert drawn.count('fill="var(--data)"') == 4 * len(PATTERNS)
    assert all(f">{html.escape(it.title)}</text>" in drawn for it in PATTERNS.values())
    assert path.name == "patterns.figure.html"
