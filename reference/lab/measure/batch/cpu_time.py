"""Processor time by who spent it: engine, functions, emulator, agent, PostgreSQL, command."""

import subprocess
from collections.abc import Iterable, Mapping

import psutil

from lab.measure.batch.memory import function_of
from lab.run.local.system import LocalSystem

PARTS = ("ocr", "functions", "emulator", "agent", "postgres", "command")


def cpu_seconds_by_part(system: LocalSystem, agent: subprocess.Popen[bytes]) -> Mapping[str, float]:
    """Processor seconds of each of `PARTS` since it started; take the difference of two calls.

    `ocr` is the time of the functions' children: of those that ended, as an engine has that starts
    a program for each image, and of one that stays.
    """
    emulator = psutil.Process(system.deployment.emulator.process.pid)
    workers = [child for child in emulator.children() if function_of(child)]
    times = [worker.cpu_times() for worker in workers]
    running = [child for worker in workers for child in worker.children(recursive=True)]
    return {
        "ocr": sum(one.children_user + one.children_system for one in times) + _own(running),
        "functions": sum(one.user + one.system for one in times),
        "emulator": _own([emulator]),
        "agent": _own([psutil.Process(agent.pid)]),
        "postgres": _tree(psutil.Process(system.database.pid)),
        "command": _own([psutil.Process()]),
    }


def _own(processes: Iterable[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (one.cpu_times() for one in processes))


def _tree(root: psutil.Process) -> float:
    """The process with all its descendants, ended or not."""
    times = root.cpu_times()
    ended = times.children_user + times.children_system
    return ended + _own([root, *root.children(recursive=True)])
