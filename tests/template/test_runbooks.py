"""Each alarm has its section of the runbooks, each section its alarm, and all say the same five."""

import re

import pytest

from helpers.deployed import TEMPLATE
from helpers.template_parts import of_type
from lab.support.paths import ROOT

PAGE = (ROOT / "docs/how-to/runbooks.md").read_text()
ALARMS = of_type(TEMPLATE, "AWS::CloudWatch::Alarm")
SECTIONS = dict(
    re.findall(r"^## [^\n]+ \{ #(\w+) \}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
)
PARTS = ("It means:", "The customer sees:", "Look at:", "Do:", "It is over when")


def test_each_alarm_has_its_section_and_each_section_its_alarm() -> None:
    assert SECTIONS.keys() == {name.lower() for name in ALARMS}


@pytest.mark.parametrize("name", ALARMS)
def test_the_description_of_an_alarm_ends_with_the_link_to_its_section(name: str) -> None:
    description = ALARMS[name]["AlarmDescription"]["Fn::Sub"]
    assert description.endswith(f". ${{Runbooks}}#{name.lower()}")
    assert len(description) < 512  # CloudWatch takes 1,024, and the address may be long


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_says_what_it_means_and_what_to_do(section: str) -> None:
    assert re.findall(r"^- \*\*([^*]+)\*\*", SECTIONS[section], re.MULTILINE) == list(PARTS)
