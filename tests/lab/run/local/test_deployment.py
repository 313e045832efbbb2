"""The template for AWS is the one that runs here, changed only in the listed places."""

from collections.abc import Iterator
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from lab.run.local.deployment import Choices, adapt_for_emulator, zip_sources
from lab.support.paths import TEMPLATE

CHANGES = {
    ("Globals", "Function", "CodeUri"),
    ("Resources", "SplitMapping", "Properties", "ScalingConfig", "MaximumConcurrency"),
    ("Resources", "ReadMapping", "Properties", "ScalingConfig", "MaximumConcurrency"),
    ("Resources", "ReadFunction", "Properties", "Environment", "Variables", "OCR_ENGINE"),
}


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and path not in CHANGES:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


def test_the_template_is_changed_in_the_listed_places_and_nowhere_else():
    template = yaml_parse(TEMPLATE.read_text())
    before = dict(_leaves(template))
    after = dict(
        _leaves(adapt_for_emulator(template, Choices(concurrency=3, ocr_engine="other"), "key"))
    )
    gone = {path[1] for path in before.keys() - after.keys()}
    assert gone == {"AgentSilentAlarm", "FunctionsFailAlarm", "MoreDeadLettersAlarm"}
    assert after.keys() <= before.keys()
    assert {path for path in after if before[path] != after[path]} == CHANGES


def test_substituting_leaves_the_template_as_it_was():
    template = yaml_parse(TEMPLATE.read_text())
    adapt_for_emulator(template, Choices(concurrency=3, ocr_engine="other"), "key")
    assert template == yaml_parse(TEMPLATE.read_text())


def test_the_same_sources_make_the_same_package():
    assert zip_sources() == zip_sources()
