"""The command `receipts-lab example`."""

import datetime as dt

from rich.console import Console

from lab.publish.worked_example.picture import FOLDER, WorkedExample, save_pictures
from lab.publish.worked_example.walk import LIMIT_S, walk
from lab.run.photos.sets import receipt_set
from lab.support.provenance import provenance, save
from reading.engines import make_engine
from reading.extraction.deadline import deadline_of
from reading.extraction.whole_file import read_file

COUNT, SEED, WHICH = 12, 2027, 2
"""Of the rendered receipts of this seed, the one that is shown."""


def example() -> None:
    """Send one rendered receipt through the real stages, for the pages' examples and picture.

    Takes half a minute; writes docs/data/example.json and docs/assets/example.
    """
    photo = receipt_set(COUNT, SEED).images[WHICH]
    data, engine = photo.read_bytes(), make_engine("tesseract")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    walked = walk(data, photo.name, engine, now)
    read = read_file(data, engine, deadline_of(engine, LIMIT_S), explained=True)
    words, size = save_pictures(data, read.result)
    found = WorkedExample(
        provenance=provenance("receipts", "reading", "lab.run.photos"),
        walk=walked,
        words=words,
        size=size,
    )
    console = Console()
    console.print(f"written: {save('example', found)}", highlight=False)
    console.print(f"drawn: {FOLDER}", highlight=False)
