"""The handouts: one set for those who draw, without a solution, and one for who teaches."""

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import NullObject

from lab.publish.handouts import build, parts
from lab.publish.handouts.typeset import Typesetter, quoted
from lab.publish.pages import drawn_design, render_values, teaching, wrong_designs
from lab.publish.pages.html_tree import parse_html
from lab.support.paths import DATA, DOCS

pytestmark = pytest.mark.slow

DIAGRAMS = DOCS / "diagrams"
CHARTS = [parse_html(it.read_text()) for it in sorted(DATA.glob("*.figure.html"))]
SOLVING = (
    "presigned", "manifest", "central directory", "ledger", "dead-letter", "dlq",
    "idempotency", "visibility", "pull agent", "agent", "pacer", "rows a second", "ceiling",
    "breaker",  "on conflict", "write queue", "receipt queue", "maximumconcurrency",
    "fan-out", "commit", "central", "points",
)  # fmt: skip


@pytest.fixture(scope="module")
def pdfs(site):
    """As they are offered on the built site."""
    return {it.stem: PdfReader(it) for it in (site / "handouts").glob("*.pdf")}


def spaced(told: str) -> str:
    return re.sub(r"\s+", " ", told).strip()


def text(pdf: PdfReader) -> str:
    return spaced(" ".join(page.extract_text() for page in pdf.pages))


def described(node: Any) -> Iterator[str]:
    """What stands for each figure below a node of the structure; "" where nothing does."""
    it = node.get_object()
    if isinstance(it, list):
        for child in it:
            yield from described(child)
    elif isinstance(it, dict):
        if it.get("/S") == "/Figure":
            yield spaced(str(it.get("/Alt", "")))
        yield from described(it.get("/K", NullObject()))


def pictures(pdf: PdfReader) -> set[str]:
    """The drawn sheets that are in it, by name: pixel by pixel, whatever they are called there."""
    drawn = {
        Image.open(path).convert("RGB").tobytes(): path.stem for path in DIAGRAMS.glob("*.png")
    }
    embedded = [decoded(image.image) for page in pdf.pages for image in page.images]
    return {drawn.get(it.convert("RGB").tobytes(), f"unknown: {it.size}") for it in embedded}


def decoded(picture: Image.Image | None) -> Image.Image:
    assert picture is not None
    return picture


def test_the_participants_handout_has_no_solution_in_its_words(pdfs):
    told = text(pdfs["participant"]).lower()
    assert [word for word in SOLVING if word in told] == []


def test_the_words_that_would_give_it_away_are_those_of_the_solutions(pdfs):
    told = text(pdfs["instructor"]).lower()
    assert [word for word in SOLVING if word not in told] == []


def test_the_only_picture_for_participants_is_the_baseline(pdfs):
    assert pictures(pdfs["participant"]) == {"baseline"}


def test_the_instructor_has_both_solutions_as_pictures(pdfs):
    assert pictures(pdfs["instructor"]) >= {"batch-fan-out", "on-premises-buffer"}


def test_nothing_else_is_hidden_in_the_participants_file(pdfs):
    pdf = pdfs["participant"]
    links = [it.get_object() for page in pdf.pages for it in page.get("/Annots", [])]
    assert links == []
    assert dict(pdf.attachments) == {}
    assert "solution" not in str(pdf.metadata).lower()


def test_participants_have_the_task_the_limits_and_room_to_draw(pdfs):
    told = text(pdfs["participant"])
    for needed in ("Draw two diagrams", "our reconstruction", "largest request of an API Gateway"):
        assert needed in told
    assert told.count("Why so, in a few sentences") == 2


def test_instructors_have_both_plans_wrong_diagrams_what_was_measured_and_marks(pdfs):
    told = text(pdfs["instructor"])
    needed = ["90 minutes", "180 minutes", "Wrong diagrams", "Objections", "Marking scheme"]
    needed += ["Results lost in the peak"]  # of what was measured
    assert [it for it in needed if it not in told] == []


def test_the_cards_have_each_hint_each_fact_and_each_role(pdfs):
    told = text(pdfs["cards"])
    needed = [f"Hint {at}: {it.title}" for at, it in enumerate(teaching.all_hints(), 1)]
    needed += ["How large is a photo?", "The client's DBA", "The security officer"]
    assert [it for it in needed if it not in told] == []


def test_the_score_sheet_has_each_line_and_no_answer(pdfs):
    told = text(pdfs["score"])
    lines = teaching.criteria()
    assert [it.text for it in lines if it.text not in told] == []
    assert [it.full for it in lines if it.full in told] == []


def test_the_first_score_sheet_does_not_say_what_to_look_for_in_the_second_diagram(pdfs):
    first, second, _ = (spaced(it.extract_text()) for it in pdfs["score"].pages)
    for it in teaching.criteria():
        assert (it.text in first, it.text in second) == (it.diagram == 1, it.diagram == 2)


MOST_PAGES = {
    "participant": 4, "score": 3, "cards": 4, "designs": 8, "run-sheet": 1, "run-sheet-180": 2,
    "instructor": 20,
}  # fmt: skip


def too_long(pdfs: dict[str, PdfReader]) -> dict[str, int]:
    pages = {name: len(pdf.pages) for name, pdf in pdfs.items()}
    return {name: count for name, count in pages.items() if count > MOST_PAGES[name]}


def test_no_handout_grows_beyond_its_pages(pdfs):
    assert too_long(pdfs) == {}


def test_on_us_letter_they_have_as_few_and_the_sites_address_on_each(tmp_path):
    address = "https://receipts.example.org"
    made = build.handouts(tmp_path, build.Paper("letter", address))
    letters = {name: PdfReader(io.BytesIO(pdf)) for name, pdf in made.items()}
    assert too_long(letters) == {}
    for pdf in letters.values():
        assert float(pdf.pages[0].mediabox.width) == pytest.approx(8.5 * 72)
        assert all(address in page.extract_text() for page in pdf.pages)


def test_what_cannot_be_seen_is_described(pdfs):
    """Each picture has its words in the file's structure: those of the sheet that it shows."""
    for pdf in pdfs.values():
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
        sheets = [parse_html((DIAGRAMS / f"{it}.figure.html").read_text()) for it in pictures(pdf)]
        sheets += [it for it in CHARTS if spaced(it.all("text")[0].text) in text(pdf)]
        descriptions = {spaced(about.text) for it in sheets for about in it.all("desc")}
        if pdf is pdfs["designs"]:
            descriptions = {drawn_design.told(it.drawing) for it in wrong_designs.wrong_designs()}
        assert set(described(pdf.trailer["/Root"]["/StructTreeRoot"])) == descriptions
        assert all(descriptions)


def test_the_instructor_has_the_measured_losses_in_figures(pdfs):
    [bars] = [it for it in CHARTS if it.all("svg")[0].attributes["viewbox"].startswith("0 0 308")]
    told = text(pdfs["instructor"])
    assert all(spaced(it.text) in told for it in bars.all("text"))


def test_no_page_is_empty_and_no_heading_stands_over_nothing(pdfs):
    render_values.load_sources()
    for one in parts.read():
        source = build.source(one, [parts.markdown(part) for part in one.parts])
        lines = [it for it in source.splitlines() if it.startswith("#")]
        levels = [re.match(r"#heading\(level: (\d)", it) for it in [*lines, "#heading(level: 1)"]]
        bare = [
            lines[at]
            for at, (this, after) in enumerate(itertools.pairwise(levels))
            if this and after and after[1] <= this[1]
        ]
        assert bare == []
        words = [len(page.extract_text().split()) for page in pdfs[one.name].pages]
        drawn = [index for index, count in enumerate(words) if count < 60]
        rooms = sum(part.room is not None for part in one.parts)
        assert len(drawn) <= rooms, (
            f"{one.name}: pages {[it + 1 for it in drawn]} are all but empty"
        )


def test_a_handout_is_the_same_bytes_each_time(tmp_path):
    first, second = (build.handouts(tmp_path / name) for name in ("first", "second"))
    assert first == second


def test_a_handout_is_set_anew_only_when_something_changed(tmp_path, monkeypatch):
    build.handouts(tmp_path)
    monkeypatch.setattr(build, "compile_typst", lambda _: pytest.fail("set again"))
    build.handouts(tmp_path)


def test_a_design_that_is_drawn_otherwise_is_set_anew(monkeypatch):
    render_values.load_sources()
    designs = next(it for it in parts.read() if it.name == "designs")
    texts = [parts.markdown(part) for part in designs.parts]
    before = build._fingerprint(designs, texts, build.PLAIN)  # noqa: SLF001
    assert build._fingerprint(designs, texts, build.PLAIN) == before  # noqa: SLF001
    monkeypatch.setattr(drawn_design, "svg", lambda _: "<svg/>")
    assert build._fingerprint(designs, texts, build.PLAIN) != before  # noqa: SLF001


def test_a_heading_that_is_gone_stops_the_build():
    with pytest.raises(ValueError, match=r"docs/x.md has no heading 'The task'"):
        parts.under("# Other\n\n## A task\n", "The task", "x.md")


def test_a_heading_takes_what_is_below_it_and_no_more():
    page = "# P\n\n## A\n\ntext\n\n### B\n\nmore\n\n```\n## no heading\n```\n\n## C\n\nother\n"
    assert parts.under(page, "A", "p.md").endswith("## no heading\n```\n\n")


def test_numbers_stand_right_and_stay_with_their_units():
    page = "| what | least |\n|---|---|\n| a ZIP of 5 GB | 10 MB |\n| half, or 50% | 3 s |\n"
    set_in_type = Typesetter(DIAGRAMS, DATA).blocks(build._tree(page).children)  # noqa: SLF001
    assert "(left, right,)" in set_in_type
    assert "5\u00a0GB" in set_in_type
    assert "3\u00a0s" in set_in_type
    assert "whole: true" in set_in_type


def test_a_long_table_may_go_on_overleaf():
    page = "| a | b |\n|---|---|\n" + "| x | y |\n" * 40
    set_in_type = Typesetter(DIAGRAMS, DATA).blocks(build._tree(page).children)  # noqa: SLF001
    assert "whole: false" in set_in_type


def test_text_is_never_taken_for_markup():
    told = Typesetter(DIAGRAMS, DATA).blocks(parse_html('<p>#set "x" $y$ \\ *z*</p>').children)
    assert told == '#par[#"#set \\"x\\" $y$ \\\\ *z*"]'
    pdf = PdfReader(io.BytesIO(build.compile_typst(f"#{quoted('#panic()')}")))
    assert "#panic()" in text(pdf)
