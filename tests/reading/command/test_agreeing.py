"""The receipts of one run put each other's merchants right, and the explanation says so."""

from reading.command.agreeing import agreeing
from reading.command.worker_pool import OutputLine

RIGHT, MISREAD = "HOLLOWAY BROTHERS", "HOLLOWAV BROTHERS"


def line(name: str | None, number: str | None = "0205550101", sure: float = 0.9) -> OutputLine:
    return OutputLine(
        file=f"{name}.png",
        merchant=name,
        merchant_number=number,
        confidence={"merchant": 0.7, "merchant_number": sure},
        engine="fake",
        cpu_seconds=0.1,
        needs_review=False,
    )


def read(*lines: OutputLine, page: str = "") -> list[tuple[OutputLine, str]]:
    return list(agreeing([(one, page) for one in lines]))


def test_a_name_is_put_right_by_those_before_it_and_by_none_after_it() -> None:
    lines = [one for one, _ in read(line(MISREAD), line(RIGHT), line(RIGHT), line(MISREAD))]
    assert [one.merchant for one in lines] == [MISREAD, RIGHT, RIGHT, MISREAD]
    last, _ = read(*lines, line(RIGHT), line(RIGHT), line(MISREAD))[-1]
    assert (last.merchant, last.merchant_as_read) == (RIGHT, MISREAD)


def test_all_else_of_a_line_stays_and_so_does_its_confidence() -> None:
    *_, (last, _) = read(line(RIGHT), line(RIGHT), line(MISREAD))
    expected = line(MISREAD)
    assert (last.confidence, last.file) == (expected.confidence, expected.file)


def test_a_line_without_a_name_or_a_number_is_handed_on() -> None:
    given = [line(RIGHT), line(RIGHT), line(None), line(MISREAD, None), line(MISREAD, sure=0.1)]
    assert [one for one, _ in read(*given)] == given


def test_the_explanation_says_by_how_many_and_by_which_number() -> None:
    pages = [page for _, page in read(*[line(RIGHT)] * 4, line(MISREAD), page="<p>read</p>")]
    assert pages[:4] == ["<p>read</p>"] * 4
    assert "4 of 4 earlier receipts with nearly this name and the number 0205550101" in pages[4]
    assert f"read as {MISREAD}" in pages[4]


def test_a_name_from_paper_can_not_write_html() -> None:
    evil, wrong = "HOLLOWAY <B>ROTHERS", "HOLLOWAV <B>ROTHERS"
    *_, (_, page) = read(line(evil), line(evil), line(wrong), page=" ")
    assert "<B>" not in page
    assert "&lt;B&gt;" in page


def test_an_explanation_that_nobody_asked_for_is_not_written() -> None:
    *_, (_, page) = read(line(RIGHT), line(RIGHT), line(MISREAD))
    assert not page
