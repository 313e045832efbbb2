"""Writes Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def grouped(rows: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    """Rows whose first cell is told only where it changes."""
    told: list[Sequence[object]] = []
    before: object = None
    for first, *others in rows:
        told.append(("" if first == before else first, *others))
        before = first
    return told


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
