"""Shows on an HTML page how receipts were read, for learning and debugging: `--explain`."""

import base64
import html
import io
from collections.abc import Iterator, Mapping, Sequence

from PIL import Image

from reading.agreement import Majority, Vote
from reading.extraction.evidence import NONE, Choice
from reading.extraction.fields import PassResult, Weights
from reading.extraction.lines import Line
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS
from reading.receipt import Receipt
from reading.review import reasons

MAX_WIDTH = 900
"""Pixels of an image on the page; more would only make the file larger."""

STYLE = """
:root{color-scheme:light dark;--line:#8884;--faint:#777}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h2{border-bottom:1px solid var(--line);margin-top:3rem}
.steps{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}
figure{margin:0;flex:0 0 auto}figcaption{color:var(--faint);max-width:14rem;font-size:.85rem}
.steps img{height:20rem;max-width:18rem;object-fit:contain;border:1px solid var(--line)}
.read{position:relative;display:inline-block;max-width:100%}
.read img,.read svg{display:block;width:100%}.read svg{position:absolute;inset:0}
rect{fill:none;stroke-width:2}
rect.sure{stroke:#2a9d5c}rect.doubt{stroke:#e08a00}rect.poor{stroke:#d03030}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
td,th{border-bottom:1px solid var(--line);padding:.2rem .7rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}tr.best td{font-weight:600}
small{color:var(--faint)}summary{cursor:pointer;margin:.5rem 0}
"""


def page(sections: Sequence[str]) -> str:
    """Make a page of sections made by `section`; it needs no other file and no network."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>How it was read</title>'
        f"<style>{STYLE}</style><h1>How it was read</h1>"
        "<p>Boxes are the words that the engine read: "
        '<span style="color:#2a9d5c">sure</span>, <span style="color:#e08a00">doubtful</span>, '
        '<span style="color:#d03030">poor</span>. For each field, the probabilities '
        "of all candidates add up to 1 with the probability that "
        "none of them is right.</p>" + "".join(sections) + "</html>"
    )


def section(
    name: str, steps: Sequence[Step], result: PassResult, weights: Weights = WEIGHTS
) -> str:
    """Show one receipt: the steps of its image, its fields, each OCR pass with its candidates."""
    passes = result.passes or (result,)
    return "".join(
        [
            f"<h2>{html.escape(name)}</h2>",
            '<div class="steps">',
            *(_figure(step) for step in steps),
            "</div><h3>Result</h3>",
            _fields(result.receipt),
            *(_pass(number, one, weights) for number, one in enumerate(passes, start=1)),
        ]
    )


def failed(name: str, reason: str) -> str:
    """Show a receipt that could not be read, and why."""
    return f"<h2>{html.escape(name)}</h2><p>Not read: {html.escape(reason)}</p>"


def put_right(vote: Vote, agreed: Majority) -> str:
    """Say by whom a merchant's name was put right, and how it was read."""
    return (
        f"<p>The merchant's name was put right to <b>{html.escape(agreed.name)}</b> by "
        f"{agreed.votes} of {agreed.others} earlier receipts with nearly this name and "
        f"the number {html.escape(vote.number)}; here it was read as {html.escape(vote.name)}.</p>"
    )


def _figure(step: Step) -> str:
    caption = f"<b>{html.escape(step.name)}</b><br>{html.escape(step.note)}"
    image = f'<img src="{_data_url(step.image, 500)}" alt="">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _fields(receipt: Receipt) -> str:
    sure = receipt.confidence
    values: dict[str, object] = {
        name: getattr(receipt, name)
        for name in (
            *("merchant", "address", "date", "time", "currency", "subtotal", "tax", "total"),
            *("paid", "change", "payment_method"),
        )
    }
    rows = [
        f"<tr><th>{name}<td>{html.escape(str(value))}<td class=n>{_share(sure.get(name))}"
        for name, value in values.items()
        if value is not None
    ]
    items = "".join(
        f"<tr><td>{html.escape(item.name)}<td class=n>{item.quantity or ''}"
        f"<td class=n>{item.unit_price or ''}<td class=n>{item.total or ''}"
        for item in receipt.line_items
    )
    why = " ".join(reasons(receipt.confidence))
    review = f"<p><b>Needs review.</b> {html.escape(why)}</p>" if why else ""
    bought = f"<h3>Line items</h3><table>{items}</table>" if items else ""
    return f"{review}<table>{''.join(rows)}</table>{bought}"


def _pass(number: int, result: PassResult, weights: Weights) -> str:
    tables = "".join(
        f"<h4>{field}</h4>{_candidates(choices, weights[field], result.lines)}"
        for field, choices in result.choices.items()
        if choices
    )
    steps = "".join(map(_figure, result.steps))
    return (
        f"<h3>OCR pass {number}: {html.escape(result.engine)}</h3>"
        f'<div class="steps">{steps}</div>{_words(result)}'
        f"<details open><summary>Candidates</summary>{tables}</details>"
    )


def _words(result: PassResult) -> str:
    if not result.steps:
        return ""
    image = result.steps[-1].image
    boxes = "".join(
        f'<rect class="{_grade(word.confidence)}" x="{word.left}" y="{word.top}" '
        f'width="{word.width}" height="{word.height}"><title>{html.escape(word.text)} '
        f"{word.confidence:.2f}</title></rect>"
        for line in result.lines
        for word in line.words
    )
    width, height = image.size
    return (
        f'<div class="read"><img src="{_data_url(image, MAX_WIDTH)}" alt="what was read">'
        f'<svg viewBox="0 0 {width} {height}">{boxes}</svg></div>'
    )


def _candidates(
    choices: Sequence[Choice], weights: Mapping[str, float], lines: Sequence[Line]
) -> str:
    rows = [
        f"<tr{' class=best' if rank == 0 else ''}><td class=n>{choice.probability:.3f}"
        f"<td>{html.escape(str(choice.candidate.value))}<td><small>"
        f"{', '.join(_evidence(choice, weights))}<br>"
        f"{html.escape(' / '.join(lines[i].text for i in choice.candidate.lines))}</small>"
        for rank, choice in enumerate(choices[:5])
    ]
    left = max(0.0, 1 - sum(choice.probability for choice in choices))
    rows.append(
        f"<tr><td class=n>{left:.3f}<td><i>none of them</i><td><small>{weights[NONE]:+.1f}</small>"
    )
    return f"<table>{''.join(rows)}</table>"


def _evidence(choice: Choice, weights: Mapping[str, float]) -> Iterator[str]:
    """The evidence and how far each piece moves the log-odds, the strongest first."""
    moves = {name: by * weights.get(name, 0.0) for name, by in choice.candidate.evidence.items()}
    for name, move in sorted(moves.items(), key=lambda item: -abs(item[1])):
        yield f"{html.escape(name)} {move:+.1f}"


def _grade(confidence: float) -> str:
    return "sure" if confidence >= 0.8 else "doubt" if confidence >= 0.5 else "poor"


def _share(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.2f}"


def _data_url(image: Image.Image, longest: int) -> str:
    small = image.convert("L")
    small.thumbnail((longest, longest * 3))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
