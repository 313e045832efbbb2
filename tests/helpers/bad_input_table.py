"""The type of the fixture with which tests of bad input fill the docs' table."""

from collections.abc import Callable

RecordAnswer = Callable[[str, str, str], None]
"""Records a row: the part, the input, the answer."""
