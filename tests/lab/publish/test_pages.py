"""What holds for every page of the built site."""

import re
from collections import Counter
from urllib.parse import unquote, urlsplit

import pytest

from .conftest import Page

OWN = "404.html"  # its links begin at the server's root
BUDGET = 450_000  # bytes of a page without its pictures
WITH_A_MODEL = 515_000  # the same with all that it loads, where the planner's model is in it
LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "source": "srcset"}


def test_every_link_within_the_site_leads_somewhere(pages):
    by_path = {page.path: page for page in pages}
    broken = []
    for page in pages:
        if page.name == OWN:
            continue
        for element in page.all(*LINKS):
            address = urlsplit(element.attributes.get(LINKS[element.tag], ""))
            if address.scheme or address.netloc or not (address.path or address.fragment):
                continue
            target = page.path
            if address.path:
                target = (page.path.parent / unquote(address.path)).resolve()
                target = target / "index.html" if target.is_dir() else target
            fragment = unquote(address.fragment)
            if not target.exists():
                broken.append(f"{page.name}: {address.geturl()}: no such file")
            elif "=" in fragment:
                continue  # settings of the simulator, which reads them: see test_teaching.py
            elif fragment and target in by_path and fragment not in by_path[target].ids:
                broken.append(f"{page.name}: {address.geturl()}: no such place on that page")
    assert broken == []


def test_an_address_that_there_is_not_is_answered_with_the_search_and_places_to_begin(pages, site):
    [page] = [it for it in pages if it.name == OWN]
    [label] = [it for it in page.all("label") if "md-button" in it.attributes.get("class", "")]
    assert label.attributes["for"] in page.ids
    links = [it.attributes["href"] for it in page.all("a") if it.inside("article")]
    assert len(links) == 5
    assert [it for it in links if not (site / it.lstrip("/")).is_file()] == []


def test_no_page_asks_another_host_for_anything(pages):
    asked = [
        f"{page.name}: {element.attributes}"
        for page in pages
        for element in page.all("link", "script", "img", "source", "iframe", "video", "audio")
        for value in (element.attributes.get("href", ""), element.attributes.get("src", ""))
        if urlsplit(value).netloc and element.attributes.get("rel") != "canonical"
    ]
    assert asked == []


def test_no_style_sheet_asks_another_host_for_anything(site):
    asked = [
        f"{path.name}: {found}"
        for path in site.rglob("*.css")
        for found in re.findall(r"url\(\s*['\"]?(https?://[^)]+)\)", path.read_text())
    ]
    assert asked == []


def test_a_page_without_its_pictures_stays_within_the_budget(pages):
    heavy = {
        page.name: size
        for page in pages
        if (size := len(re.sub(r"<svg.*?</svg>", "", page.source, flags=re.DOTALL))) > BUDGET
    }
    assert heavy == {}


@pytest.mark.parametrize("name", ["simulator", "one-peak-two-designs"])
def test_a_page_with_the_model_stays_within_its_budget_with_all_that_it_loads(pages, name):
    [page] = [it for it in pages if it.name == f"explanation/{name}.html"]
    drawn = sum(map(len, re.findall(r"<svg.*?</svg>", page.source, flags=re.DOTALL)))
    assert weight(page) - drawn < WITH_A_MODEL


def weight(page: Page) -> int:
    """Bytes of a page, its pictures, styles and scripts: all but the whole site's search."""
    addresses = {
        element.attributes.get("src") or element.attributes.get("href", "")
        for element in page.all("script", "img", "link")
        if element.attributes.get("rel", "stylesheet") in {"stylesheet", "icon"}
    }
    files = {(page.path.parent / unquote(urlsplit(it).path)).resolve() for it in addresses if it}
    assert {it.suffix for it in files} == {".css", ".js", ".svg"}
    return page.path.stat().st_size + sum(it.stat().st_size for it in files)


def test_ids_are_unique_on_a_page(pages):
    twice: dict[str, int] = {}
    for page in pages:
        ids = Counter(it.attributes["id"] for it in page.elements if "id" in it.attributes)
        twice |= {f"{page.name}#{name}": n for name, n in ids.items() if n > 1}
    assert twice == {}


def test_every_picture_has_a_name_for_those_who_cannot_see_it(pages):
    nameless = [
        page.name
        for page in pages
        for it in page.all("svg")
        if it.inside("figure") and not {"aria-labelledby", "aria-label"} & it.attributes.keys()
    ]
    nameless += [
        page.name for page in pages for it in page.all("img") if "alt" not in it.attributes
    ]
    assert nameless == []


def test_every_placeholder_of_a_picture_is_filled(pages):
    assert [page.name for page in pages if "data-picture" in page.source] == []


def test_no_page_shows_what_only_the_hook_should_see(pages):
    assert [page.name for page in pages if re.search(r"\{\{|\{%|--8", page.source)] == []


def test_every_page_has_one_first_heading(pages):
    assert {page.name: len(page.all("h1")) for page in pages if len(page.all("h1")) != 1} == {}


def test_the_search_knows_the_pages_and_not_the_drawings(site):
    index = (site / "search" / "search_index.json").read_text()
    assert "on-premises buffer" in index.lower()
    assert ";base64," not in index
