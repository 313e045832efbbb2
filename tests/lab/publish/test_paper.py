"""What the handouts say of one another and of the site: page numbers, addresses and their codes."""

import io
import re

import pypdfium2
import pytest
import segno
from pypdf import PdfReader

from lab.publish.handouts import build, parts
from lab.publish.pages import drawn_design, on_paper, render_values, teaching, wrong_designs
from lab.support.paths import DOCS

pytestmark = pytest.mark.slow
ADDRESS = "https://receipts.example.org/streamed/"
DPI = 200


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, bytes]:
    return build.handouts(tmp_path_factory.mktemp("paper"), build.Paper(address=ADDRESS))


def words(pdf: bytes, page: int) -> str:
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[page - 1].extract_text().split())


def code_on(pdf: bytes) -> list[list[bool]]:
    """The dark and light modules of the code in the first page's right corner, as printed."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=DPI / 72).to_pil().convert("L")
    corner = picture.crop((int(picture.width * 0.79), 0, picture.width, int(picture.height * 0.16)))
    dark = corner.point(lambda level: 255 * (level < 128))
    left, top, right, bottom = dark.getbbox()
    # The finder in the corner is seven modules wide, and a code is 17 and some fours.
    row = [dark.getpixel((x, top + 1)) > 0 for x in range(left, right)]
    side = 17 + 4 * round(((right - left) / row.index(False) * 7 - 17) / 4)
    module = (right - left) / side
    return [
        [
            dark.getpixel((left + int((x + 0.5) * module), top + int((y + 0.5) * module))) > 0
            for x in range(side)
        ]
        for y in range(round((bottom - top) / module))
    ]


def test_the_code_beside_an_address_is_that_address(made):
    for one in parts.read():
        address = build.Paper(address=ADDRESS).address_of(one.more)
        assert address in words(made[one.name], 1)
        wanted = segno.make(address, error="m", micro=False).matrix
        assert code_on(made[one.name]) == [[bool(it) for it in row] for row in wanted]


def test_participants_are_led_to_the_exercise_and_not_to_the_page_that_shows_solutions(made):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made["participant"])).pages]
    assert [re.findall(r"https?://\S+", it)[-1] for it in pages] == [
        f"{ADDRESS}workshop/exercise.html"
    ] * len(pages)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("workshop/index.md", "https://a.example/b/workshop/"),
        ("workshop/hints.md", "https://a.example/b/workshop/hints.html"),
        ("index.md", "https://a.example/b/"),
    ],
)
def test_a_page_has_the_address_that_the_site_gives_it(page, address):
    assert build.Paper(address="https://a.example/b").address_of(page) == address


def test_without_an_address_there_is_no_code_and_the_foot_says_how_to_see_the_site():
    render_values.load_sources()
    score = next(it for it in parts.read() if it.name == "score")
    texts = [parts.markdown(part) for part in score.parts]
    pdf = build.compile_typst(build.source(score, texts))
    assert "make serve" in words(pdf, 1)
    assert "http" not in words(pdf, 1)


def test_the_address_is_the_sites_own_unless_another_is_given(monkeypatch, tmp_path):
    (tmp_path / "mkdocs.yml").write_text(f"site_url: {ADDRESS}\n")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.sites_address() == ADDRESS
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    assert build.sites_address() == ""


@pytest.mark.parametrize(("minutes", "sheet"), [(90, "run-sheet"), (180, "run-sheet-180")])
def test_each_page_that_a_run_sheet_names_has_what_it_names(made, minutes, sheet):
    told = words(made[sheet], 1)
    plan = next(it for it in teaching.plans() if it.minutes == minutes)
    pages = build.pages_of(made)
    for step in plan.steps:
        for place in step.printed:
            handout, _, heading = place.partition("/")
            page = pages[handout][heading]
            assert f"{handout} {page}" in told, place
            assert heading in words(made[handout], page), place


def test_every_step_of_a_plan_can_do_without_a_projector():
    for plan in teaching.plans():
        on_the_wall = [it for it in plan.steps if it.page]
        assert [
            it.what for it in on_the_wall if not it.printed and it.what not in AT_A_SCREEN
        ] == []


AT_A_SCREEN = {"Is it really the same price?", "Run it, break it"}
"""Of 180 minutes: a table that is interactive, and a demo."""


def test_a_heading_that_no_handout_has_stops_the_build():
    place = on_paper.page_of("instructor", "No such entry")
    with pytest.raises(ValueError, match="'instructor' has no heading 'No such entry'"):
        on_paper.fill(place, {"instructor": {"Objections": 3}})


def test_two_headings_on_one_page_are_that_page_once():
    places = on_paper.papers(["cards/A", "cards/B", "cards/C", "score/A"])
    pages = {"cards": {"A": 1, "B": 1, "C": 12}, "score": {"A": 12}}
    assert on_paper.fill(places, pages).replace("\u00a0", " ") == "cards 1<br>cards 12<br>score 12"


def test_the_answers_name_the_page_that_explains_each_design(made):
    answers = words(made["designs"], len(PdfReader(io.BytesIO(made["designs"])).pages))
    pages = build.pages_of(made)["instructor"]
    for it in wrong_designs.wrong_designs():
        title = it.title.replace("`", "")
        assert title in words(made["instructor"], pages[title])
        assert re.search(rf"{it.number} {re.escape(title[:12])}", answers)


def test_pictures_come_before_answers_and_have_none(made):
    read = PdfReader(io.BytesIO(made["designs"]))
    shown = " ".join(words(made["designs"], at) for at in range(1, len(read.pages)))
    designs = wrong_designs.wrong_designs()
    assert [it.number for it in designs if it.ask[:30] in shown or it.title in shown] == []
    assert {str(it.number) for it in designs} <= set(re.findall(r"\b\d+\b", shown))


def test_no_word_of_a_picture_is_smaller_than_eight_points(made):
    sizes = []
    for page in PdfReader(io.BytesIO(made["designs"])).pages[:-1]:
        page.extract_text(
            visitor_text=lambda text, user, matrix, _font, size: (
                sizes.append((abs(size * matrix[3] * user[3]), text)) if text.strip() else None
            )
        )
    assert sizes
    assert [it for it in sizes if it[0] < 7.9] == []


@pytest.mark.parametrize("minutes", [90, 180])
def test_a_plan_hands_out_each_design_once_and_none_before_it_is_asked_for(minutes):
    page = (DOCS / wrong_designs.PAGE).read_text()
    first = page.partition("## In the second diagram")[0].count("wrong_design(")
    plan = next(it for it in teaching.plans() if it.minutes == minutes)
    given = {it.what: numbers(it.give) for it in plan.steps if numbers(it.give)}
    designs = wrong_designs.wrong_designs()
    assert [at for them in given.values() for at in them] == [it.number for it in designs]
    assert given["Draw the first diagram"] == list(range(1, first + 1))
    (vote,) = (it for it in plan.steps if it.picture)
    (voted,) = given[vote.what]
    assert vote.printed == (f"instructor/{designs[voted - 1].title}",)
    agents = [it.number for it in designs if "agent" in pictured(it)]
    assert agents
    assert min(agents) > given["Draw the second diagram"][-1], "solution B waits for its turn"


def numbers(given: str) -> list[int]:
    """The wrong designs that are handed out: "wrong design 5", or "wrong designs 6 to 10"."""
    found = re.search(r"wrong designs? (\d+)(?: to (\d+))?", given)
    return list(range(int(found[1]), int(found[2] or found[1]) + 1)) if found else []


def pictured(it: wrong_designs.WrongDesign) -> str:
    return drawn_design.told(it.drawing).lower()
