"""Draws the map of the rooms in CONTRIBUTING.md from the code's own imports.

An arrow leads from a room to one that it imports. Arrows that a longer way already implies are left
out, so that the picture shows the order of the rooms and stays readable.
"""

import re
from collections import Counter
from graphlib import TopologicalSorter
from typing import Annotated

import grimp
import typer

from lab.publish.pages.code_lines import first_line
from lab.support.paths import REFERENCE, ROOT

PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- map: begin, drawn by `make map` -->\n", "<!-- map: end -->\n"

PACKAGES = {
    "lab": "reference/lab: run it, prove it, measure it, plan with it, publish it",
    "diagram_check": "reference/diagram_check: pictures held to a template, a tool of its own",
    "commands": "reference/commands: what people type",
    "receipts": "reference/receipts: the pattern",
    "reading": "reference/reading: image in, receipt out",
}

STAGES = (
    "accept_batch",
    "split_upload",
    "read_receipt",
    "report_batch",
    "reconcile",
    "dead_letters",
)
"""Modules of the pattern that are one room; its others that aren't in `SINGLE` are vocabulary."""

SINGLE = ("cli", "operations", "ports", "restore", "mkdocs_hook")
"""Modules that are a room each."""

Room = tuple[str, str]
"""Package and room."""


def drawn() -> str:
    """The map as Mermaid, and a table of what each room is for, from the rooms' docstrings."""
    arrows = _reduced(_imports())
    lines = ["```mermaid", "flowchart TD"]
    for package, title in PACKAGES.items():
        rooms = sorted({room for arrow in arrows for room in arrow if room[0] == package})
        lines.append(f'  subgraph {package}_["{title}"]')
        lines += [f'    {_id(room)}["{room[1]}"]' for room in rooms]
        lines.append("  end")
    lines += [f"  {_id(a)} --> {_id(b)}" for a, b in sorted(arrows)]
    lines += ["```", "", *_files(), "", "| room | what one does there |", "|---|---|"]
    lines += [f"| `{where}/` | {what} |" for where, what in _purposes()]
    return "\n".join(lines) + "\n"


def with_map(page: str, content: str) -> str:
    """`page` with `content` between its marks. Raises ValueError where the marks are not there."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"{PAGE.name} has no place for the map: {BEGIN.strip()} … {END.strip()}")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"


def draw_map(
    *,
    lines: Annotated[
        bool, typer.Option("--lines", help="Draw nothing: print how long each room is.")
    ] = False,
) -> None:
    """Draw the map of the rooms in CONTRIBUTING.md anew, from the imports."""
    if lines:
        typer.echo("\n".join(f"{count:>7,}  {room}" for room, count in lines_by_room().items()))
        return
    PAGE.write_text(with_map(PAGE.read_text(encoding="utf-8"), drawn()), encoding="utf-8")
    typer.echo(f"drew the map in {PAGE.name}")


def lines_by_room() -> dict[str, int]:
    """Lines of Python by package and room, the lab's by the folders in its rooms, longest first."""
    counts: Counter[str] = Counter()
    for package in PACKAGES:
        depth = 3 if package == "lab" else 1
        for path in (REFERENCE / package).rglob("*.py"):
            folders = path.relative_to(REFERENCE).parent.parts[:depth]
            with path.open(encoding="utf-8") as file:
                counts["/".join(folders)] += sum(1 for _ in file)
    return dict(counts.most_common())


def _imports() -> set[tuple[Room, Room]]:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            importer, target = _room(module), _room(imported)
            if importer and target and importer != target:
                found.add((importer, target))
    return found


def _room(module: str) -> Room | None:
    package, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    if not name or name == "__main__":
        return None
    if (REFERENCE / package / name).is_dir() or name in SINGLE:
        return package, name
    if package == "receipts":
        return package, "stages" if name in STAGES else "vocabulary"
    if package == "diagram_check":
        return package, "comparison"
    return package, "engine port and receipt"


def _reduced(arrows: set[tuple[Room, Room]]) -> set[tuple[Room, Room]]:
    """Without the arrows that a longer way implies. Raises `graphlib.CycleError`."""
    targets: dict[Room, set[Room]] = {}
    for a, b in arrows:
        targets.setdefault(a, set()).add(b)
    below: dict[Room, set[Room]] = {}
    for room in TopologicalSorter(targets).static_order():  # what is imported comes first
        direct = targets.get(room, set())
        below[room] = direct.union(*(below[it] for it in direct)) if direct else set()
    return {(a, b) for a, b in arrows if not any(b in below[it] for it in targets[a] - {b})}


def _files() -> list[str]:
    """Which files the rooms are that aren't folders."""
    rooms: dict[Room, list[str]] = {}
    for package in ("receipts", "reading", "diagram_check"):
        for path in sorted((REFERENCE / package).glob("*.py")):
            room = _room(f"{package}.{path.stem}") if path.stem != "__init__" else None
            if room and room[1] != path.stem:
                rooms.setdefault(room, []).append(f"`{path.name}`")
    return [
        "These rooms are single files, not folders: "
        + "; ".join(
            f"*{room}* is {', '.join(files)} in `reference/{package}/`"
            for (package, room), files in rooms.items()
        )
        + "."
    ]


def _purposes() -> list[tuple[str, str]]:
    rooms = [
        REFERENCE / package for package in ("commands", "receipts", "reading", "diagram_check")
    ]
    for package in PACKAGES:
        rooms += sorted(
            it for it in (REFERENCE / package).iterdir() if (it / "__init__.py").exists()
        )
    return [(str(room.relative_to(ROOT)), first_line(room / "__init__.py")) for room in rooms]


def _id(room: Room) -> str:
    return re.sub(r"\W", "_", ".".join(room))
