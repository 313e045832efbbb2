"""Many receipts in order, on all cores when there are enough to be worth it."""

import os
import signal
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from lab.run.photos.rendered import Rendered, render

PARALLEL_FROM = 50  # receipts; below this, starting processes costs more than it saves
STRETCH = 2  # receipts that a process renders at a time; Ctrl-C waits for those begun
SEEDS_A_SET = 100_000  # so that the receipts of two sets share no seed


def rendered_in_order(count: int, seed: int) -> Generator[Rendered]:
    """Yield the receipts of a set; closing the iterator early ends the processes it started."""
    seeds = range(seed * SEEDS_A_SET, seed * SEEDS_A_SET + count)
    if count <= PARALLEL_FROM:
        yield from map(render, seeds)
        return
    # Spawned, not forked: the caller may have threads (a progress display, an SDK's).
    pool = ProcessPoolExecutor(_cores(), get_context("spawn"), _leave_ctrl_c_to_the_parent)
    try:
        stretches: list[Future[list[Rendered]]] = [
            pool.submit(_render_all, seeds[start : start + STRETCH])
            for start in range(0, count, STRETCH)
        ]
        for position, stretch in enumerate(stretches):
            yield from stretch.result()
            stretches[position] = Future()  # or a whole set of images would stay in memory
    finally:
        pool.shutdown(cancel_futures=True)


def _render_all(seeds: range) -> list[Rendered]:
    return [render(seed) for seed in seeds]


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
