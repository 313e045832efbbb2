"""The page's buttons: each does to the real parts what a drill does (`receipts-lab drills`)."""

import tempfile
import threading
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab.run.links import Link
from lab.run.live.agent import RESTART_S, SupervisedAgent
from lab.run.live.observe import Observer
from lab.run.local.sending import send_archive
from lab.run.local.system import LocalSystem
from lab.support.errors import LabError
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.ledger import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CUSTOMER = "customer-1"

LOWEST_ROWS_PER_S, HIGHEST_ROWS_PER_S = 0.1, 200.0
"""What the slider reaches."""

POISON = b"\xff\xd8\xff\xe0 this file says that it is a photo, and is none"


BUTTONS = ("pause", "kill", "database", "link", "twice", "poison")
"""As the page has them; `pause`, `database` and `link` stay broken until they are pressed again."""


class LeverError(LabError):
    """A button or a rate that isn't there; the text says which there are."""


class Levers:
    """Breaks parts and mends them. One press at a time: the page may be open twice."""

    def __init__(
        self, system: LocalSystem, agent: SupervisedAgent, aws: Link, observer: Observer
    ) -> None:
        """`aws` is the link by which the agent reaches AWS; `observer` says what was done."""
        self._system, self._agent, self._aws, self._observer = system, agent, aws, observer
        self._lock = threading.Lock()
        self._on: set[str] = set()
        self.switches: Mapping[str, Callable[[bool], str]] = {
            "pause": self._pause,
            "database": self._database,
            "link": self._link,
        }
        self.actions: Mapping[str, Callable[[], str]] = {
            "kill": self._kill,
            "twice": self._twice,
            "poison": self._poison,
        }

    @property
    def any_on(self) -> bool:
        """Whether something is broken that stays so until somebody mends it."""
        return bool(self._on)

    def press(self, name: str) -> str:
        """Press a button: a switch changes over. Answers what was done. Raises `LeverError`."""
        with self._lock:
            if name in self.actions:
                said = self.actions[name]()
            elif name in self.switches:
                said = self._switch(name, on=name not in self._on)
            else:
                known = ", ".join([*self.switches, *self.actions])
                raise LeverError(f"no button is called {name!r}; there are {known}")
            self._observer.say(said)
            return said

    def allow(self, rows_per_s: float, because: str = "") -> str:
        """Set the client's ceiling, and say it. Raises `LeverError`."""
        if not LOWEST_ROWS_PER_S <= rows_per_s <= HIGHEST_ROWS_PER_S:
            raise LeverError(f"from {LOWEST_ROWS_PER_S} to {HIGHEST_ROWS_PER_S:g} rows a second")
        with self._lock:
            self._agent.set(ceiling=rows_per_s)
            said = f"{because}the client allows {rows_per_s:g} rows a second"
            self._observer.say(said)
            return said

    def mend(self) -> None:
        """Switch everything back that is broken, as at the end."""
        with self._lock:
            for name in sorted(self._on):
                self._observer.say(self._switch(name, on=False))

    def _switch(self, name: str, *, on: bool) -> str:
        said = self.switches[name](on)
        (self._on.add if on else self._on.discard)(name)
        self._observer.faults = tuple(sorted(self._on))
        return said

    def _pause(self, on: bool) -> str:  # noqa: FBT001  a switch
        self._agent.set(paused=on)
        return "the agent is told to pause" if on else "the agent is told to go on"

    def _database(self, on: bool) -> str:  # noqa: FBT001  a switch
        if on:
            self._system.database.stop()
            return "PostgreSQL is stopped"
        self._system.database.start()
        return "PostgreSQL is started"

    def _link(self, on: bool) -> str:  # noqa: FBT001  a switch
        if on:
            self._aws.cut()
            return "the link between the client and AWS is cut"
        self._aws.restore()
        return "the link between the client and AWS is up again"

    def _kill(self) -> str:
        self._agent.kill()
        return (
            f"the agent is killed; its supervisor starts it again in {RESTART_S:.0f} s, and what "
            f"it had in hand comes again {self._hidden_s()} s after it was received"
        )

    def _hidden_s(self) -> str:
        """For how long a message that was received stays hidden, as the queue is deployed."""
        deployment = self._system.deployment
        answer = deployment.emulator.client("sqs").get_queue_attributes(
            QueueUrl=deployment.outputs["WriteQueueUrl"], AttributeNames=["VisibilityTimeout"]
        )
        return str(answer["Attributes"]["VisibilityTimeout"])

    def _twice(self) -> str:
        """Send each result again that was read so far: a queue may deliver twice at any time."""
        deployment = self._system.deployment
        emulator, outputs = deployment.emulator, deployment.outputs
        objects = S3Objects(deployment.resources["ReceiptsBucket"], emulator.client("s3"))
        known = [(it, self._observer.ledger.snapshot(it)) for it in tuple(self._observer.batches)]
        results = [
            objects.get_result(batch_id, entry.index)
            for batch_id, snapshot in known
            for entry in (snapshot.entries if snapshot else ())
            if entry.state in {State.READ, State.STORED}
        ]
        SqsQueue(outputs["WriteQueueUrl"], emulator.client("sqs")).send_results(results)
        return (
            f"{len(results)} results are on the write queue a second time: "
            "the agent works through the repeats, and none becomes a row"
        )

    def _poison(self) -> str:
        """A customer sends a photo that is none: a request of its own, with one file."""
        deployment = self._system.deployment
        with tempfile.TemporaryDirectory(prefix="receipts-poison-") as name:
            folder = Path(name)
            with zipfile.ZipFile(folder / "poison.zip", "w") as archive:
                archive.writestr(f"poison-{uuid.uuid4().hex[:4]}.jpg", POISON)
            batch_id = send_archive(deployment, folder / "poison.zip", CUSTOMER, folder)
            self._observer.batches.append(batch_id)
        return "a file that is no photo was sent, in a request of its own"
