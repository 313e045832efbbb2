"""A handler's settings: all that is missing is named at once."""

import pytest
from msgspec import Struct

from receipts.errors import SettingsError
from receipts.settings import from_environment


class Settings(Struct, frozen=True, kw_only=True):
    queue_url: str
    table: str
    timeout_seconds: float
    limit: int = 4


def test_values_are_converted_and_the_rest_of_the_environment_is_left_alone() -> None:
    environ = {"QUEUE_URL": "u", "TABLE": "t", "TIMEOUT_SECONDS": "30", "PATH": "/bin"}
    settings = from_environment(Settings, environ)
    assert settings == Settings(queue_url="u", table="t", timeout_seconds=30.0)


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"QUEUE_URL, TIMEOUT_SECONDS$"):
        from_environment(Settings, {"TABLE": "t"})


def test_a_wrong_value_is_named() -> None:
    environ = {"QUEUE_URL": "u", "TABLE": "t", "TIMEOUT_SECONDS": "soon"}
    with pytest.raises(SettingsError, match="timeout_seconds"):
        from_environment(Settings, environ)
