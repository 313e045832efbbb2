"""Prepares tables of prose for a narrow screen, where the style sheet stacks their cells.

Panned sideways, the column with the answer would lie outside; so each cell knows its column's name.
"""

from statistics import median

from lab.publish.pages.number_columns import CELL, CLASS, ROW, TABLE, text_of

LEAST_COLUMNS, LEAST_CHARS = 3, 45
"""Of a row: with fewer columns or less text a table fits, more or less."""


def mark(page: str) -> str:
    """The page with `data-stacked` on each table of prose, and `data-label` on its cells."""
    return TABLE.sub(lambda found: _marked(found[0]), page)


def _marked(table: str) -> str:
    cells = [[text_of(it) for it in CELL.findall(row)] for row in ROW.findall(table)]
    head, *rows = cells or [[]]
    figures = table.partition("</tr>")[0].count(CLASS)
    chars = median(len("".join(it)) for it in rows or [head])
    if len(head) < LEAST_COLUMNS or chars < LEAST_CHARS or 2 * figures >= len(head):
        return table
    labelled = ROW.sub(lambda row: _labelled(row[0], head) if "<td" in row[0] else row[0], table)
    return labelled.replace("<table", "<table data-stacked", 1)


def _labelled(row: str, head: list[str]) -> str:
    names = iter(it.replace('"', "&quot;") for it in head)
    return CELL.sub(lambda it: f'<{it[1]}{it[2]} data-label="{next(names, "")}">{it[3]}', row)
