"""Queues with what SQS guarantees and no more: at least once, in any order, a receive count."""

from collections.abc import Callable, Sequence
from functools import partial

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.scheduler import Scheduler
from receipts.messages import Message, ReceiptMessage, ResultMessage, encode
from receipts.ports import Delivery

REDRIVEN = "too many receives"
"""The reason of a message that the redrive policy moved, not our code."""


class _QueuedMessage:
    def __init__(self, body: str) -> None:
        self.body = body
        self.receives = 0
        self.visible_at = 0.0


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
    ) -> None:
        """`duplicate_chance`: that a message is delivered although it is in flight."""
        self.name = name
        self.messages: dict[int, _QueuedMessage] = {}
        self.dead_letters: list[tuple[str, str]] = []
        self.on_sent: Callable[[str], None] = lambda _: None
        self.on_deleted: Callable[[str], None] = lambda _: None
        self.visibility_s = visibility_s
        self._scheduler = scheduler
        self._faults = faults
        self.max_receives = max_receives
        self._duplicate_chance = duplicate_chance
        self._number = 0

    def put(self, body: str) -> None:
        """The effect of a send."""
        self._number += 1
        self.messages[self._number] = _QueuedMessage(body)
        self.on_sent(body)

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        """See `ports.ReceiptQueue`."""
        self._send(messages)

    def send_results(self, results: Sequence[ResultMessage]) -> None:
        """See `ports.ResultQueue`."""
        self._send(results)

    def _send(self, messages: Sequence[Message]) -> None:
        """Ten a call, as SQS takes them: where this raises, some may have been sent."""
        for start in range(0, len(messages), 10):
            some = messages[start : start + 10]
            bodies = [encode(message).decode() for message in some]
            self._faults.call(f"{self.name} send", partial(self._put_all, bodies))

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
        for body in bodies:
            self.put(body)

    def show_again(self, delivery: Delivery, after_s: float) -> None:
        """What a function's handler does with a message that it reports as failed."""
        self._faults.call(f"{self.name} show again", lambda: self._show_again(delivery, after_s))

    def _take(self, most: int) -> list[Delivery]:
        now, rng = self._scheduler.now, self._scheduler.random
        ready = [
            n
            for n, message in self.messages.items()
            if message.visible_at <= now or self._is_duplicated()
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
            message.visible_at = now + self.visibility_s
            found.append(Delivery(body=message.body, handle=str(number), receives=message.receives))
        return found

    def _is_duplicated(self) -> bool:
        return self._faults.active and self._scheduler.random.random() < self._duplicate_chance

    def _delete(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if self.messages.pop(int(delivery.handle), None):
                self.on_deleted(delivery.body)

    def _release(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self._show_again(delivery, 0.0)

    def _show_again(self, delivery: Delivery, after_s: float) -> None:
        if message := self.messages.get(int(delivery.handle)):
            message.visible_at = self._scheduler.now + after_s


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
