"""A number that equals all those beside it, in a struct that wants a plain one."""

from typing import Any

import pytest


def nearly(number: float) -> Any:
    return pytest.approx(number)
