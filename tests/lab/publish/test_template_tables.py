"""What pages say of the template's resources leads to them."""

import re

import pytest

from lab.publish.pages import template_tables
from lab.support.paths import TEMPLATE


def test_a_resource_is_linked_by_its_name_and_told_with_its_line():
    linked = template_tables.at("Ledger", "Dashboard")
    for name, anchor, line in re.findall(r"\[`(\w+)`\]\(\S+#(\w+)\) (\d+)", linked):
        assert anchor == name
        assert f"`{name}`{{ #{name} }}" in template_tables.resources()
        assert TEMPLATE.read_text().splitlines()[int(line) - 1].startswith(f"  {name}:")
    assert linked.count("](") == 2


def test_a_resource_that_is_not_there_stops_the_build():
    with pytest.raises(KeyError):
        template_tables.at("Ledger", "NoSuchAlarm")
