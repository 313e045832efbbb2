import pytest

from lab.plan.formatting import duration, number, percent


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.04, "0.04 s"),
        (19.6, "19.6 s"),
        (120, "2 min"),
        (5_400, "90 min"),
        (10_800, "3 h"),
        (86_400, "24 h"),
        (259_200, "3 days"),
        (181_440, "2.1 days"),
    ],
)
def test_times_are_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (0.046, "0.05"),
        (7, "7"),
        (12.54, "12.5"),
        (99.96, "100"),
        (480, "480"),
        (48_500.5, "48,501"),
        (10, "10"),
        (50, "50"),
    ],
)
def test_numbers_are_said_with_three_figures(value: float, said: str) -> None:
    assert number(value) == said


@pytest.mark.parametrize(("share", "said"), [(0.6, "60%"), (1.006, "101%"), (0.014, "1.4%")])
def test_shares_are_said_in_percent(share: float, said: str) -> None:
    assert percent(share) == said
