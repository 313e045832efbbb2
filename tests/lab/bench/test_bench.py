"""The bench's own parts: meters that count, on what can be counted by hand."""

import pytest
from PIL import Image

from lab.bench.loop import MeteredEngine
from lab.bench.splitter import SIZES, archive_of
from receipts.archive import list_images
from receipts.ocr import Look, Picture, Word


class _BusyEngine:
    name = "busy"

    def read(self, _image, _within_s):
        sum(i * i for i in range(200_000))
        return [Word(text="12.00", left=0, top=0, width=9, height=9, confidence=1.0)]


class _FailingEngine:
    name = "failing"

    def read(self, _image, _within_s):
        sum(i * i for i in range(200_000))
        raise RuntimeError


def test_the_meter_counts_processor_time_and_changes_no_word():
    engine = MeteredEngine(_BusyEngine())
    words = engine.read(Image.new("L", (8, 8)), 9.0)
    assert [word.text for word in words] == ["12.00"]
    assert engine.cpu_s > 0


def test_each_look_of_an_engine_runs_the_same_meter():
    class Twice(_BusyEngine):
        looks = (Look(_BusyEngine(), Picture()), Look(_BusyEngine(), Picture()))

    engine = MeteredEngine(Twice())
    readings = []
    for look in engine.looks:
        look.engine.read(Image.new("L", (8, 8)), 9.0)
        readings.append(engine.cpu_s)
    assert len(readings) == 2
    assert readings[0] < readings[1]


def test_the_meter_counts_a_read_that_fails_too():
    engine = MeteredEngine(_FailingEngine())
    with pytest.raises(RuntimeError):
        engine.read(Image.new("L", (8, 8)), 9.0)
    assert engine.cpu_s > 0


def test_the_meter_counts_a_child_that_goes_on_running():
    class Kept:
        name = "kept"
        cpu_seconds = 3.0

        def read(self, _image, _within_s):
            self.cpu_seconds += 5.0
            return []

    engine = MeteredEngine(Kept())
    engine.read(Image.new("L", (8, 8)), 9.0)
    assert engine.cpu_s >= 5.0


@pytest.mark.parametrize("entries", SIZES[:2])
def test_the_archives_hold_as_many_entries_as_they_say(entries):
    archive = archive_of(entries)
    assert len(list_images(len(archive), lambda a, b: archive[a:b])) == entries
