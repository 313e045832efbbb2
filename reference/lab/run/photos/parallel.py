"""Renders many receipts in order; on all cores where there are enough receipts to be worth it."""

import signal
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from lab.run.photos.rendering import Rendered, render
from lab.support.cores import available_cores

PARALLEL_FROM = 50  # receipts; below this, starting processes costs more than it saves
CHUNK = 2  # receipts that a process renders at a time; Ctrl-C waits for the chunks that have begun
SEEDS_PER_SET = 100_000  # so that no two sets share the seed of a receipt


def rendered_in_order(count: int, seed: int) -> Generator[Rendered]:
    """Yield the receipts of a set; closing the iterator early ends the processes it started."""
    seeds = range(seed * SEEDS_PER_SET, seed * SEEDS_PER_SET + count)
    if count <= PARALLEL_FROM:
        yield from map(render, seeds)
        return
    # Spawned, not forked: the caller may have threads (a progress display, an SDK's).
    pool = ProcessPoolExecutor(available_cores(), get_context("spawn"), _ignore_interrupts)
    try:
        chunks: list[Future[list[Rendered]]] = [
            pool.submit(_render_all, seeds[start : start + CHUNK])
            for start in range(0, count, CHUNK)
        ]
        for position, chunk in enumerate(chunks):
            yield from chunk.result()
            chunks[position] = Future()  # drop the result, or all images of the set stay in memory
    finally:
        pool.shutdown(cancel_futures=True)


def _render_all(seeds: range) -> list[Rendered]:
    return [render(seed) for seed in seeds]


def _ignore_interrupts() -> None:
    """In a worker: Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
