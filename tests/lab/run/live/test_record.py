"""A recording says what happened, goes to the file at once, and is the same when it is read."""

import datetime as dt

import pytest
from msgspec import json

from lab.run.live.frame import Change, Frame, Verdict
from lab.run.live.picture import picture
from lab.run.live.receipts import Box, Details, Photo
from lab.run.live.record import RUN, Begins, Recording, add_receipts, load, recorded, script
from lab.support.provenance import Provenance

FRAMES = (
    Frame(at=0.0, expected=2, waiting=2),
    Frame(at=1.0, expected=2, read=1, waiting=1, changed=(Change(1, "r"),)),
    Frame(at=2.0, expected=2, read=2, said=("PostgreSQL is stopped",), changed=(Change(2, "r"),)),
    Frame(at=3.0, expected=2, stored=2, verdict=Verdict(right=True, text="2 = 2"), rows=2),
)
BEGINS = Begins(
    provenance=Provenance(
        machine="Linux", cores=2, python="3.11", date=dt.date(2026, 1, 31), commit="abc"
    ),
    variables="COUNT=2",
)
RECEIPT = Details(
    number=1,
    name="</script><b>",
    row={"merchant": "M", "confidence": {"merchant": 0.5}},
    photo=Photo(url="data:,", width=1, height=2, boxes=(Box(0.1, 0.2, 0.3, 0.4, "M", "merchant"),)),
)


@pytest.fixture
def recording(tmp_path) -> Recording:
    path = tmp_path / "run.jsonl"
    for seen, _ in enumerate(recorded(FRAMES, path, BEGINS), start=1):
        assert len(path.read_bytes().splitlines()) == 1 + seen
    add_receipts(path, [RECEIPT])
    return load(path)


def test_it_is_the_same_when_it_is_read(recording):
    assert recording.frames == FRAMES
    assert recording.receipts == (RECEIPT,)
    assert recording.variables == "COUNT=2"


def test_as_a_script_it_is_one_assignment_of_json(recording):
    head, _, rest = script(recording).partition(" recording: ")
    assert head == "globalThis.ReceiptsLive = {"
    shown = json.decode(rest.strip().removesuffix("};"))
    assert len(shown["frames"]) == len(FRAMES)


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(json.encode({"line": "frame", "frame": {"at": 1.0}}) + b"\n")
    with pytest.raises(ValueError, match="where it comes from"):
        load(path)


def test_the_picture_shows_every_number_and_what_was_broken(recording):
    drawn = picture(recording)
    assert "database stopped" in drawn
    assert "nothing is lost" in drawn
    assert drawn.count('<text class="n"') == 2 + 4 + 3 + 1  # stored, read, to be read, rejected


def test_the_picture_claims_nothing_that_the_run_did_not_end_with(recording):
    wrong = [*FRAMES[:-1], Frame(at=3.0, expected=2, stored=1, rows=1)]
    other = Recording(provenance=recording.provenance, variables="", frames=wrong, receipts=())
    assert "nothing is lost" not in picture(other)


def test_the_site_s_recording_is_of_a_run_that_came_right_with_every_place_full():
    run = load(RUN)
    last = run.frames[-1]
    assert last.verdict is not None
    assert last.verdict.right
    for frame in run.frames:
        under_way = frame.read + frame.reading + frame.waiting
        assert under_way + frame.stored + frame.rejected + frame.dead == (frame.expected or 0)
    assert RUN.stat().st_size < 300_000
