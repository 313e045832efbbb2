"""What a fault gets: the parts it may break, its own randomness, and how long it lasts."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import psycopg

from lab.prove.campaign.agents import SupervisedAgent
from lab.prove.drills.environment import DrillEnvironment, DrillError, ResultBatch

RETRY_S = 0.2
"""How soon a statement is tried again while another fault keeps the server away."""

MEND_WITHIN_S = 120.0
"""How long a statement may be tried again; every other fault has ended long before."""

_SESSION = (
    "SET default_transaction_read_only = off",  # another fault may have switched it on
    "SET lock_timeout = '2s'",
)


class Injection:
    """One fault of one round. A fault returns when it has repaired what it broke."""

    def __init__(
        self,
        env: DrillEnvironment,
        agents: Sequence[SupervisedAgent],
        results: ResultBatch,
        chance: random.Random,
        lasts_s: float,
        stopped: threading.Event,
    ) -> None:
        """`results` are the round's; `stopped` ends every wait."""
        self.env = env
        self.agents = agents
        self.results = results
        self.chance = chance
        self.lasts_s = lasts_s
        self._stopped = stopped
        self._ends_at = time.monotonic() + lasts_s

    @property
    def is_on(self) -> bool:
        """Whether the fault's time has not passed yet."""
        return time.monotonic() < self._ends_at and not self._stopped.is_set()

    def last(self) -> None:
        """Wait until the fault's time has passed."""
        self.wait(self._ends_at - time.monotonic())

    def wait(self, seconds: float) -> None:
        """Wait; no longer than until the campaign is stopped."""
        self._stopped.wait(max(0.0, seconds))

    def wait_about(self, seconds: float) -> None:
        """Wait for a random time, `seconds` on average."""
        self.wait(self.chance.uniform(0, 2 * seconds))

    def repeat(self, act: Callable[[], object], every_s: float) -> None:
        """Do it again and again, `every_s` apart on average, while the fault lasts."""
        while self.is_on:
            act()
            self.wait_about(every_s)

    def execute(self, *statements: str) -> None:
        """Execute as the superuser; all again while another fault keeps the server away.

        So each must be harmless when repeated. Raises `DrillError` where it fails until the end.
        """
        deadline = time.monotonic() + MEND_WITHIN_S
        while True:
            try:
                with self.env.admin() as admin:
                    for one in (*_SESSION, *statements):
                        admin.execute(one.encode())
            except psycopg.Error as error:
                if time.monotonic() > deadline:
                    raise DrillError(f"{statements[0]}: {error}") from error
                time.sleep(RETRY_S)
            else:
                return

    @contextlib.contextmanager
    def altered(self, *, by: Sequence[str], until: Sequence[str]) -> Iterator[None]:
        """Within this context the database is altered; `until` are the statements that mend it."""
        try:
            self.execute(*by)
            self._ends_at = time.monotonic() + self.lasts_s  # the server may have been away
            yield
        finally:
            self.execute(*until)

    def server_setting(self, name: str, value: str) -> contextlib.AbstractContextManager[None]:
        """Within this context the server's configuration has this value."""
        reload = "SELECT pg_reload_conf()"
        return self.altered(
            by=(f"ALTER SYSTEM SET {name} = {value}", reload),
            until=(f"ALTER SYSTEM RESET {name}", reload),
        )
