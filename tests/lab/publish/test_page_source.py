"""What becomes of a page's source before Markdown sees it."""

from lab.publish.pages.page_source import NOTE, needs_the_build, prepared, says_so


def test_the_note_stands_first_after_the_front_matter_and_not_on_the_site() -> None:
    page = f"---\nhide: [toc]\n---\n\n{NOTE}# A\n\n{{{{ n(1) }}}}\n"
    assert needs_the_build(page)
    assert says_so(page)
    assert says_so(NOTE + "# A\n")
    assert not says_so(f"# A\n\n{NOTE}")
    assert NOTE.strip() not in prepared(page)


def test_a_page_of_plain_markdown_needs_no_build() -> None:
    assert not needs_the_build("# A\n\nPlain, with `code` and [a link](b.md).\n")


def test_a_lead_is_converted_like_the_rest() -> None:
    assert prepared('<p class="lead">See [it](x.md).</p>') == (
        '<p class="lead" markdown>See [it](x.md).</p>'
    )


def test_a_snippet_has_the_name_of_its_file_above_it() -> None:
    fence = '``` { .python }\n--8<-- "reference/receipts/batch.py:ids"\n```\n'
    assert prepared(fence) == fence.replace(" }", ' title="reference/receipts/batch.py" }', 1)
    assert prepared("``` { .python }\nx = 1\n```\n") == "``` { .python }\nx = 1\n```\n"
