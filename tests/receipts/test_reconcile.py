"""Reconciling: what the path could not settle is settled once, and nothing is taken away."""

import datetime as dt
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.deployed import RESOURCES
from helpers.fakes import (
    START,
    CutOffError,
    FakeClock,
    FakeLedger,
    FakeObjects,
    FakeQueue,
    a_batch,
)
from helpers.fakes_agent import correction, result
from helpers.photos import archive, numbered
from helpers.s3 import notification
from receipts.ledger import Entry, State
from receipts.messages import Source, encode
from receipts.ports import DeadLetter
from receipts.reconcile import (
    NEVER_UPLOADED_AFTER,
    NOT_STORED_AFTER,
    UNREAD_AFTER,
    UNREAD_AGAIN_AFTER,
    Action,
    Finding,
    mark_dead_letters,
    settle_batches,
)
from receipts.split_upload import split_upload
from receipts.uploads import Upload, archive_key, image_key

BATCH = "b" * 32
NAMES = ["1.jpg", "2.jpg", "3.jpg"]


class World:
    """One batch of three, accepted at `START`; `now` is later by `age`."""

    def __init__(self, age: dt.timedelta, *, is_archive: bool = False) -> None:
        self.ledger, self.objects, self.queue = FakeLedger(), FakeObjects(), FakeQueue()
        self.clock = FakeClock(START + age)
        batch = a_batch(BATCH, expected=None if is_archive else len(NAMES))
        self.ledger.open_batch(batch, [] if is_archive else NAMES)

    def settle(self, *letters: DeadLetter) -> list[Finding]:
        return list(
            settle_batches(
                ledger=self.ledger,
                objects=self.objects,
                upload_queue=self.queue,
                write_queue=self.queue,
                clock=self.clock,
                letters=letters,
            )
        )

    def mark(self, *letters: DeadLetter) -> list[Finding]:
        return list(mark_dead_letters(letters, ledger=self.ledger, clock=self.clock))

    def read(self, index: int, at: dt.datetime = START) -> None:
        self.objects.put_result(result(index))
        entry = Entry(index=index, name=f"{index}.jpg", state=State.READ, since=at)
        self.ledger.move(BATCH, entry)

    def split(self, source: Source) -> None:
        upload = Upload(source=source, batch_id=BATCH, index=None, name="archive.zip")
        split_upload(
            upload,
            ledger=self.ledger,
            objects=self.objects,
            queue=self.queue,
            clock=self.clock,
        )

    def states(self) -> dict[int, State]:
        return {index: entry.state for (_, index), entry in self.ledger.entries.items()}


SECOND = dt.timedelta(seconds=1)
LATE = NOT_STORED_AFTER + SECOND


def test_what_was_read_and_not_stored_goes_back_on_the_queue_once() -> None:
    world = World(LATE)
    for index in (1, 2, 3):
        world.read(index, START if index == 2 else START + LATE)
    [finding] = world.settle()
    assert (finding.action, finding.index) == (Action.PUT_BACK, 2)
    assert world.queue.sent == [result(2)]
    assert world.states()[2] is State.READ
    assert world.settle() == []
    assert len(world.queue.sent) == 1


def test_a_result_that_is_lost_is_told_and_the_others_go_on() -> None:
    world = World(LATE)
    for index in (1, 2, 3):
        world.read(index, START + LATE if index == 3 else START)
    del world.objects.results[BATCH, 1]
    left, put_back = world.settle()
    assert (left.action, left.index) == (Action.LEFT, 1)
    assert "can't be put back" in left.reason
    assert (put_back.action, put_back.index) == (Action.PUT_BACK, 2)


def test_what_still_may_be_on_the_queue_is_left_there() -> None:
    world = World(NOT_STORED_AFTER)
    for index in (1, 2, 3):
        world.read(index)
    assert world.settle() == []


def test_a_receipt_stored_meanwhile_stays_stored() -> None:
    world = World(LATE)
    for index in (1, 2, 3):
        world.read(index)
        stored = Entry(index=index, name="x", state=State.STORED, since=START)
        world.ledger.move(BATCH, stored)
    assert world.settle() == []


def test_an_image_that_never_came_is_rejected_after_the_grace_period() -> None:
    world = World(NEVER_UPLOADED_AFTER + SECOND)
    world.read(1)
    world.objects.upload(image_key(BATCH, 2, "2.jpg"), b"uploaded, not read yet")
    finding, again = world.settle()
    assert again.action is Action.SENT_AGAIN
    assert (finding.action, finding.index) == (Action.REJECTED, 3)
    assert "not uploaded within 2 days" in finding.reason
    assert world.states() == {1: State.READ, 3: State.REJECTED}
    assert world.ledger.entries[BATCH, 3].name == "3.jpg"
    assert world.settle() == []


def test_within_the_grace_period_nothing_is_rejected() -> None:
    assert World(NEVER_UPLOADED_AFTER).settle() == []
    assert World(NEVER_UPLOADED_AFTER, is_archive=True).settle() == []


def test_an_archive_that_never_came_is_rejected_whole() -> None:
    world = World(NEVER_UPLOADED_AFTER + SECOND, is_archive=True)
    [finding] = world.settle()
    assert (finding.action, finding.index) == (Action.REJECTED, None)
    assert world.ledger.opened[BATCH].expected == 0
    assert world.settle() == []


def test_an_archive_that_came_is_not_rejected() -> None:
    world = World(NEVER_UPLOADED_AFTER + SECOND, is_archive=True)
    world.objects.upload(archive_key(BATCH), b"there")
    assert Action.REJECTED not in {finding.action for finding in world.settle()}


def test_an_archive_whose_event_was_lost_is_sent_again_after_an_hour_and_not_before() -> None:
    world = World(UNREAD_AFTER, is_archive=True)
    source = world.objects.upload(archive_key(BATCH), b"there")
    assert world.settle() == []
    world.clock.advance(1)
    [finding] = world.settle()
    assert (finding.action, finding.index) == (Action.SENT_AGAIN, None)
    assert world.queue.uploads == [source]


def test_of_a_manifest_the_images_that_no_reader_has_had_are_sent_again() -> None:
    world = World(UNREAD_AFTER + SECOND)
    world.read(1)
    source = world.objects.upload(image_key(BATCH, 3, "3.jpg"), b"there")
    [finding] = world.settle()
    assert finding.action is Action.SENT_AGAIN
    assert "1 image" in finding.reason
    assert world.queue.uploads == [source]


def test_what_was_uploaded_a_moment_ago_is_not_sent_again_however_old_its_batch_is() -> None:
    world = World(dt.timedelta(hours=5))
    world.objects.since = START + dt.timedelta(hours=4, minutes=30)
    world.objects.upload(image_key(BATCH, 3, "3.jpg"), b"there")
    assert world.settle() == []


def test_what_was_sent_again_is_left_alone_for_as_long_as_its_messages_live() -> None:
    world = World(UNREAD_AFTER + SECOND)
    world.objects.upload(image_key(BATCH, 3, "3.jpg"), b"there")
    world.settle()
    world.clock.now += UNREAD_AGAIN_AFTER
    assert Action.SENT_AGAIN not in {finding.action for finding in world.settle()}
    world.clock.advance(1)
    assert Action.SENT_AGAIN in {finding.action for finding in world.settle()}
    assert len(world.queue.uploads) == 2


def test_an_image_uploaded_after_others_were_sent_again_has_an_hour_of_its_own() -> None:
    world = World(UNREAD_AFTER + SECOND)
    world.objects.upload(image_key(BATCH, 2, "2.jpg"), b"there")
    world.settle()
    world.read(2)
    world.objects.since = world.clock()
    late = world.objects.upload(image_key(BATCH, 3, "3.jpg"), b"there")
    world.clock.now += UNREAD_AFTER
    assert world.settle() == []
    world.clock.advance(1)
    assert [finding.action for finding in world.settle()] == [Action.SENT_AGAIN]
    assert world.queue.uploads[1:] == [late]


@pytest.mark.parametrize("lost", [(1, 2, 3), (2,)])
def test_messages_of_an_archive_that_were_lost_are_sent_again_and_no_others(
    lost: tuple[int, ...],
) -> None:
    world = World(UNREAD_AFTER + SECOND, is_archive=True)
    source = world.objects.upload(archive_key(BATCH), archive(numbered(3)))
    world.split(source)
    for index in {1, 2, 3} - set(lost):
        world.read(index)
    world.queue.sent.clear()
    assert [finding.action for finding in world.settle()] == [Action.SENT_AGAIN]
    [event] = world.queue.uploads
    world.split(event)
    assert [message.index for message in world.queue.sent] == list(lost)
    world.split(event)  # a repetition of that event
    assert len(world.queue.sent) == len(lost)


def test_an_archive_overwritten_after_it_was_split_is_sent_again_as_it_was() -> None:
    world = World(UNREAD_AFTER + SECOND, is_archive=True)
    world.split(world.objects.upload(archive_key(BATCH), archive(numbered(3))))
    world.read(1)
    world.objects.upload(archive_key(BATCH), archive(numbered(5)))
    world.settle()
    world.split(world.queue.uploads[0])
    assert world.states() == {1: State.READ, 2: State.REJECTED, 3: State.REJECTED}


def test_cut_off_while_sending_again_the_next_run_sends_it() -> None:
    world = World(UNREAD_AFTER + SECOND, is_archive=True)
    world.split(world.objects.upload(archive_key(BATCH), archive(numbered(3))))
    with (
        patch.object(world.queue, "send_uploads", side_effect=CutOffError),
        pytest.raises(CutOffError),
    ):
        world.settle()
    assert [finding.action for finding in world.settle()] == [Action.SENT_AGAIN]


def test_an_archive_whose_event_is_on_a_dlq_is_not_sent_again() -> None:
    world = World(UNREAD_AFTER + SECOND, is_archive=True)
    world.objects.upload(archive_key(BATCH), b"there")
    letter = DeadLetter(body=notification(archive_key(BATCH), "e"), reason="why")
    assert [finding.action for finding in world.settle(letter)] == [Action.LEFT]
    assert not world.queue.uploads


@pytest.mark.parametrize("is_archive", [True, False])
def test_what_stays_unread_though_it_was_sent_again_is_shown_to_a_person(
    *, is_archive: bool
) -> None:
    world = World(LATE, is_archive=is_archive)
    for index, name in enumerate(NAMES, start=1):
        world.objects.upload(image_key(BATCH, index, name), b"there")
    world.objects.upload(archive_key(BATCH), b"there")
    assert [finding.action for finding in world.settle()] == [Action.SENT_AGAIN]
    world.clock.now += UNREAD_AFTER
    assert world.settle() == []
    world.clock.advance(1)
    [finding] = world.settle()
    assert finding.action is Action.LEFT
    assert "sent again" in finding.reason


def test_an_archive_that_is_gone_before_all_was_read_is_shown_to_a_person() -> None:
    world = World(LATE, is_archive=True)
    world.split(world.objects.upload(archive_key(BATCH), archive(numbered(3))))
    world.objects.uploads.clear()
    [finding] = world.settle()
    assert finding.action is Action.LEFT
    assert "gone from the bucket" in finding.reason


def test_what_a_redrive_policy_moved_is_marked_in_the_ledger() -> None:
    world = World(SECOND)
    world.read(2)
    letters = (
        DeadLetter(body=encode(result(2)).decode(), reason="received too often"),
        DeadLetter(body=notification(image_key(BATCH, 3, "3.jpg"), "e"), reason="too often"),
    )
    found = world.mark(*letters)
    assert [(one.action, one.index) for one in found] == [
        (Action.DEAD_LETTERED, 2),
        (Action.DEAD_LETTERED, 3),
    ]
    assert world.states() == {2: State.DEAD_LETTERED, 3: State.DEAD_LETTERED}
    assert world.mark(*letters) == []


def test_a_message_of_another_version_is_marked_all_the_same() -> None:
    body = f'{{"version": 9, "batch_id": "{BATCH}", "index": 1, "receipt_id": "r"}}'
    [finding] = World(SECOND).mark(DeadLetter(body=body, reason="not a ResultMessage"))
    assert (finding.action, finding.index) == (Action.DEAD_LETTERED, 1)


@pytest.mark.parametrize(
    "body",
    [
        "not ours",
        notification(archive_key(BATCH), "e"),
        notification(image_key(BATCH, 4, "4.jpg"), "e"),
        notification(image_key("c" * 32, 1, "1.jpg"), "e"),
    ],
)
def test_a_dead_letter_of_no_receipt_is_shown_to_a_person(body: str) -> None:
    world = World(SECOND)
    [finding] = world.mark(DeadLetter(body=body, reason="why"))
    assert (finding.action, finding.reason) == (Action.LEFT, "why")
    assert not world.ledger.entries


@given(
    st.lists(st.sampled_from([*State, None]), min_size=3, max_size=3),
    st.integers(0, 24 * 15),
    st.booleans(),
)
def test_a_second_run_finds_nothing_that_the_first_settled(
    states: list[State | None],
    hours: int,
    are_uploaded: bool,  # noqa: FBT001  drawn
) -> None:
    world = World(dt.timedelta(hours=hours))
    for index, state in enumerate(states, start=1):
        if state:
            world.read(index)
            world.ledger.move(BATCH, Entry(index=index, name="x", state=state, since=START))
        if are_uploaded:
            world.objects.upload(image_key(BATCH, index, NAMES[index - 1]), b"there")
    world.settle()
    assert all(finding.action is Action.LEFT for finding in world.settle())


def test_what_is_unread_is_sent_once_more_when_the_queues_have_dropped_it_and_not_before() -> None:
    for queue in ("UploadQueue", "ReceiptQueue"):
        retention = RESOURCES[queue]["Properties"]["MessageRetentionPeriod"]
        assert dt.timedelta(seconds=retention) == UNREAD_AGAIN_AFTER


def test_an_alarm_rings_for_a_late_reader_before_anything_is_sent_again() -> None:
    alarm = RESOURCES["ReceiptsLateAlarm"]["Properties"]
    rings_after_s = alarm["Threshold"] + alarm["Period"] * alarm["EvaluationPeriods"]
    assert dt.timedelta(seconds=rings_after_s) < UNREAD_AFTER


def test_a_result_is_put_back_when_the_write_queue_has_dropped_it_and_not_before() -> None:
    retention = RESOURCES["WriteQueue"]["Properties"]["MessageRetentionPeriod"]
    assert dt.timedelta(seconds=retention) == NOT_STORED_AFTER


def test_a_correction_that_is_dead_is_left_to_a_person_and_its_receipt_goes_on() -> None:
    world = World(UNREAD_AFTER + SECOND)
    world.read(1)
    key = image_key(BATCH, 2, "2.jpg")
    world.objects.upload(key, b"photo")
    letter = DeadLetter(body=encode(correction(1)).decode(), reason="refused")
    left, sent_again = world.settle(letter)
    assert (left.action, left.index, left.reason) == (Action.LEFT, None, "refused")
    assert sent_again.action is Action.SENT_AGAIN  # nothing of its batch is held up
    assert world.states() == {1: State.READ}
