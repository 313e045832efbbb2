"""Columns of numbers are marked, and no others."""

import pytest

from lab.publish.pages.number_columns import CLASS, is_number, mark


@pytest.mark.parametrize(
    "text",
    [
        "1,832", "0", "1.00 (1.00 to 1.00)", "57 of 1,000", "10.0 / 10.0", "2.1%", "$0.20", "36%",
        "30 s", "256 KiB", "0.5", "-3", "1 to 10", "0:05", "120 s (2 minutes)", "1,000 rows/s",
        "under 0.001",
    ],
)  # fmt: skip
def test_a_number_is_one_with_its_unit_and_interval(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["direct", "2026-11-27 on", "at once", "1 is enough", "", "a 1"])
def test_words_are_none(text: str) -> None:
    assert not is_number(text)


def table(*rows: tuple[str, ...]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{it}</td>" for it in row) + "</tr>" for row in rows)
    return f"<table><tr><th>way</th><th>lost</th></tr>{body}</table>"


def test_a_column_of_numbers_is_marked_with_its_heading() -> None:
    told = mark(table(("direct", "<strong>1,832</strong>"), ("none", "–")))
    assert f"<th>way</th><th{CLASS}>lost</th>" in told
    assert f"<td>direct</td><td{CLASS}><strong>1,832</strong></td>" in told
    assert f"<td{CLASS}>–</td>" in told


def test_yes_and_no_beside_numbers_leave_the_column_one_of_numbers() -> None:
    assert f"<td{CLASS}>yes</td>" in mark(table(("stored", "40"), ("known", "yes")))


@pytest.mark.parametrize("rows", [(("a", "yes"),), (("a", "1"), ("b", "one")), (("a", "–"),), ()])
def test_a_column_with_a_word_or_without_a_number_is_left_alone(
    rows: tuple[tuple[str, str]],
) -> None:
    assert mark(table(*rows)) == table(*rows)
