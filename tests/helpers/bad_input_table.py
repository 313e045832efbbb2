"""What a test of bad input says to the docs."""

from collections.abc import Callable

RecordAnswer = Callable[[str, str, str], None]
"""Note a row: which part of the way, what came, what it was answered."""
