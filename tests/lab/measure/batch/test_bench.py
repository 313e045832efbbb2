"""The bench's own parts: meters that count, on what can be counted by hand."""

import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from helpers.deployed import Stack
from helpers.s3 import BUCKET
from lab.measure.batch import splitter
from lab.measure.batch.plain_loop import MeteredEngine
from lab.measure.batch.side_by_side import read_side_by_side
from lab.measure.batch.splitter import SIZES, archive_of, split_photos
from lab.run.photos import receipt_set
from reading.engine import ImageRequirements, OcrPass, Word
from reading.files.archive import list_images


class _BusyEngine:
    name = "busy"

    def read_words(self, _image, _within_s):
        sum(i * i for i in range(200_000))
        return [Word(text="12.00", left=0, top=0, width=9, height=9, confidence=1.0)]


class _FailingEngine:
    name = "failing"

    def read_words(self, _image, _within_s):
        sum(i * i for i in range(200_000))
        raise RuntimeError


def test_the_meter_counts_processor_time_and_changes_no_word():
    engine = MeteredEngine(_BusyEngine())
    words = engine.read_words(Image.new("L", (8, 8)), 9.0)
    assert [word.text for word in words] == ["12.00"]
    assert engine.cpu_s > 0


def test_each_pass_of_an_engine_runs_the_same_meter():
    class Twice(_BusyEngine):
        passes = (
            OcrPass(_BusyEngine(), ImageRequirements()),
            OcrPass(_BusyEngine(), ImageRequirements()),
        )

    engine = MeteredEngine(Twice())
    readings = []
    for one in engine.passes:
        one.engine.read_words(Image.new("L", (8, 8)), 9.0)
        readings.append(engine.cpu_s)
    assert len(readings) == 2
    assert readings[0] < readings[1]


def test_the_meter_counts_a_read_that_fails_too():
    engine = MeteredEngine(_FailingEngine())
    with pytest.raises(RuntimeError):
        engine.read_words(Image.new("L", (8, 8)), 9.0)
    assert engine.cpu_s > 0


def test_the_meter_counts_a_child_that_goes_on_running():
    class Kept:
        name = "kept"
        cpu_seconds = 3.0

        def read_words(self, _image, _within_s):
            self.cpu_seconds += 5.0
            return []

    engine = MeteredEngine(Kept())
    engine.read_words(Image.new("L", (8, 8)), 9.0)
    assert engine.cpu_s >= 5.0


@pytest.mark.parametrize("entries", SIZES[:2])
def test_the_archives_hold_as_many_entries_as_they_say(entries):
    archive = archive_of(entries)
    images, _ = list_images(len(archive), lambda a, b: archive[a:b])
    assert len(images) == entries


@pytest.fixture
def system(stack: Stack):
    """As much of the local system as the splitter's bench asks for."""
    outputs = {"ReceiptsBucketName": BUCKET, "LedgerTable": "Ledger"}
    return SimpleNamespace(deployment=SimpleNamespace(emulator=stack, outputs=outputs))


def test_an_archive_is_split_anew_each_time(system, stack: Stack):
    archive = archive_of(3)
    first, again = split_photos(system, archive, 3), split_photos(system, archive, 3)
    assert first.bytes_read == again.bytes_read > 0
    assert first.requests == again.requests > 0
    sqs = stack.client("sqs")
    urls = sqs.list_queues(QueueNamePrefix="bench-")["QueueUrls"]
    name = "ApproximateNumberOfMessages"
    depths = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name]) for url in urls]
    assert [depth["Attributes"][name] for depth in depths] == ["3"] * 4


def test_nothing_is_traced_while_the_clock_runs(system, monkeypatch: pytest.MonkeyPatch):
    traced = []
    monkeypatch.setattr(
        splitter, "split_upload", lambda *_, **__: traced.append(tracemalloc.is_tracing())
    )
    split_photos(system, archive_of(3), 3)
    assert traced == [False, True]
    assert not tracemalloc.is_tracing()


@pytest.mark.slow
def test_side_by_side_every_image_is_read_and_none_is_left_out(tmp_path: Path):
    images = receipt_set(3, seed=7, cache_dir=tmp_path).images
    read = read_side_by_side(images, "tesseract", 2)
    assert read.cpu_s > 0
    assert read.wall_s > 0
    with pytest.raises(FileNotFoundError):
        read_side_by_side([*images, tmp_path / "gone.jpg"], "tesseract", 2)
