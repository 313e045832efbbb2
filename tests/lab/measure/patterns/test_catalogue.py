"""The patterns' templates run here unchanged but for the listed places; what AWS documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.measure.patterns.catalogue import FOLDER, PATTERNS, Pattern
from lab.measure.patterns.deployment import package, substituted
from lab.measure.patterns.documented_by_aws import (
    COLUMNS,
    FILE,
    DocumentedCellError,
    documented_cells,
)

METER = {"INSTRUMENTED_HANDLER": "h", "INSTRUMENTED_FOLDER": "f", "INSTRUMENTED_FAULTS": "{}"}
FUNCTION = {
    "ReadFunction.Properties.CodeUri",
    "ReadFunction.Properties.Handler",
    *(f"ReadFunction.Properties.Environment.Variables.{name}" for name in METER),
}
QUEUE = {
    "ReadMapping.Properties.ScalingConfig.MaximumConcurrency",
    "ReceiptQueue.Properties.VisibilityTimeout",
    "ReadFunction.Properties.Environment.Variables.MAX_RECEIVES",
}
CHANGES = {
    "sqs": QUEUE,
    "sns-sqs": QUEUE,
    "sns": set(),
    "eventbridge": {"ReceiptArchive"},
    "kinesis": set(),
}


@pytest.fixture(params=PATTERNS.values(), ids=list(PATTERNS))
def pattern(request: pytest.FixtureRequest) -> Pattern:
    found: Pattern = request.param
    return found


def leaves(value: Any, path: str, stops: set[str]) -> Iterator[tuple[str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        at = f"{path}.{key}".lstrip(".")
        if isinstance(inner, dict | list) and at not in stops:
            yield from leaves(inner, at, stops)
        else:
            yield at, inner


def test_every_template_is_a_pattern() -> None:
    assert {it.path.name for it in PATTERNS.values()} == {it.name for it in FOLDER.glob("*.yaml")}


def test_a_template_is_changed_in_the_listed_places_and_nowhere_else(pattern: Pattern) -> None:
    listed = FUNCTION | CHANGES[pattern.name]
    local = substituted(pattern, concurrency=3, environment=METER)
    before = dict(leaves(pattern.template()["Resources"], "", listed))
    after = dict(leaves(local["Resources"], "", listed))
    both = before.keys() | after.keys()
    assert {at for at in both if before.get(at) != after.get(at)} == listed


def test_the_package_holds_what_the_handler_is_in(pattern: Pattern) -> None:
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    names = zipfile.ZipFile(io.BytesIO(package())).namelist()
    assert f"{pattern.handler.rpartition('.')[0].replace('.', '/')}.py" in names
    assert "lab/measure/patterns/instrumented_handler.py" in names


def test_a_handler_is_a_few_lines_and_its_template_fits_on_some_pages(pattern: Pattern) -> None:
    assert 10 < pattern.lines_of_code < 60
    assert 100 < pattern.lines_of_template < 200


def test_every_pattern_has_every_documented_cell_with_its_source(pattern: Pattern) -> None:
    documented = documented_cells()[pattern.name]
    assert documented.keys() == COLUMNS.keys()
    for cell in documented.values():
        assert cell.text
        assert "{" not in cell.text
        assert cell.url.startswith("https://")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('ordering = { text = "best effort", from = "sqs" }\n', "", "sqs has no cell for"),
        ('from = "sqs-dlq"', 'from = "gone"', "KeyError: 'gone'"),
        ("{QUEUE_MESSAGE}", "{NO_SUCH_FACT}", "NO_SUCH_FACT"),
        ("[sqs]\ndelivery", "[sqs]\ndelivary", "delivary"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = FILE.read_text()
    assert old in text
    (tmp_path / "documented_by_aws.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(DocumentedCellError, match=message):
        documented_cells(tmp_path / "documented_by_aws.toml")
