"""The values that pages may print: from the template, the code, the facts and the measured data.

A page writes `{{ template.ReadMapping.ScalingConfig.MaximumConcurrency }}`, never the number. An
unknown name stops the build, with an error that names the page.
"""

import datetime as dt
import importlib.util
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import yaml

from diagram_check.template import Template, read_template
from lab.plan import quotas
from lab.plan.facts import Fact
from lab.support.paths import DATA, TEMPLATE
from receipts.agent.config import AgentConfig

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Code:
    """A package's modules by name: `code.batch.MAX_FILES` is `receipts.batch.MAX_FILES`."""

    def __init__(self, module: str) -> None:
        """`module` by its dotted name."""
        self._module = module

    def __getattr__(self, name: str) -> object:
        """A submodule or a value. Raises AttributeError where there is neither."""
        within = importlib.import_module(self._module)
        if hasattr(within, "__path__") and importlib.util.find_spec(f"{self._module}.{name}"):
            return Code(f"{self._module}.{name}")
        return getattr(within, name)


def namespace(data: Path = DATA) -> dict[str, Any]:
    """Everything that a page's `{{ }}` may name, except tables and pictures."""
    template = read_resolved()
    fields = msgspec.structs.fields(AgentConfig)
    return {
        "template": {name: it.properties for name, it in template.resources.items()},
        "code": Code("receipts"),
        "commands": Code("commands"),
        "reading": Code("reading"),
        "agent": {it.name: it.default for it in fields if not it.required},
        "fact": quotas.BY_NAME,
        "data": _Measured(data),
    }


def parameters() -> Mapping[str, Any]:
    """The template's parameters, as written there."""
    document = yaml.load(TEMPLATE.read_text(), yaml.BaseLoader)  # noqa: S506  builds text alone
    found: Mapping[str, Any] = document.get("Parameters", {})
    return found


def read_resolved() -> Template:
    """The template with each parameter replaced by its default."""
    defaults = {
        name: int(it["Default"]) if it["Default"].isdigit() else it["Default"]
        for name, it in parameters().items()
        if "Default" in it
    }
    template = read_template(TEMPLATE, "reference/template.yaml")
    resources = {
        name: msgspec.structs.replace(it, properties=_resolved(it.properties, defaults))
        for name, it in template.resources.items()
    }
    return msgspec.structs.replace(template, resources=resources)


def _resolved(value: Any, defaults: Mapping[str, Any]) -> Any:  # noqa: ANN401  a template's value
    match value:
        case {"Ref": str(name)} if name in defaults:
            return defaults[name]
        case dict():
            return {key: _resolved(inner, defaults) for key, inner in value.items()}
        case list():
            return [_resolved(inner, defaults) for inner in value]
    return value


class _Measured:
    """Measured figures by file: `data.peak` is `docs/data/peak.json`, None if that is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> object:
        path = self._folder / f"{name}.json"
        return msgspec.json.decode(path.read_bytes()) if path.exists() else None


def printed(value: object) -> object:  # noqa: PLR0911  a line a kind
    """A value as a sentence shows it: 10,000; 0.5; 1 hour."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.10g}"
        case Decimal():
            return f"{value:f}"
        case dt.timedelta():
            return duration(value.total_seconds())
        case Fact():
            return printed(value.value)
        case Mapping() | list():
            raise TypeError(f"this is a group of values, not one value: {value}")
    return value


def duration(seconds: float) -> str:
    """Seconds in the largest unit that divides them evenly: 864000 is "10 days"."""
    if seconds > _UNITS[0][1] and seconds != int(seconds):
        raise ValueError(f"{seconds} s is not a whole number of seconds")
    for unit, length in _UNITS:
        if seconds >= length and seconds % length == 0:
            count = int(seconds // length)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def size(count: int) -> str:
    """Bytes in the largest unit, decimal or binary, that divides them evenly: "25 MiB", "5 GB"."""
    for unit, length in (("GB", 1000**3), ("MiB", 1024**2), ("KiB", 1024), ("KB", 1000)):
        if count >= length and count % length == 0:
            return f"{count // length:,} {unit}"
    return f"{count:,} bytes"
