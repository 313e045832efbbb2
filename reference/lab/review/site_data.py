"""What the design bench's page is given: questions, rules, evidence, examples and symbols."""

import ast
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from lab.review.catalogue import Part, catalogue
from lab.review.drawn import read_drawing
from lab.review.evidence import KINDS, describe
from lab.review.figures import REFUSED_S, SLOW_S
from lab.review.judge import (
    CLOCK_HOURS,
    LAST_QUESTION,
    MOST_HOURS,
    WITHOUT_END,
    Answer,
    checked,
)
from lab.review.recognise import recognise
from lab.support.paths import DOCS, ROOT

DESIGNS = DOCS / "workshop" / "designs"
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "our solution": ("on_premises_buffer",),
    "as first drawn": ("photos_in_the_request", "each_reader_writes"),
    "function on the queue, as drawn": ("batch_fan_out", "queue_and_function"),
    "function on the queue, set well": ("batch_fan_out", "queue_and_function_well_set"),
    "Distributed Map": ("distributed_map",),
    "Pipes to a private endpoint": ("batch_fan_out", "pipes_private_endpoint_well_set"),
    "Custom Event Bus": ("batch_fan_out", "custom_event_bus"),
    "Kinesis and KCL": ("batch_fan_out", "kinesis_consumer_group"),
    "scheduled poller": ("batch_fan_out", "scheduled_poller"),
    "nightly file": ("batch_fan_out", "nightly_file"),
}
"""The page's buttons: the drawings that each puts together, where one has one diagram only."""

FIXED: Mapping[str, Part] = {
    "customer": Part("Customers", "aws.general.MobileClient"),
    "readers": Part("Readers", "aws.compute.Lambda"),
    "endpoint": Part("HTTPS endpoint", "aws.general.TraditionalServer"),
    "dlq": Part("DLQ", "aws.integration.SQS"),
    "database": Part("PostgreSQL", "onprem.database.Postgresql"),
    "app": Part("Expenses app", "aws.general.TraditionalServer"),
}
"""Parts that no option chooses, but that a sheet needs."""


def answers_of(path: Path) -> dict[str, Answer]:
    """What a design's file says, checked. Raises DesignError for an invalid one."""
    return {name: checked(name, it) for name, it in recognise(read_drawing(path)).items()}


def page_data() -> dict[str, Any]:
    """Everything that the page's scripts read, as plain values."""
    known = catalogue()
    named = {e for prop in known.properties for rule in prop.rules for e in rule.evidence}
    parts = [o.part for q in known.questions for o in q.options if o.part and o.part.icon]
    icons = {it.icon for it in [*parts, *FIXED.values()]}
    made: dict[str, Any] = msgspec.to_builtins(
        {
            "questions": known.questions,
            "properties": known.properties,
            "evidence": {it: describe(it) for it in sorted(named)},
            "kinds": KINDS,
            "clock_hours": CLOCK_HOURS,
            "most_hours": MOST_HOURS,
            "without_end": WITHOUT_END,
            "last_question": LAST_QUESTION,
            "failing": {"refused_s": REFUSED_S, "slow_s": SLOW_S},
            "fixed": FIXED,
            "examples": [
                {"label": label, "design": _together(names)} for label, names in EXAMPLES.items()
            ],
            "drawings": [_drawing_of(it) for it in sorted(DESIGNS.glob("*.py"))],
            "signs": _signs(),
            "icons": {name: _icon(name) for name in sorted(icons)},
        }
    )
    return made


def _drawing_of(path: Path) -> dict[str, Any]:
    """A drawing by the first sentence of its file."""
    says = ast.get_docstring(ast.parse(path.read_text())) or path.stem
    return {
        "file": path.name,
        "label": says.partition(".\n")[0].rstrip("."),
        "design": answers_of(path),
    }


def _together(names: tuple[str, ...]) -> dict[str, Answer]:
    made: dict[str, Answer] = {}
    for name in names:
        made |= answers_of(DESIGNS / f"{name}.py")
    return made


def script() -> str:
    """`assets/bench/data.js`."""
    data = msgspec.json.encode(page_data()).decode().replace("</", "<\\/")
    return f"window.DesignBench = window.DesignBench || {{}};\nDesignBench.data = {data};\n"


def stylesheet() -> str:
    """`assets/bench/sheet.css`: the sheets' own style."""
    css: str = drawing_module("theme").css(alone=False)
    return css


def _icon(name: str) -> dict[str, str]:
    """The icon that the sheets draw for a class, as an SVG symbol, and its service's name."""
    module, _, kind = name.rpartition(".")
    classes = importlib.import_module(f"diagrams.{module}")
    found = getattr(classes, kind)
    services = drawing_module("services")
    # A class is known by its picture in the wheel, which it names by folder and file.
    wheel = Path(str(classes.__file__)).parents[2]
    service = services.service(str(wheel / found._icon_dir / found._icon))  # noqa: SLF001
    used = f"db-icon-{name.replace('.', '-')}"
    symbol = services.symbol(service, used)
    return {"id": used, "symbol": symbol, "service": service.name.replace("\n", " ")}


def _signs() -> str:
    """The signs in the corners of the frames: AWS's cloud, and the data centre."""
    services = drawing_module("services")
    kinds = ("cloud", "premises")
    return "".join(services.symbol(services.GROUPS[it], f"db-sign-{it}") for it in kinds)


def drawing_module(module: str) -> ModuleType:
    """A module of the sheets' drawing code, which is a script's and lies beside it."""
    folder = str(ROOT / "diagrams")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(f"drawing.{module}")
