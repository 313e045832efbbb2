"""What the command prints: lines for people, or JSON for programs."""

import json
from typing import Any

from diagram_check import __version__
from diagram_check.check import Result, evidence_of
from diagram_check.compare import Difference
from diagram_check.evidence import kind_of
from diagram_check.template import Place


def as_text(result: Result, *, with_evidence: bool) -> str:
    """One line a difference, as compilers write them, its evidence under it; the outcome last."""
    lines = []
    for it in result.differences:
        lines.append(str(it))
        lines += [f"    {_place(place, result)}" for place in dict.fromkeys(it.places)]
    if with_evidence:
        for arrow in result.picture.arrows:
            for (source, target), places in evidence_of(arrow, result.template).items():
                lines.append(f"{arrow.where}: {source} -> {target}")
                lines += [f"    {_place(place, result)}" for place in dict.fromkeys(places)]
    for place, other in result.unknown:
        where = f"{result.template.shown_as}:{place.line}"
        lines.append(f"note: {where}: {place.path} refers to {other}, and no arrow follows from it")
    return "\n".join([*lines, _outcome(result)])


def as_json(result: Result) -> str:
    """The same, whole, for programs."""
    told = {
        "diagram_check": __version__,
        "diagrams": list(result.diagrams),
        "template": result.template.shown_as,
        "agree": not result.differences,
        "parts": len(result.picture.ends - {"outside"}),
        "arrows": len(result.picture.arrows),
        "arrows_not_checked": result.unchecked,
        "differences": [_difference(it, result) for it in result.differences],
        "evidence": [
            {
                "arrow": f"{pair[0]} -> {pair[1]}",
                "drawing": _split(arrow.where),
                "template": [_json_place(place, result) for place in dict.fromkeys(places)],
            }
            for arrow in result.picture.arrows
            for pair, places in evidence_of(arrow, result.template).items()
        ],
        "not_understood": [
            {**_json_place(place, result), "refers_to": other} for place, other in result.unknown
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _difference(it: Difference, result: Result) -> dict[str, Any]:
    about = it.about if isinstance(it.about, str) else " -> ".join(it.about)
    return {
        "kind": it.kind,
        "about": about,
        "drawing": _split(it.drawing) if it.drawing else None,
        "template": [_json_place(place, result) for place in dict.fromkeys(it.places)],
        "problem": it.problem,
        "remedy": it.remedy,
    }


def _json_place(place: Place, result: Result) -> dict[str, Any]:
    return {
        "file": result.template.shown_as,
        "line": place.line,
        "path": place.path,
        "kind": kind_of(place, result.template),
    }


def _split(where: str) -> dict[str, Any]:
    file, _, line = where.rpartition(":")
    return {"file": file, "line": int(line)}


def _place(place: Place, result: Result) -> str:
    kind = kind_of(place, result.template)
    return f"{result.template.shown_as}:{place.line}: {place.path} ({kind})"


def _outcome(result: Result) -> str:
    names, where = ", ".join(result.diagrams), result.template.shown_as
    parts, arrows = len(result.picture.ends - {"outside"}), len(result.picture.arrows)
    unchecked = (
        f"; {result.unchecked} of its arrows lead outside and can't be checked"
        if result.unchecked
        else ""
    )
    if not result.differences:
        return f"{names} agrees with {where}: {parts} parts, {arrows} arrows{unchecked}"
    count = len(result.differences)
    return f"{names} and {where} differ in {count} {'place' if count == 1 else 'places'}{unchecked}"
