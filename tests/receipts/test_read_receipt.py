"""The reader: a crash after any step is made good by the next delivery."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from helpers.fakes import (
    START,
    CutOffError,
    FakeClock,
    FakeEngine,
    FakeLedger,
    FakeObjects,
    FakeQueue,
    FakeSeenImages,
    FakeVotes,
)
from helpers.photos import archive, photo
from reading.context import Home
from reading.engine import OcrEngine, OcrEngineError
from reading.files.archive import list_images
from reading.receipt import Receipt
from reading.review import REQUIRED, USUAL
from receipts.ledger import Entry, State
from receipts.messages import ReceiptMessage, ResultMessage, Source
from receipts.read_receipt import read_receipt
from receipts.uploads import image_key

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = "b" * 32
STEPS = ("put_result", "move", "send")
"""What the reader does that can be seen from outside, in its order."""


class World:
    """One uploaded photo, and the reader's outside; `crash_at` a step, before or after it."""

    def __init__(self, data: bytes | None = None, engine: FakeEngine | None = None) -> None:
        self.ledger, self.objects, self.queue = FakeLedger(), FakeObjects(), FakeQueue()
        self.seen, self.votes = FakeSeenImages(), FakeVotes()
        self.engine = engine or FakeEngine()
        self.steps: list[str] = []
        self.crash: tuple[str, str] | None = None
        source = self.objects.upload(
            image_key(BATCH, 7, "a.png"), photo() if data is None else data
        )
        self.message = message(source)
        self._watch(self.objects, "put_result")
        self._watch(self.ledger, "move")
        self._watch(self.queue, "send")

    def read(
        self, received: ReceiptMessage | None = None, least: Mapping[str, float] = USUAL
    ) -> State:
        return read_receipt(
            received or self.message,
            objects=self.objects,
            seen=self.seen,
            ledger=self.ledger,
            queue=self.queue,
            engine=self.engine,
            limit_s=9.0,
            clock=FakeClock(),
            votes=self.votes,
            least=least,
        )

    def read_as(self, name: str, index: int, owner: str = "client-1") -> Receipt:
        """The receipt of a picture of its own on which the engine reads this merchant's name."""
        self.engine = FakeEngine(name, "Tel 020 555 0101", "Date: 2026-01-27", "TOTAL EUR 6.00")
        source = self.objects.upload(image_key(BATCH, index, "a.png"), photo(index))
        assert self.read(replace(message(source, index=index), owner=owner)) is State.READ
        return self.objects.results[BATCH, index].receipt

    def entry(self) -> Entry:
        return self.ledger.entries[BATCH, 7]

    def _watch(self, port: object, step: str) -> None:
        done: Callable[..., Any] = getattr(port, step)

        def watched(*args: Any) -> Any:
            self._maybe_crash("before", step)
            answer = done(*args)
            self.steps.append(step)
            self._maybe_crash("after", step)
            return answer

        setattr(port, step, watched)

    def _maybe_crash(self, when: str, step: str) -> None:
        if self.crash == (when, step):
            self.crash = None
            raise CutOffError


def message(source: Source, name: str = "a.png", index: int = 7) -> ReceiptMessage:
    return ReceiptMessage(
        batch_id=BATCH,
        index=index,
        receipt_id=f"{BATCH}-{index:05d}",
        owner="client-1",
        customer_reference="C-1",
        name=name,
        source=source,
    )


def test_a_receipt_is_read_as_of_the_home_that_its_message_says() -> None:
    world = World(engine=FakeEngine("CORNER BAKERY", "23/09/2025", "TOTAL 12.50"))
    world.read(replace(world.message, home=Home(currency="SEK")))
    [result] = world.queue.sent
    assert isinstance(result, ResultMessage)
    assert result.receipt.currency == "SEK"


@pytest.mark.parametrize("asked", [0.0, 1.0])
def test_whether_a_receipt_needs_review_is_up_to_the_operator_s_thresholds(asked: float) -> None:
    world = World()
    world.read(least=dict.fromkeys(REQUIRED, asked))
    [result] = world.queue.sent
    assert isinstance(result, ResultMessage)
    assert result.needs_review == world.entry().needs_review == (asked == 1.0)


def test_who_finds_the_photo_gone_sends_what_a_faster_reader_left_unsent() -> None:
    world = World()
    read = world.objects.read

    def overtaken(source: Source, start: int = 0, stop: int | None = None) -> bytes:
        world.objects.read = read  # type: ignore[method-assign]
        world.crash = ("after", "move")
        with pytest.raises(CutOffError):
            world.read()
        del world.objects.uploads[source.key]
        return read(source, start, stop)

    world.objects.read = overtaken  # type: ignore[method-assign]
    assert world.read() is State.READ
    assert world.queue.sent == [world.objects.results[BATCH, 7]]


def test_the_copy_comes_first_then_the_ledger_then_the_queue() -> None:
    world = World()
    assert world.read() is State.READ
    assert world.steps == list(STEPS)
    [result] = world.queue.sent
    assert isinstance(result, ResultMessage)
    assert result == world.objects.results[BATCH, 7]
    assert (result.index, result.customer_reference, result.name) == (7, "C-1", "a.png")
    assert result.receipt.merchant == "CORNER BAKERY"
    assert world.entry().state is State.READ
    assert world.entry().since == START


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_after_a_crash_at_any_step_the_next_delivery_makes_it_good(when: str, step: str) -> None:
    world = World()
    world.crash = (when, step)
    with pytest.raises(CutOffError):
        world.read()
    assert world.read() is State.READ
    assert world.queue.sent[-1] == world.objects.results[BATCH, 7]
    assert len({result.receipt_id for result in world.queue.sent}) == 1
    assert world.entry().state is State.READ


@given(st.lists(st.sampled_from([(w, s) for w in ("before", "after") for s in STEPS]), max_size=5))
@pytest.mark.slow
def test_however_often_it_crashes_no_receipt_is_lost(crashes: list[tuple[str, str]]) -> None:
    world = World()
    for crash in crashes:
        world.crash = crash
        try:
            world.read()
        except CutOffError:
            continue
    world.crash = None
    world.read()
    assert world.queue.sent
    assert world.entry().state is State.READ


def test_a_redelivered_receipt_is_not_read_again_but_sent_again() -> None:
    world = World()
    world.read()
    world.read()
    assert world.engine.reads == 1
    assert len(world.queue.sent) == 2


@pytest.mark.parametrize("state", [State.STORED, State.REJECTED])
def test_a_settled_receipt_is_left_alone(state: State) -> None:
    world = World()
    world.ledger.move(BATCH, Entry(index=7, name="a.png", state=state, since=START))
    world.steps.clear()
    assert world.read() is state
    assert not world.steps
    assert world.engine.reads == 0


def test_a_redriven_receipt_is_read_after_all() -> None:
    world = World()
    dead = Entry(index=7, name="a.png", state=State.DEAD_LETTERED, since=START, reason="crashed")
    world.ledger.move(BATCH, dead)
    assert world.read() is State.READ
    assert world.entry().reason is None


@pytest.mark.parametrize(
    "data", [b"", b"no photo", photo()[:70]], ids=["empty", "no image", "cut off"]
)
def test_an_image_that_cannot_be_read_is_rejected_with_a_reason(data: bytes) -> None:
    world = World(data)
    assert world.read() is State.REJECTED
    assert world.entry().reason
    assert not world.queue.sent
    assert not world.objects.results


def test_of_two_uploads_before_the_reading_the_newer_one_is_read() -> None:
    world = World()
    world.objects.upload(world.message.source.key, photo(9))
    assert world.read() is State.READ
    assert digest_of(world) == hashlib.sha256(photo(9)).hexdigest()


def test_an_image_that_is_gone_is_rejected() -> None:
    world = World()
    world.objects.uploads.clear()
    assert world.read() is State.REJECTED
    assert "deleted" in (world.entry().reason or "")


UPLOADS = st.sampled_from(["upload", "read", *((w, s) for w in ("before", "after") for s in STEPS)])


@given(st.lists(UPLOADS, max_size=6))
@pytest.mark.slow
def test_however_uploads_readings_and_crashes_follow_copy_ledger_and_row_agree(
    steps: list[str | tuple[str, str]],
) -> None:
    """The first reading that was kept counts; from then on the form is spent."""
    world = World()
    kept: set[str] = set()
    for number, step in enumerate(steps):
        if step == "upload":
            world.objects.upload(world.message.source.key, photo(number))
        else:
            world.crash = step if isinstance(step, tuple) else None
            with suppress(CutOffError):
                world.read()
            world.crash = None
        kept |= {copy.image_sha256 for copy in world.objects.results.values()}
    world.read()
    assert len(kept | {digest_of(world)}) == 1
    assert set(map(str, world.queue.sent)) == {str(world.objects.results[BATCH, 7])}
    assert world.entry().state is State.READ


def digest_of(world: World) -> str:
    return world.objects.results[BATCH, 7].image_sha256


def test_an_overwrite_after_the_reading_changes_nothing() -> None:
    world = World()
    world.read()
    before = world.entry()
    world.objects.upload(world.message.source.key, photo(9))
    assert world.read() is State.READ
    assert world.entry() == before
    assert world.queue.sent == [world.objects.results[BATCH, 7]] * 2


def test_an_engine_that_fails_may_be_tried_again() -> None:
    world = World(engine=FakeEngine(fails_on=lambda _: True))
    with pytest.raises(OcrEngineError):
        world.read()
    assert not world.steps


def test_a_doubtful_receipt_is_sent_with_a_mark_and_not_dropped() -> None:
    world = World(engine=FakeEngine("illegible"))
    assert world.read() is State.READ
    [result] = world.queue.sent
    assert isinstance(result, ResultMessage)
    assert result.needs_review
    assert world.entry().needs_review


def test_an_equal_image_is_flagged_and_not_dropped() -> None:
    world = World()
    world.read()
    assert world.read(message(world.message.source, index=8)) is State.READ
    first, second = world.objects.results[BATCH, 7], world.objects.results[BATCH, 8]
    assert (first.duplicate_of, second.duplicate_of) == (None, first.receipt_id)
    assert world.ledger.entries[BATCH, 8].duplicate_of == first.receipt_id
    assert len(world.queue.sent) == 2


def test_a_receipt_delivered_twice_is_no_duplicate_of_itself() -> None:
    world = World()
    world.crash = ("before", "put_result")
    with pytest.raises(CutOffError):
        world.read()
    world.read()
    assert world.objects.results[BATCH, 7].duplicate_of is None


def test_the_equal_image_of_another_customer_is_nobody_s_business() -> None:
    world = World()
    world.read()
    other = replace(world.message, index=8, receipt_id="other", customer_reference="C-2")
    world.read(other)
    assert world.objects.results[BATCH, 8].duplicate_of is None


def test_a_client_s_other_receipts_put_a_misread_name_right() -> None:
    world = World()
    assert world.read_as("HOLLOWAY BROTHERS", 1).merchant_as_read is None
    world.read_as("HOLLOWAY BROTHERS", 2)
    receipt = world.read_as("HQLLOWAV BROTHERS", 3)
    assert (receipt.merchant, receipt.merchant_as_read) == (
        "HOLLOWAY BROTHERS",
        "HQLLOWAV BROTHERS",
    )
    assert world.queue.sent[-1] == world.objects.results[BATCH, 3]


def test_another_client_s_receipts_put_nothing_right() -> None:
    world = World()
    for index in (1, 2, 3):
        world.read_as("HOLLOWAY BROTHERS", index, owner="client-2")
    assert world.read_as("HOLLOWAV BROTHERS", 4).merchant == "HOLLOWAV BROTHERS"


def test_a_receipt_votes_as_it_was_read_so_that_a_wrong_majority_is_outvoted() -> None:
    """Of right names put wrong, none feeds the majority that did it."""
    world = World()
    stood = [world.read_as("HOLLOWAV BROTHERS", index).merchant for index in range(1, 10)]
    stood += [world.read_as("HOLLOWAY BROTHERS", index).merchant for index in range(10, 20)]
    assert stood == ["HOLLOWAV BROTHERS"] * 13 + ["HOLLOWAY BROTHERS"] * 6


def test_a_message_that_comes_again_votes_once() -> None:
    world = World()
    world.read_as("HOLLOWAY BROTHERS", 1)
    world.crash = ("before", "put_result")
    with pytest.raises(CutOffError):
        world.read_as("HOLLOWAV BROTHERS", 2)
    world.read_as("HOLLOWAV BROTHERS", 2)
    assert world.read_as("HOLLOWAY BROTHERS", 3).merchant == "HOLLOWAY BROTHERS"
    assert [len(votes) for votes in world.votes.cast_by.values()] == [3]


def test_a_picture_that_was_sent_twice_votes_once() -> None:
    world = World()
    world.read_as("HOLLOWAV BROTHERS", 1)
    again = replace(
        world.message, source=Source(bucket="receipts", key=image_key(BATCH, 1, "a.png"))
    )
    world.read(replace(again, index=2))
    assert [len(votes) for votes in world.votes.cast_by.values()] == [1]


def test_a_reading_without_agreement_stands(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    for index in (1, 2):
        world.read_as("HOLLOWAY BROTHERS", index)

    def away(*_: object) -> Any:
        raise OSError("client-1's table is away")

    world.votes.cast = away  # type: ignore[method-assign, assignment]
    assert world.read_as("HOLLOWAV BROTHERS", 3).merchant == "HOLLOWAV BROTHERS"
    assert "OSError" in caplog.text
    assert "client-1" not in caplog.text


def test_an_image_within_an_archive_is_read_by_one_range() -> None:
    world = World()
    source = world.objects.upload("a.zip", archive({"1.png": photo(1), "2.png": photo(2)}))
    size = world.objects.size(source)
    images, _ = list_images(size, lambda start, stop: world.objects.read(source, start, stop))
    name, entry = images[1]
    world.objects.ranges.clear()
    second = Source(bucket=source.bucket, key=source.key, entry=entry)
    assert world.read(message(second, name)) is State.READ
    assert len(world.objects.ranges) == 1


def test_the_engine_of_these_tests_keeps_the_port() -> None:
    engine: OcrEngine = FakeEngine()
    assert engine.name == "fake"
