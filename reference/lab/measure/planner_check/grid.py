"""The settings: one to calibrate on, and the others, which are predicted from it.

Concurrency, rate, rows a transaction and receipts all vary; the readers limit some settings, the
rate others. They are in order from many readers to few, so that every run finds its workers warm.
"""

from typing import Final

from lab.plan.emulator import Setting

READ_SECONDS: Final = 0.8
"""Mean reading time: short for OCR, long compared with the rest of an invocation."""


def _setting(receipts: int, concurrency: int, rate: float, write_batch: int) -> Setting:
    return Setting(receipts=receipts, concurrency=concurrency, rate=rate, write_batch=write_batch)


WARM_UP: Final = _setting(24, 8, 20, 20)
"""Starts the workers. Its figures are discarded: the emulator's cold starts are not AWS's."""

CALIBRATION: Final = _setting(100, 4, 2.5, 5)
"""Slow enough that the write queue fills: only full transactions show the cost of a receive."""

OTHERS: Final = (
    _setting(150, 8, 20, 20),
    _setting(150, 8, 6, 5),
    _setting(120, 8, 3, 5),
    _setting(100, 8, 2.5, 10),
    _setting(120, 6, 20, 20),
    _setting(150, 6, 5, 10),
    _setting(100, 6, 4, 1),
    _setting(100, 5, 3, 5),
    _setting(100, 4, 20, 20),
    _setting(120, 4, 5, 10),
    _setting(100, 4, 3, 3),
    _setting(90, 3, 20, 10),
    _setting(90, 3, 2.5, 5),
    _setting(60, 2, 20, 20),
    _setting(60, 2, 1.5, 5),
)
