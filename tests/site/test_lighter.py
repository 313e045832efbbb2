"""The theme's files are made lighter, and look the same."""

from importlib.resources import files

import pytest

from lab.pages.lighter import palette


@pytest.fixture(scope="module")
def theme() -> str:
    [path] = files("material").joinpath("templates/assets/stylesheets").glob("palette.*.css")
    return path.read_text()


def test_colours_that_are_not_ours_are_left_out(theme):
    lighter = palette(theme)
    assert "data-md-color-accent=" not in lighter
    assert len(lighter) < len(theme) / 2


def test_light_and_dark_stay_as_they_are(theme):
    begin, end = theme.index("[data-md-color-scheme=slate]{"), theme.index("--md-shadow-z3")
    assert theme[begin:end] in palette(theme)


def test_our_own_colours_stay():
    rule = "[data-md-color-primary=custom]{--md-primary-fg-color:#123}"
    assert palette(f"@media screen{{{rule}}}") == f"@media screen{{{rule}}}"


def test_a_rule_for_a_scheme_and_a_foreign_colour_goes_as_a_whole():
    rule = "[data-md-color-scheme=slate][data-md-color-primary=red]{--md-a:#fff}"
    assert palette(f"a{{b:c}}{rule}d{{e:f}}") == "a{b:c}d{e:f}"
