"""The command `receipts-lab figures`."""

from pathlib import Path

import msgspec
import typer

from lab.measure.chunking import figure as chunking
from lab.measure.chunking.estimates import ChunkingFigures
from lab.measure.patterns import figure as patterns
from lab.measure.patterns.results import PatternFigures
from lab.measure.peak import figure as peak
from lab.measure.peak.analysis import stored
from lab.measure.pooler import figure as pooler
from lab.measure.pooler.measure import PoolerFigures
from lab.measure.reading import figure as reading
from lab.measure.reading.bench import ReadingFigures
from lab.plan import figure as scale
from lab.plan.scale import Scale
from lab.support.paths import DATA, DOCS


def figures() -> None:
    """Draw every chart of the site anew from docs/data; measures nothing."""
    for path in draw(DOCS):
        typer.echo(f"drawn: {path}")


def draw(docs: Path) -> list[Path]:
    """Draw the fragments that pages include into `docs/data`."""
    fragments = docs / "data"
    run = msgspec.json.decode(_data("peak"))
    return [
        *chunking.draw(msgspec.json.decode(_data("chunking"), type=ChunkingFigures), fragments),
        *pooler.draw(msgspec.json.decode(_data("pooler"), type=PoolerFigures), fragments),
        *reading.draw(
            msgspec.json.decode(_data("reading"), type=ReadingFigures).results, fragments
        ),
        *scale.draw(msgspec.json.decode(_data("scale"), type=Scale), fragments),
        *patterns.draw(msgspec.json.decode(_data("patterns"), type=PatternFigures), fragments),
        *peak.draw(stored(run), stored(run["connecting_app"]), fragments),
    ]


def _data(name: str) -> bytes:
    return (DATA / f"{name}.json").read_bytes()
