"""The splitter: cut off anywhere it goes on, and doubles nothing that counts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from helpers.fakes import (
    CutOffError,
    FakeClock,
    FakeLedger,
    FakeObjects,
    FakeQueue,
    a_batch,
    across_the_wire,
)
from helpers.photos import archive, numbered, photo
from reading.context import Home
from reading.files.left_out import FILMS, SYSTEM
from receipts import split_upload as stage
from receipts.batch import receipt_id_for
from receipts.errors import UnknownMessageError
from receipts.ledger import State
from receipts.messages import Message, ReceiptMessage
from receipts.split_upload import split_upload
from receipts.uploads import Upload, archive_key, image_key

BATCH = "b" * 32


class World:
    """A batch that was asked for, and the splitter's outside."""

    def __init__(self, expected: int | None = None, room: int | None = None) -> None:
        self.ledger = FakeLedger()
        self.objects = FakeObjects()
        self.queue = LoggedQueue(self.ledger, room)
        batch = a_batch(BATCH, expected=expected)
        self.ledger.open_batch(batch, [])

    def upload_archive(self, data: bytes) -> Upload:
        source = self.objects.upload(archive_key(BATCH), data)
        return Upload(source=source, batch_id=BATCH, index=None, name="archive.zip")

    def upload_image(self, index: int) -> Upload:
        source = self.objects.upload(image_key(BATCH, index, "a.png"), photo())
        return Upload(source=source, batch_id=BATCH, index=index, name="a.png")

    def split(self, upload: Upload) -> None:
        split_upload(
            upload,
            ledger=self.ledger,
            objects=self.objects,
            queue=self.queue,
            clock=FakeClock(),
        )

    @property
    def sent(self) -> list[ReceiptMessage]:
        return [message for message in self.queue.sent if isinstance(message, ReceiptMessage)]


class LoggedQueue(FakeQueue):
    """Notes each send in the ledger's history, so that their order can be seen."""

    def __init__(self, ledger: FakeLedger, room: int | None) -> None:
        super().__init__(room)
        self._history = ledger.history

    def send(self, messages: Sequence[Message]) -> None:
        self._history.append("send")
        super().send(messages)


def test_an_image_of_a_manifest_is_one_message() -> None:
    world = World(expected=3)
    world.split(world.upload_image(2))
    [message] = world.sent
    assert (message.index, message.name) == (2, "a.png")
    assert message.receipt_id == receipt_id_for(BATCH, 2)
    assert message.source.entry is None
    assert across_the_wire(message) == message


def test_an_archive_is_one_message_an_image_in_the_directory_s_order() -> None:
    world = World()
    world.split(world.upload_archive(archive(numbered(12))))
    assert [message.index for message in world.sent] == list(range(1, 13))
    assert [message.name for message in world.sent] == sorted(numbered(12))
    assert {message.customer_reference for message in world.sent} == {"C-1"}


@pytest.mark.parametrize("archived", [True, False])
def test_every_message_says_the_home_of_its_batch(*, archived: bool) -> None:
    world = World(expected=None if archived else 2)
    home = Home(currency="EUR", date_order="dmy", language="de")
    world.ledger.opened[BATCH] = replace(world.ledger.opened[BATCH], home=home)
    world.split(world.upload_archive(archive(numbered(2))) if archived else world.upload_image(1))
    assert {across_the_wire(message).home for message in world.sent} == {home}


def test_no_image_passes_through_the_splitter() -> None:
    world = World()
    data = archive({f"{n}.jpg": bytes(100_000) for n in range(50)})
    world.split(world.upload_archive(data))
    assert len(world.sent) == 50
    assert sum(stop - start for start, stop in world.objects.ranges) < len(data) / 20


def test_the_number_expected_is_written_before_the_first_send() -> None:
    world = World()
    world.split(world.upload_archive(archive(numbered(3))))
    assert world.ledger.history == ["expect 3", "send", "sent 3"]


LITTER = {".DS_Store": b"x", "IMG_1.MOV": b"x", "IMG_2.MOV": b"x"}


def test_what_is_left_out_is_noted_with_the_number_expected() -> None:
    world = World()
    world.split(world.upload_archive(archive({**LITTER, **numbered(3)})))
    batch = world.ledger.opened[BATCH]
    assert [message.index for message in world.sent] == [1, 2, 3]
    assert world.ledger.history == ["expect 3", "send", "sent 3"]
    assert (batch.expected or 0) + batch.left_out.count == 3 + len(LITTER)
    assert {it.kind: it.names for it in batch.left_out.kinds} == {
        SYSTEM: (".DS_Store",),
        FILMS: ("IMG_1.MOV", "IMG_2.MOV"),
    }


@pytest.mark.parametrize("room", [0, 3])
def test_cut_off_before_or_while_sending_the_next_run_finds_the_same_left_out(
    monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 2)
    world = World(room=room)
    upload = world.upload_archive(archive({**numbered(5), **LITTER}))
    with pytest.raises(CutOffError):
        world.split(upload)
    noted = world.ledger.opened[BATCH].left_out
    assert noted.count == len(LITTER)
    world.split(upload)
    assert world.ledger.opened[BATCH].left_out == noted
    assert world.ledger.opened[BATCH].sent == 5


def test_an_archive_of_nothing_but_litter_is_rejected_and_says_what_was_in_it() -> None:
    world = World()
    world.split(world.upload_archive(archive({"photos/": b"", **LITTER})))
    batch = world.ledger.opened[BATCH]
    assert (batch.expected, batch.left_out.count, world.sent) == (0, len(LITTER), [])
    assert batch.rejected == (
        "the archive holds no receipts: system files 1 (.DS_Store), films 2 (IMG_1.MOV, IMG_2.MOV)"
    )


def test_nothing_was_sent_when_the_first_send_fails_and_the_number_stands() -> None:
    world = World(room=0)
    with pytest.raises(CutOffError):
        world.split(world.upload_archive(archive(numbered(3))))
    assert world.ledger.opened[BATCH].expected == 3
    assert world.ledger.opened[BATCH].sent == 0


@given(st.integers(1, 25), st.integers(0, 25), st.integers(1, 7))
def test_cut_off_anywhere_the_next_run_goes_on_and_doubles_nothing(
    images: int, room: int, chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "CHUNK", chunk)
        world = World(room=room)
        upload = world.upload_archive(archive(numbered(images)))
        if room < images:
            with pytest.raises(CutOffError):
                world.split(upload)
        world.split(upload)
    indices = [message.index for message in world.sent]
    assert set(indices) == set(range(1, images + 1))
    assert len(indices) - images < chunk  # what the cut-off chunk had sent already
    ids = {message.receipt_id for message in world.sent}
    assert len(ids) == images  # a repeated message is the same receipt
    assert world.ledger.opened[BATCH].sent == images


def test_an_event_that_comes_twice_sends_nothing_twice() -> None:
    world = World()
    upload = world.upload_archive(archive(numbered(3)))
    world.split(upload)
    world.split(upload)
    assert len(world.sent) == 3


def test_a_second_archive_over_the_first_changes_nothing() -> None:
    world = World()
    world.split(world.upload_archive(archive(numbered(3))))
    world.split(world.upload_archive(archive(numbered(5))))
    assert len(world.sent) == world.ledger.opened[BATCH].expected == 3
    assert not world.ledger.entries


def test_the_same_archive_uploaded_again_after_a_cut_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 2)
    world = World(room=3)
    with pytest.raises(CutOffError):
        world.split(world.upload_archive(archive(numbered(5))))
    world.split(world.upload_archive(archive(numbered(5))))
    assert {message.index for message in world.sent} == {1, 2, 3, 4, 5}
    assert not world.ledger.entries


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (archive(numbered(9)), "another archive was uploaded over this one"),
        (archive(LITTER), "another archive was uploaded over this one"),
        (b"no archive", "another file was uploaded over the archive: not a readable ZIP"),
        (None, "the archive was deleted before all of it was read"),
    ],
    ids=["another", "no receipts", "no archive", "gone"],
)
def test_an_archive_that_is_another_or_gone_after_a_cut_settles_what_was_not_sent(
    monkeypatch: pytest.MonkeyPatch, other: bytes | None, why: str
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 2)
    world = World(room=3)
    first = world.upload_archive(archive(numbered(5)))
    with pytest.raises(CutOffError):
        world.split(first)
    if other is None:
        world.objects.uploads.clear()
    else:
        world.upload_archive(other)
    world.split(first)
    statement = world.ledger.snapshot(BATCH)
    assert statement is not None
    assert (statement.batch.expected, statement.batch.left_out.count) == (5, 0)
    assert [entry.index for entry in statement.entries] == [3, 4, 5]
    assert {entry.state for entry in statement.entries} == {State.REJECTED}
    assert {(entry.reason or "").startswith(why) for entry in statement.entries} == {True}


def test_an_archive_that_is_gone_is_rejected_whole() -> None:
    world = World()
    upload = world.upload_archive(archive(numbered(3)))
    world.objects.uploads.clear()
    world.split(upload)
    assert "deleted" in (world.ledger.opened[BATCH].rejected or "")


def test_a_bad_archive_is_rejected_whole_and_expects_nothing() -> None:
    world = World()
    world.split(world.upload_archive(b"no archive"))
    batch = world.ledger.opened[BATCH]
    assert batch.expected == 0
    assert "ZIP" in (batch.rejected or "")
    assert not world.sent


def test_a_bad_archive_over_a_good_one_rejects_nothing() -> None:
    world = World()
    world.split(world.upload_archive(archive(numbered(3))))
    world.split(world.upload_archive(b"no archive"))
    assert world.ledger.opened[BATCH].expected == 3
    assert world.ledger.opened[BATCH].rejected is None


def test_a_good_archive_over_a_rejected_one_changes_nothing() -> None:
    world = World()
    world.split(world.upload_archive(b"no archive"))
    world.split(world.upload_archive(archive(numbered(3))))
    assert not world.sent


@pytest.mark.parametrize("index", [0, 4])
def test_an_image_outside_of_the_manifest_is_unknown(index: int) -> None:
    world = World(expected=3)
    with pytest.raises(UnknownMessageError, match="nobody asked"):
        world.split(world.upload_image(index))


def test_an_archive_in_place_of_a_manifest_is_unknown() -> None:
    world = World(expected=3)
    with pytest.raises(UnknownMessageError, match="nobody asked"):
        world.split(world.upload_archive(archive(numbered(3))))


def test_an_image_in_place_of_an_archive_is_unknown() -> None:
    world = World()
    with pytest.raises(UnknownMessageError, match="nobody asked"):
        world.split(world.upload_image(1))


def test_an_upload_for_a_batch_of_nobody_is_unknown() -> None:
    world = World()
    world.ledger.opened.clear()
    with pytest.raises(UnknownMessageError, match="nobody asked"):
        world.split(world.upload_archive(archive(numbered(1))))
