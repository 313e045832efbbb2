"""Faults of the agents: killed, suspended, stopped, and their settings changed or damaged."""

import contextlib
import datetime as dt
import signal

from lab.prove.campaign.agents import CEILING_ROWS_PER_S, SupervisedAgent
from lab.prove.campaign.injection import Injection
from lab.prove.drills.environment import VISIBILITY_S

IDLE_SESSION_S = 11
"""When the server ends a silent session, and with it a suspended agent's lock."""

CEILINGS_ROWS_PER_S = (15.0, 30.0, 60.0, 120.0)


def one_agent_killed(fault: Injection) -> None:
    """SIGKILL."""
    _one(fault).signal(signal.SIGKILL)


def agents_killed_again_and_again(fault: Injection) -> None:
    """SIGKILL to one or the other, as soon as it may be up again."""
    fault.repeat(lambda: _one(fault).signal(signal.SIGKILL), every_s=1.0)


def both_agents_killed(fault: Injection) -> None:
    """SIGKILL to both at once, as with their host."""
    for agent in fault.agents:
        agent.signal(signal.SIGKILL)


def one_agent_stopped(fault: Injection) -> None:
    """SIGTERM, as at an upgrade."""
    _one(fault).signal(signal.SIGTERM)


def one_agent_suspended(fault: Injection) -> None:
    """SIGSTOP for longer than the visibility timeout and the idle session timeout."""
    with _one(fault).suspended():
        fault.wait(IDLE_SESSION_S + fault.chance.uniform(0.5, 2))


def both_agents_suspended(fault: Injection) -> None:
    """SIGSTOP to both, as with their host, beyond the visibility timeout."""
    with contextlib.ExitStack() as stack:
        for agent in fault.agents:
            stack.enter_context(agent.suspended())
        fault.wait(VISIBILITY_S + fault.chance.uniform(0.5, 2))


def agents_that_stutter(fault: Injection) -> None:
    """Both suspended for moments, again and again: a machine that swaps, or is moved."""

    def stutter() -> None:
        with contextlib.ExitStack() as stack:
            for agent in fault.agents:
                stack.enter_context(agent.suspended())
            fault.wait_about(0.3)

    fault.repeat(stutter, every_s=0.2)


def one_killed_while_the_other_is_suspended(fault: Injection) -> None:
    """Nobody is left to write until the one is started again."""
    one, other = fault.chance.sample(list(fault.agents), 2)
    with other.suspended():
        one.signal(signal.SIGKILL)
        fault.last()


def ceiling_changed_again_and_again(fault: Injection) -> None:
    """An operator turns the ceiling up and down."""

    def change() -> None:
        _configure(fault, rows_per_second=fault.chance.choice(CEILINGS_ROWS_PER_S))

    try:
        fault.repeat(change, every_s=0.8)
    finally:
        _configure(fault, rows_per_second=CEILING_ROWS_PER_S)


def paused(fault: Injection) -> None:
    """An operator pauses both agents."""
    _while_configured(fault, {"paused": True}, {"paused": False})


def outside_its_hours(fault: Injection) -> None:
    """The schedule closes, in the middle of the work."""
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=6)
    day = then.strftime("%a").lower()
    _while_configured(fault, {"schedule": [f"{day} {then:%H}:00-{then:%H}:30"]}, {"schedule": []})


def settings_that_are_invalid(fault: Injection) -> None:
    """A half-written file: the old settings stay."""
    _while_damaged(fault, 'rows_per_second = "many')


def settings_that_are_gone(fault: Injection) -> None:
    """The file is removed: the old settings stay."""
    _while_damaged(fault, None)


def _one(fault: Injection) -> SupervisedAgent:
    return fault.chance.choice(list(fault.agents))


def _configure(fault: Injection, **settings: object) -> None:
    for agent in fault.agents:
        agent.configure(**settings)


def _while_configured(
    fault: Injection, changed: dict[str, object], mended: dict[str, object]
) -> None:
    try:
        _configure(fault, **changed)
        fault.last()
    finally:
        _configure(fault, **mended)


def _while_damaged(fault: Injection, text: str | None) -> None:
    try:
        for agent in fault.agents:
            agent.damage_file(text)
        fault.last()
    finally:
        _configure(fault)


PROCESS_FAULTS = (
    one_agent_killed,
    agents_killed_again_and_again,
    both_agents_killed,
    one_agent_stopped,
    one_agent_suspended,
    both_agents_suspended,
    agents_that_stutter,
    one_killed_while_the_other_is_suspended,
)

SETTINGS_FAULTS = (
    ceiling_changed_again_and_again,
    paused,
    outside_its_hours,
    settings_that_are_invalid,
    settings_that_are_gone,
)
