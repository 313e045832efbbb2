"""The worked example on the pages: requests with answers, messages, and one receipt's way.

All of it comes from one run through the real stages, in `docs/data/example.json`.
"""

import html
from functools import cache

import jinja2
import msgspec
from PIL import Image

from lab.publish.pages.openapi import OPERATIONS
from lab.publish.worked_example.picture import FOLDER, WorkedExample
from lab.publish.worked_example.walk import KEY
from lab.support.paths import DATA, DOCS
from reading.review import doubts, reasons

FILE = DATA / "example.json"
LONGEST = 24
"""Characters of a row's value that is shown whole."""
SECRETIVE = frozenset({"policy", "x-amz-signature"})
"""What a form has in hundreds of characters that say nothing to a reader."""

SHOWN = ("merchant", "address", "date", "currency", "total", "payment_method")
ROW = ("receipt_id", "merchant", "date", "currency", "total", "tax", "line_items", "needs_review")


@cache
def _read(stamp: float) -> WorkedExample:  # noqa: ARG001  the file's time keys the cache
    return msgspec.json.decode(FILE.read_bytes(), type=WorkedExample)


def read() -> WorkedExample:
    """The example as it was recorded. Raises msgspec.ValidationError where the structs differ."""
    return _read(FILE.stat().st_mtime)


def http_example(route: str) -> str:
    """A route's request, as one types it, and its answer. Raises LookupError for no such route."""
    walk, operation = read().walk, OPERATIONS[route]
    method, path = route.split()
    answers = {"postBatch": walk.accepted, "getBatch": walk.report, "getReceipts": walk.page}
    address = path.replace("{batch_id}", walk.accepted.batch_id)
    lines = [f'curl "$API{address}" -H "Authorization: Bearer $TOKEN"']
    if operation.request:
        lines += [f"  -X {method} -H 'Content-Type: application/json' -H 'Idempotency-Key: {KEY}'"]
        lines += [f"  -d '{_json(walk.request)}'"]
    typed = " \\\n".join(lines)
    answer = _json(answers[operation.name])
    title = f"{operation.status.value} {operation.status.phrase}"
    return f'``` {{ .bash title="The request" }}\n{typed}\n```\n\n' + _listing(title, answer)


def message_example(name: str) -> str:
    """One of the messages as it stood on its queue: `receipt_message` or `result_message`."""
    return _listing("For example", _json(getattr(read().walk, name)))


def _listing(title: str, text: str) -> str:
    return f'``` {{ .json title="{title}" }}\n{text}\n```\n'


def _json(value: object) -> str:
    built = _shortened(msgspec.to_builtins(value))
    return msgspec.json.format(msgspec.json.encode(built), indent=2).decode()


def _shortened(value: object) -> object:
    """The value with the texts cut that nobody reads."""
    match value:
        case dict():
            return {
                key: f"{it[:12]}…" if key in SECRETIVE else _shortened(it)
                for key, it in value.items()
            }
        case list() | tuple():
            return [_shortened(it) for it in value]
    return value


@jinja2.pass_context
def receipts_way(context: jinja2.runtime.Context) -> str:
    """One receipt from the photo to the row, as a figure."""
    found, up = read(), "../" * str(context["here"]).count("/")
    result = found.walk.result_message
    receipt = result.receipt
    sure, doubtful = receipt.confidence, doubts(receipt.confidence)
    fields = "".join(
        f"<dt>{name.replace('_', ' ')}</dt><dd{' class=doubt' if name in doubtful else ''}>"
        f"{html.escape(str(getattr(receipt, name)))}{_confidence(sure.get(name))}</dd>"
        for name in SHOWN
        if getattr(receipt, name) is not None
    )
    columns = "".join(
        f"<dt><code>{name}</code></dt><dd>{html.escape(_cell(found.walk.row[name]))}</dd>"
        for name in ROW
    )
    boxes = "".join(
        f'<rect{_grade(word.confidence)} x="{word.left}" y="{word.top}" width="{word.width}" '
        f'height="{word.height}"/>'
        for word in found.words
    )
    photo = _image(up, "photo", "A receipt, photographed at a slant on a dark table")
    straightened = _image(
        up,
        "straightened",
        f"The same, straight and grey: {len(found.words)} words in boxes",
    )
    size = f"{found.size.width} {found.size.height}"
    label = 'role="img" aria-label="A box around each word"'
    drawn = f'<svg viewBox="0 0 {size}" {label}>{boxes}</svg>'
    return f"""<figure class="way" data-search-exclude>
<div><strong>1. The photo</strong>{photo}</div>
<div><strong>2. The words</strong><span class="read">{straightened}{drawn}</span></div>
<div><strong>3. The fields</strong><dl>{fields}</dl></div>
<div><strong>4. The row</strong><dl>{columns}</dl></div>
</figure>
"""


def why_review() -> str:
    """Why a person looks at the example's receipt; empty where nobody needs to."""
    return " ".join(reasons(read().walk.result_message.receipt.confidence))


def _image(up: str, name: str, alt: str) -> str:
    path = FOLDER / f"{name}.webp"
    width, height = Image.open(path).size
    address = f"{up}{path.relative_to(DOCS).as_posix()}"
    return f'<img src="{address}" alt="{alt}" width="{width}" height="{height}">'


def _cell(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"{len(value)} of them"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:8]}…{text[-8:]}"


def _confidence(confidence: float | None) -> str:
    return "" if confidence is None else f" <small>{confidence:.2f}</small>"


def _grade(confidence: float) -> str:
    grade = "sure" if confidence >= 0.8 else "doubt" if confidence >= 0.5 else "poor"  # noqa: PLR2004  as `receipts read --explain` colours them
    return f' class="{grade}"'
