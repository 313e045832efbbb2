"""How a drawn figure comes into a page."""

import pytest

from lab.publish.pages.pictures import embed, placeholder

DRAWN = """<figure class="sheet-figure" id="x-figure">
<style>#x-figure svg{min-width:480px}</style>
<div class="pan"><svg id="x"></svg></div>
<figcaption id="x-after">What it shows.</figcaption>
<ol class="sheet-steps">
<li>one</li>
</ol>
</figure>
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "x.figure.html").write_text(DRAWN)
    return tmp_path


def test_the_steps_follow_the_caption_and_the_words_stay_legible(folder):
    page = embed(placeholder("x", "Ours."), folder, "../")
    assert "--least:480px" in page
    assert "<strong>Ours.</strong> What it shows." in page
    assert page.index("</figcaption>") < page.index("sheet-steps") < page.index("</figure>")


def test_the_sheet_alone_is_found_from_the_page(folder):
    assert 'href="../diagrams/x.svg"' in embed(placeholder("x"), folder, "../")


def test_a_picture_that_nobody_has_drawn_stops_the_build(folder):
    with pytest.raises(FileNotFoundError, match="make diagrams"):
        embed(placeholder("y"), folder, "")


def test_a_figure_of_another_shape_is_refused_and_not_shown_by_half(folder):
    (folder / "x.figure.html").write_text(DRAWN.replace("figcaption", "caption"))
    with pytest.raises(ValueError, match="caption"):
        embed(placeholder("x"), folder, "")


def test_a_picture_brings_what_its_script_knows(folder):
    page = embed(placeholder("x"), folder, "", lambda path: f'"{path.name}"')
    assert '<script type="application/json" class="sheet-facts">"x.parts.json"</script>' in page
    assert "<script" not in embed(placeholder("x"), folder, "")
