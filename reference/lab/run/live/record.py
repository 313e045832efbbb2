"""A run as it was, a JSON line for each thing the page was told: to be shown again without it.

The first line says where and when; then come the frames; the last lines are some of its receipts.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, json

from lab.run.live.frame import Frame
from lab.run.live.receipts import Details
from lab.support.paths import DATA
from lab.support.provenance import Provenance

RUN = DATA / "demo-run.jsonl"
"""The recorded run of the site and of the README's picture."""


class Begins(Struct, frozen=True, kw_only=True, tag_field="line", tag="begins"):
    """Where a recording comes from; `variables` are those of the demo, as they were typed."""

    provenance: Provenance
    variables: str = ""


class Recorded(Struct, frozen=True, kw_only=True, tag_field="line", tag="frame"):
    """One frame of it."""

    frame: Frame


class Kept(Struct, frozen=True, kw_only=True, tag_field="line", tag="receipt"):
    """One receipt of it, as it was at the end."""

    receipt: Details


Line = Begins | Recorded | Kept


class Recording(Struct, frozen=True, kw_only=True):
    """A whole run; `variables` are those of the demo, as they were typed."""

    provenance: Provenance
    variables: str
    frames: Sequence[Frame]
    receipts: Sequence[Details]


def recorded(frames: Iterable[Frame], path: Path, begins: Begins) -> Iterator[Frame]:
    """Hand the frames on, and write each to `path` at once: nothing grows in memory."""
    with path.open("wb") as file:
        file.write(json.encode(begins) + b"\n")
        for frame in frames:
            file.write(json.encode(Recorded(frame=frame)) + b"\n")
            file.flush()
            yield frame


def add_receipts(path: Path, receipts: Iterable[Details]) -> None:
    """Write some of its receipts below the frames."""
    with path.open("ab") as file:
        for one in receipts:
            file.write(json.encode(Kept(receipt=one)) + b"\n")


def script(recording: Recording) -> str:
    """The recording as a script, so that its page works from a file, too."""
    shown = json.encode({"frames": recording.frames, "receipts": recording.receipts}).decode()
    return f"globalThis.ReceiptsLive = {{ recording: {shown} }};\n"


def load(path: Path) -> Recording:
    """Read a recording. Raises msgspec's errors for what is none."""
    lines = [json.decode(line, type=Line) for line in path.read_bytes().splitlines()]
    begins, *rest = lines
    if not isinstance(begins, Begins):
        raise ValueError(f"{path}: the first line doesn't say where it comes from")  # noqa: TRY004
    return Recording(
        provenance=begins.provenance,
        variables=begins.variables,
        frames=tuple(line.frame for line in rest if isinstance(line, Recorded)),
        receipts=tuple(line.receipt for line in rest if isinstance(line, Kept)),
    )
