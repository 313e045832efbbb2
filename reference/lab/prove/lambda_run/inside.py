"""The first process in a function's sandbox: passes on, starts the runtime client, watches it.

Only with the standard library, for it runs on Lambda's Python. The sandbox has no network: what is
asked of a port of 127.0.0.1 goes on through a socket file. One argument, as JSON:

    forward: socket files by port; memory_mb: the most that all processes may have together;
    report: the file for the peaks; command: what to start; scratch: the folder that is measured,
    which without a sandbox is nobody's own.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

LOOK_EVERY_S = 0.02
RUNTIME = "runtime.sock"
KILLED = 137  # as a shell says it of SIGKILL


async def run(task: dict[str, Any]) -> int:
    """Start the command and stay until it ends; answers its exit code."""
    peaks: dict[str, Any] = {"memory_mb": 0.0, "tmp_mb": 0.0, "killed": False}
    servers = [
        await asyncio.start_server(_passing_on(path, peaks), "127.0.0.1", int(port))
        for port, path in task["forward"].items()
    ]
    peaks["started"] = time.monotonic()
    command = await asyncio.create_subprocess_exec(*task["command"])
    while command.returncode is None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(command.wait()), LOOK_EVERY_S)
        _look(peaks, task["memory_mb"], Path(task["report"]), task["scratch"])
        if peaks["killed"]:
            return KILLED
    for server in servers:
        server.close()
    return command.returncode


def _used_mb(folder: str | None) -> float:
    if folder is None:
        return 0.0
    of = os.statvfs(folder)
    return (of.f_blocks - of.f_bfree) * of.f_frsize / 2**20


def _look(peaks: dict[str, Any], memory_mb: float, report: Path, scratch: str | None) -> None:
    """Note new peaks; over the limit kill everything, as Lambda does."""
    seen = {"memory_mb": _resident_mb(), "tmp_mb": _used_mb(scratch)}
    higher = {name: value for name, value in seen.items() if value > peaks[name]}
    if seen["memory_mb"] > memory_mb:
        peaks["killed"] = True
    if higher or peaks["killed"]:
        peaks.update(higher)
        half = report.with_suffix(".half")
        half.write_text(json.dumps(peaks))
        half.rename(report)
    if peaks["killed"]:
        for process in _others():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _others() -> list[int]:
    """All children of this process, and theirs."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                text = (folder / "stat").read_text()
                parents[int(folder.name)] = int(text.rpartition(")")[2].split()[1])
    found = {os.getpid()}
    while more := {it for it, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {os.getpid()})


def _resident_mb() -> float:
    """What they have in memory; a page of two processes counts twice."""
    pages = 0
    for process in _others():
        with contextlib.suppress(OSError):
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu_s() -> float:
    """The processor time of the others, those that ended left out."""
    ticks = 0
    for process in _others():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _passing_on(path: str, peaks: dict[str, Any]) -> Any:  # noqa: ANN401  asyncio's callback
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if path.endswith(RUNTIME) and "init_cpu_s" not in peaks:
            peaks["init_cpu_s"] = _cpu_s()  # it asks for its first event
        there, back = await asyncio.open_unix_connection(path)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    return pass_on


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(2**16):
            target.write(data)
            await target.drain()
    with contextlib.suppress(OSError):
        target.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(run(json.loads(sys.argv[1]))))
