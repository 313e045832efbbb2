"""Tables of prose are prepared to be stacked; small ones and figures are not."""

from lab.publish.pages import number_columns
from lab.publish.pages.stacked_tables import LEAST_CHARS, mark

HEAD = "<tr><th>part</th><th>fails</th><th>what &amp; why</th></tr>"


def table(*rows: str) -> str:
    return f"<table>{HEAD}{''.join(rows)}</table>"


def test_each_cell_of_a_table_of_prose_knows_its_column() -> None:
    told = "it comes again " * (LEAST_CHARS // 10)
    marked = mark(table(f"<tr><td>Read</td><td>dies</td><td>{told}</td></tr>"))
    assert f"<table data-stacked>{HEAD}" in marked
    assert '<td data-label="part">Read</td><td data-label="fails">dies</td>' in marked
    assert f'<td data-label="what &amp; why">{told}</td>' in marked


def test_figures_and_two_columns_stay_as_they_are() -> None:
    interval = "<td>1.00 (0.97 to 1.02)</td>"
    figures = number_columns.mark(table(f"<tr><td>a row of them</td>{2 * interval}</tr>"))
    two = f"<table><tr><th>a</th><th>b</th></tr><tr><td>x</td><td>{'y' * 200}</td></tr></table>"
    assert mark(figures + two) == figures + two
    assert mark("<table></table>") == "<table></table>"
