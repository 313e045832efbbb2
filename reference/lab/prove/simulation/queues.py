"""Queues with what SQS guarantees and no more: at least once, in any order, a receive count."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Scheduler
from receipts.errors import NotDeletedError, NotSentError
from receipts.messages import ReceiptMessage, Row, Source, encode
from receipts.ports import Clock, DeadLetter, Delivery
from receipts.uploads import encode_event

REDRIVEN = "too many receives"
"""The reason of a message that the redrive policy moved, not our code."""


BACK_WITHIN_S = 60.0
"""A deleted message that is delivered again is so within this time."""

VERSION, NEWER_VERSION = '"version":1', '"version":3'


HALF = 0.5


class _QueuedMessage:
    def __init__(self, body: str, sent_on: dt.datetime) -> None:
        self.body = body
        self.sent_on = sent_on
        self.receives = 0
        self.visible_at = 0.0
        self.was_doubled = False


class SimQueue:
    """A standard queue with its redrive policy; implements the ports that send and that poll.

    `on_deleted` and `on_sent` are called with the body, at the moment of the effect.
    """

    def __init__(
        self,
        name: str,
        scheduler: Scheduler,
        faults: Faults,
        *,
        visibility_s: float,
        max_receives: int,
        duplicate_chance: float,
        retention: dt.timedelta,
        clock: Clock,
    ) -> None:
        """`duplicate_chance`: that a message is delivered although it is in flight."""
        self.name = name
        self.messages: dict[int, _QueuedMessage] = {}
        self.dead_letters: list[tuple[str, str]] = []
        self.on_sent: Callable[[str], None] = lambda _: None
        self.on_deleted: Callable[[str], None] = lambda _: None
        self.visibility_s = visibility_s
        self.raises_if_some_refused = True
        self.is_newer = False  # what is sent now is of a version to come
        self.most_receives = 0
        self._retention = retention
        self._clock = clock
        self._scheduler = scheduler
        self._faults = faults
        self.max_receives = max_receives
        self._duplicate_chance = duplicate_chance
        self._number = 0

    def put(self, body: str) -> None:
        """The effect of a send."""
        if self.is_newer:
            self._faults.note(Knob.CLOUD_AHEAD, f"{self.name} send")
            body = body.replace(VERSION, NEWER_VERSION)
        self._number += 1
        self.messages[self._number] = _QueuedMessage(body, self._clock())
        self.on_sent(body)

    def expire(self) -> list[str]:
        """Drop what is older than the retention, in flight or not; answer its bodies."""
        since = self._clock() - self._retention
        old = [number for number, message in self.messages.items() if message.sent_on < since]
        return [self.messages.pop(number).body for number in old]

    def understood(self) -> None:
        """From now on its readers know the version to come: the same as messages of this one."""
        self.is_newer = False
        for message in self.messages.values():
            message.body = message.body.replace(NEWER_VERSION, VERSION)

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        """See `ports.ReceiptQueue`."""
        self._send([encode(message).decode() for message in messages])

    def send_results(self, results: Sequence[Row]) -> None:
        """See `ports.ResultQueue`."""
        self._send([encode(result).decode() for result in results])

    def send_uploads(self, uploads: Sequence[Source]) -> None:
        """See `ports.UploadQueue`."""
        self._send([encode_event(source) for source in uploads])

    def _send(self, bodies: Sequence[str]) -> None:
        """Ten a call, as SQS takes them: where this raises, some may have been sent."""
        for start in range(0, len(bodies), 10):
            some = bodies[start : start + 10]
            self._faults.call(f"{self.name} send", partial(self._put_all, some))

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        """See `ports.WriteQueue`."""
        found = self._faults.call(f"{self.name} receive", lambda: self._take(most))
        if not found and wait_s:
            # A long poll ends when a message comes, which may be at any time.
            self._scheduler.pause(self._faults.seconds((0.0, wait_s)))
            found = self._take(most)
        return found

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`."""
        self._faults.call(f"{self.name} delete", lambda: self._delete(deliveries))

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`."""
        self._faults.call(f"{self.name} release", lambda: self._release(deliveries))

    def _put_all(self, bodies: Sequence[str]) -> None:
        where = f"{self.name} send"
        refused = len(bodies) > 1 and self._faults.happens(Knob.SOME_OF_TEN, where)
        taken = [body for body in bodies if not refused or self._scheduler.random.random() < HALF]
        for body in taken:
            self.put(body)
        if len(taken) < len(bodies) and self.raises_if_some_refused:
            raise NotSentError(f"{len(taken)} of {len(bodies)} were taken")

    def show_again(self, delivery: Delivery, after_s: float) -> None:
        """What a function's handler does with a message that it reports as failed."""
        self._faults.call(f"{self.name} show again", lambda: self._show_again(delivery, after_s))

    def _take(self, most: int) -> list[Delivery]:
        now, rng = self._scheduler.now, self._scheduler.random
        ready = [
            n
            for n, message in self.messages.items()
            if message.visible_at <= now or self._is_doubled(message)
        ]
        rng.shuffle(ready)
        found = []
        for number in ready[:most]:
            message = self.messages[number]
            if message.receives >= self.max_receives:
                self.dead_letters.append((message.body, REDRIVEN))
                del self.messages[number]
                continue
            message.receives += 1
            self.most_receives = max(self.most_receives, message.receives)
            message.visible_at = now + self.visibility_s
            handle = f"{number} {message.receives}"
            found.append(Delivery(body=message.body, handle=handle, receives=message.receives))
        return found

    def _is_doubled(self, message: _QueuedMessage) -> bool:
        """Whether it is delivered while it is in flight: once, or SQS would give up by chance."""
        if message.was_doubled or not self._faults.active:
            return False
        message.was_doubled = self._scheduler.random.random() < self._duplicate_chance
        return message.was_doubled

    def _delete(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            number, message = self._delivered(delivery)
            if message is None:
                continue
            if message.receives != delivery.receives and self._faults.happens(
                Knob.STALE_HANDLE, f"{self.name} delete"
            ):
                continue
            del self.messages[number]
            self.on_deleted(delivery.body)
            if self._faults.happens(Knob.AGAIN_AFTER_DELETE, f"{self.name} delete"):
                self.messages[number] = message
                message.visible_at = self._scheduler.now + self._faults.seconds((0, BACK_WITHIN_S))

    def _release(self, deliveries: Sequence[Delivery]) -> None:
        """As the SDK's adapter: those that can be given back are, then it raises for the others."""
        refused = 0
        for delivery in deliveries:
            _, message = self._delivered(delivery)
            in_flight = message is not None and message.visible_at > self._scheduler.now
            if message is not None and in_flight and message.receives == delivery.receives:
                message.visible_at = self._scheduler.now
            else:
                refused += 1
        if refused and self._faults.happens(Knob.NOT_IN_FLIGHT, f"{self.name} release"):
            raise NotDeletedError(f"{refused} are not in flight")

    def _show_again(self, delivery: Delivery, after_s: float) -> None:
        _, message = self._delivered(delivery)
        if message is not None and message.receives == delivery.receives:
            message.visible_at = self._scheduler.now + after_s

    def _delivered(self, delivery: Delivery) -> tuple[int, _QueuedMessage | None]:
        number = int(delivery.handle.partition(" ")[0])
        return number, self.messages.get(number)


class SimDeadLetters:
    """Implements `ports.DeadLetters`: the DLQ of a queue."""

    def __init__(self, queue: SimQueue, faults: Faults) -> None:
        """What is set aside goes where the redrive policy of `queue` moves messages, too."""
        self._queue = queue
        self._faults = faults

    def send(self, body: str, reason: str) -> None:
        """See `ports.DeadLetters`."""
        self._faults.call(
            f"{self._queue.name} DLQ send", lambda: self._queue.dead_letters.append((body, reason))
        )

    def peek(self) -> list[DeadLetter]:
        """What lies on the queue, as the adapter's reader answers it."""
        return self._faults.call(
            f"{self._queue.name} DLQ receive",
            lambda: [DeadLetter(body=body, reason=why) for body, why in self._queue.dead_letters],
        )
