"""Writes Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def grouped(rows: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    """The rows, with the first cell left empty where it repeats the row above."""
    result: list[Sequence[object]] = []
    before: object = None
    for first, *others in rows:
        result.append(("" if first == before else first, *others))
        before = first
    return result


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
