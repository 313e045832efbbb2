"""Everything that the demo's page shows and moves, wired together for as long as it runs."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from lab.run.links import link_to
from lab.run.live.agent import SupervisedAgent
from lab.run.live.desk import Corrections
from lab.run.live.expenses import running_app
from lab.run.live.frame import Frame
from lab.run.live.hub import Hub
from lab.run.live.levers import Levers
from lab.run.live.observe import Observer
from lab.run.live.receipts import Details, ReceiptsOnDemand
from lab.run.live.server import serving
from lab.run.local.system import LocalSystem
from lab.support.errors import LabError

RECORDED_RECEIPTS = 6
"""A recording keeps so many with their photos: each is some 20 kB."""


class AgentDiedError(LabError):
    """The agent ended by itself over and over; the text has the end of its log."""


class Session(Struct, frozen=True, kw_only=True):
    """A running demo; `address` is the page's."""

    address: str
    agent: SupervisedAgent
    observer: Observer
    levers: Levers
    receipts: ReceiptsOnDemand
    hub: Hub

    def look(self) -> Frame:
        """Look, start a dead agent again, and tell the page. Raises `AgentDiedError`."""
        if self.agent.supervise():
            self.observer.say("the agent is started again")
        if self.agent.given_up:
            log = self.agent.log.read_text(errors="replace")[-2000:]
            raise AgentDiedError(f"the agent ended by itself. Its log ends:\n{log}")
        frame = self.observer.look()
        self.hub.publish(frame)
        return frame

    def some_receipts(self) -> Iterator[Details]:
        """A few, evenly chosen, as a recording keeps them."""
        frame = self.observer.look()
        count = frame.expected or 0
        for number in range(1, count + 1, max(1, count // RECORDED_RECEIPTS)):
            if found := self.receipts.details(number):
                yield found


@contextlib.contextmanager
def running_session(
    system: LocalSystem, ceiling: float, archive: Path, engine: str
) -> Iterator[Session]:
    """Start agent, expenses app and page; stop them on the way out, whatever happens.

    Args:
        system: the parts that run already.
        ceiling: rows a second that the client allows at first.
        archive: what will be sent.
        engine: the OCR engine's name, to show how a photo is read.
    """
    with contextlib.ExitStack() as stack:
        app = stack.enter_context(running_app(system))
        emulator = urlsplit(system.deployment.emulator.url)
        aws = stack.enter_context(link_to(emulator.port or 0))
        agent = stack.enter_context(
            SupervisedAgent(
                system,
                ceiling,
                aws_url=f"http://127.0.0.1:{aws.port}",
                database=system.database.conninfo(user="receipts_agent"),
            )
        )
        stack.callback(aws.restore)  # an agent that reaches AWS stops sooner
        observer = Observer(system, agent, app)
        stack.callback(observer.close)
        levers = Levers(system, agent, aws, observer)
        receipts = ReceiptsOnDemand(system, observer, archive, engine)
        stack.callback(receipts.close)
        desk = Corrections(system, observer, receipts)
        hub = Hub()
        address = stack.enter_context(serving(hub, levers, receipts.details, desk))
        yield Session(
            address=address,
            agent=agent,
            observer=observer,
            levers=levers,
            receipts=receipts,
            hub=hub,
        )
