"""Bad input gets an error that names the parameter and its valid range."""

import contextlib
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.plan.parameters import PARAMETERS, WHOLE, ParameterError
from lab.plan.plan import plan
from lab.plan.settings import Outage, Settings, Window, settings_from


def settings_with(name: str, value: float) -> Settings:
    numbers: dict[str, Any] = {name: value}
    return Settings(**numbers)


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("value", [-1, math.nan, math.inf, -math.inf, 1e30])
def test_a_number_outside_its_range_is_refused_by_name_and_range(name: str, value: float) -> None:
    with pytest.raises(ParameterError) as refused:
        settings_with(name, value)
    assert name in str(refused.value)
    assert PARAMETERS[name].allowed in str(refused.value)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_fraction_of_a_thing_that_is_counted_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name} must be a whole number"):
        settings_with(name, PARAMETERS[name].low + 1.5)


@pytest.mark.parametrize("name", ["receipts", "read_seconds", "rate", "knee", "row_ms", "pollers"])
def test_zero_is_refused_where_it_would_never_end(name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        settings_with(name, 0)


def test_every_parameter_is_a_setting_and_its_default_lies_in_its_range() -> None:
    defaults = Settings()
    assert set(PARAMETERS) <= set(defaults.__struct_fields__)
    for name, parameter in PARAMETERS.items():
        parameter.check(name, getattr(defaults, name))


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"receipts": "many"}, "receipts"),
        ({"receipt": 3}, "receipt"),
        ({"arrival": "all"}, "arrival"),
        ({"receipts": -3}, "receipts must be 1 to 10,000,000 receipts; got -3"),
        ({"outages": [{"after_hours": 1}]}, "hours"),
        ({"outages": [{"after_hours": 1, "hours": 0}]}, "outages must last"),
        ({"windows": [{"start_hour": 25, "end_hour": 3}]}, "windows must begin"),
        ({"outages": [{"after_hours": 1, "hours": 1}] * 60}, "outages must be at most 50"),
    ],
)
def test_plain_values_are_validated_too(numbers: dict[str, object], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        settings_from(numbers)


def test_settings_survive_a_round_trip_through_json() -> None:
    settings = Settings(windows=(Window(22, 6),), outages=(Outage(3, 24),))
    assert settings_from(msgspec.json.decode(msgspec.json.encode(settings))) == settings


def test_settings_that_contradict_each_other_name_both() -> None:
    with pytest.raises(ParameterError, match=r"app_connections .* max_connections"):
        Settings(max_connections=20, app_connections=20)
    with pytest.raises(ParameterError, match=r"connections must be 1 to 80"):
        Settings(connections=81)


def test_a_database_without_any_headroom_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises(ParameterError, match=r"app_load must be under the knee"):
        plan(Settings(yields=True, knee=100, app_load=100_000))


@given(st.dictionaries(st.sampled_from(sorted(PARAMETERS)), st.floats(), max_size=4))
def test_whatever_numbers_come_the_answer_is_settings_or_a_parameter_error(
    numbers: dict[str, float],
) -> None:
    with contextlib.suppress(ParameterError):
        settings = settings_from(dict(numbers))
        assert all(getattr(settings, name) == value for name, value in numbers.items())
