"""Draws every sheet into docs/diagrams/: SVG, PNG for light and dark, and fragments for pages.

A sheet is drawn again only when it, the drawing code, a template or an engine has changed;
`drawn.json`, beside the images, records what each was drawn from.

The files of a sheet NAME:
    NAME.svg            alone: heading, steps, the system's light or dark mode
    NAME.png, NAME-dark.png   the same at twice the size, for slides and the README
    NAME.figure.html    for a page: the SVG without heading, following the page's switch; its
                        steps in HTML; pans on a narrow screen
    NAME.evidence.md    for a page: each arrow with the template's path and line
    NAME.parts.json     for a page's panels: what each part and arrow stands for, by its id
"""

import hashlib
import importlib.metadata
import json
import pathlib
import re
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
for folder in (HERE, ROOT / "reference"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

OUT = ROOT / "docs" / "diagrams"
NOTE = "drawn.json"
STARTER = HERE / "drawing" / "starter.py"
ENGINES = ("diagrams", "fontpkg-inter", "fonttools", "brotli", "pillow", "resvg_py")
Note = dict[str, dict[str, str]]  # by sheet: hash of what it was drawn from, hash of each file
NOT_SHEETS = {"render.py", "drift_exceptions.py"}

if TYPE_CHECKING:
    from drawing.sheet import Sheet

app = typer.Typer(add_completion=False)


def sheets() -> list[pathlib.Path]:
    """The sheets' files; a sheet's name is its file's, with dashes."""
    return sorted(it for it in HERE.glob("*.py") if it.name not in NOT_SHEETS)


def name_of(path: pathlib.Path) -> str:
    """The name of a sheet's images."""
    return path.stem.replace("_", "-")


def draw(path: pathlib.Path, *, pictures: bool = True) -> dict[str, bytes]:
    """All files of one sheet, by name; without `pictures` no PNG.

    Raises:
        SheetError: the sheet can't be drawn, differs from the template, or breaks a rule; the
            message has all that is wrong, a line each.
    """
    # Imported here: a run with nothing to draw starts faster without them.
    from drawing import loader, model  # noqa: PLC0415

    read = loader.run_sheet(path)
    wrong = []
    if read.name != name_of(path):
        wrong = [f"{read.where}: {path.name} must draw {name_of(path)!r}"]
    files, more = _drawing_of(read, pictures=pictures)
    if wrong := wrong + more:
        raise model.SheetError("\n".join(wrong))
    return files


def _drawing_of(sheet: "Sheet", *, pictures: bool = True) -> tuple[dict[str, bytes], list[str]]:
    """The files of a sheet, if it can be laid out at all, and everything that is wrong with it."""
    from drawing import (  # noqa: PLC0415
        drift,
        fonts,
        layout,
        model,
        pages,
        paint,
        parts,
        raster,
        rules,
    )

    wrong = rules.broken(sheet)
    behind = []
    if sheet.checked and not sheet.problems:
        wrong += map(str, drift.drift(sheet, sheet.template))
        behind = drift.evidence(sheet, sheet.template)
    elif not sheet.checked:
        behind = [[it.evidence] for it in sheet.arrows]
    try:
        drawing = layout.lay_out(sheet, behind)
    except model.SheetError as error:
        where = str(error).partition(": ")[0]
        told = any(it.startswith(f"{where}: ") for it in wrong)
        return {}, wrong if told else [*wrong, str(error)]
    wrong += rules.broken_when_drawn(drawing)
    with fonts.covering(text for _, text in sheet.texts):
        files = {
            f"{sheet.name}.svg": paint.svg(drawing).encode(),
            f"{sheet.name}.figure.html": pages.figure(drawing).encode(),
            f"{sheet.name}.evidence.md": pages.evidence_table(drawing).encode(),
            f"{sheet.name}.parts.json": parts.parts_json(drawing).encode(),
        }
        for suffix, dark in (("", False), ("-dark", True)) if pictures else ():
            files[f"{sheet.name}{suffix}.png"] = raster.png(drawing, dark=dark)
    return files, wrong


def draw_alone(sheet: "Sheet") -> None:
    """Draw a sheet whose file is run by itself: into docs/diagrams, or beside a file elsewhere.

    It is drawn even if it breaks rules, so that one sees what they are about; the rules are told,
    and the exit code is 1. `make diagrams` doesn't take it then.
    """
    path = pathlib.Path(sheet.file).resolve()
    ours = path.parent == HERE
    out = OUT if ours else path.parent
    files, wrong = _drawing_of(sheet)
    if ours and sheet.name != name_of(path):
        wrong.append(f"{sheet.where}: {path.name} must draw {name_of(path)!r}")
    for file, content in files.items():
        if ours or file.endswith((".svg", ".png")):
            _write(out / file, content)
    if files:
        typer.echo(f"drew {out / f'{sheet.name}.svg'}, and .png beside it")
    if wrong:
        typer.echo("\n".join(wrong if files else [*wrong, "nothing is drawn until then"]), err=True)
        typer.echo(f"{len(wrong)} to settle", err=True)
        raise SystemExit(1)
    if ours:
        _note(path, files, _read_note())


def new_sheet(name: str) -> pathlib.Path:
    """Write a sheet to begin with; its path.

    Raises:
        typer.BadParameter: it can't be called so, or there is one already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise typer.BadParameter(f"{name!r}: small letters, digits and underscores, as my_design")
    path = HERE / f"{name}.py"
    if path.exists() or path.name in NOT_SHEETS:
        raise typer.BadParameter(f"there is a diagrams/{path.name} already")
    text = STARTER.read_text(encoding="utf-8")
    title = name.replace("_", " ").capitalize()
    path.write_text(text.replace("NAME", name_of(path)).replace("TITLE", title), encoding="utf-8")
    return path


def fingerprint(path: pathlib.Path) -> str:
    """A hash of everything that a sheet's images are made from."""
    digest = hashlib.sha256()
    for source in _sources(path):
        digest.update(f"{source.name}\n".encode())
        digest.update(source.read_bytes())
    for engine in ENGINES:
        digest.update(f"{engine} {importlib.metadata.version(engine)}\n".encode())
    return digest.hexdigest()[:16]


def _sources(path: pathlib.Path) -> Iterator[pathlib.Path]:
    yield path
    yield pathlib.Path(__file__)
    yield from sorted(it for it in STARTER.parent.glob("*.py") if it != STARTER)
    yield from sorted((STARTER.parents[1] / "icons").glob("*.svg"))
    check = ROOT / "reference" / "diagram_check"
    yield from (check / "compare.py", check / "picture.py")
    yield from sorted((check / "template").glob("*.py"))
    yield ROOT / "reference" / "template.yaml"
    yield from sorted((ROOT / "reference" / "lab").rglob("*.yaml"))


def stale(path: pathlib.Path, note: Note) -> bool:
    """Whether a sheet's images are missing, edited, or made from other sources."""
    known = note.get(name_of(path), {})
    return known.get("from") != fingerprint(path) or any(
        not (OUT / file).exists() or _hash((OUT / file).read_bytes()) != digest
        for file, digest in known.items()
        if file != "from"
    )


def leftovers(note: Note) -> list[str]:
    """Files in docs/diagrams/ that no sheet draws."""
    names = {name_of(it) for it in sheets()}
    wanted = {file for name, known in note.items() if name in names for file in known}
    return sorted(it.name for it in OUT.glob("*") if it.name not in {*wanted, NOTE})


@app.command()
def render(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Draw nothing; fail if anything is stale.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this sheet; may be repeated.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Draw unchanged sheets too.")] = False,
    new: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write a sheet to begin with, and draw it.")
    ] = None,
) -> None:
    """Draw every sheet that has changed into docs/diagrams/, as SVG, PNG and page fragments."""
    if new is not None:
        path = new_sheet(new)
        again = f"draw it again with `.venv/bin/python diagrams/{path.name}`"
        typer.echo(
            f"wrote diagrams/{path.name}; {again}; look at docs/diagrams/{name_of(path)}.svg"
        )
        only = [name_of(path)]
    chosen = _chosen(only)
    note = _read_note()
    due = [it for it in chosen if everything or stale(it, note)]
    if check:
        wrong = [f"{name_of(it)} is out of date" for it in due]
        wrong += [f"{it} is drawn by no sheet" for it in leftovers(note) if not only]
        for line in [*wrong, "run `make diagrams` and commit docs/diagrams"] if wrong else []:
            typer.echo(line, err=True)
        raise typer.Exit(1 if wrong else 0)
    started = time.monotonic()
    OUT.mkdir(parents=True, exist_ok=True)
    failed = [
        it for number, it in enumerate(due, 1) if not _drawn(it, f"{number}/{len(due)}", note)
    ]
    for file in leftovers(note):
        typer.echo(f"removed {file}, which no sheet draws")
        (OUT / file).unlink()
    counts = f"{len(due) - len(failed)} drawn, {len(chosen) - len(due)} unchanged"
    counts += f", {len(failed)} not drawn" if failed else ""
    typer.echo(f"{counts}, {time.monotonic() - started:.1f} s")
    raise typer.Exit(1 if failed else 0)


def _chosen(only: list[str] | None) -> list[pathlib.Path]:
    names = [name_of(it) for it in sheets()]
    if unknown := sorted(set(only or ()) - set(names)):
        raise typer.BadParameter(f"no sheet {', '.join(unknown)}; there are {', '.join(names)}")
    return [it for it in sheets() if not only or name_of(it) in only]


def _drawn(path: pathlib.Path, count: str, note: Note) -> bool:
    """Draw one sheet and record it at once, so that an interrupted run can continue."""
    from drawing.model import SheetError  # noqa: PLC0415 - see draw()

    typer.echo(f"[{count}] {name_of(path)} ", nl=False)
    began = time.monotonic()
    try:
        files = draw(path)
    except SheetError as error:
        typer.echo("is not drawn")
        typer.echo(str(error), err=True)
        return False
    for file, content in files.items():
        _write(OUT / file, content)
    _note(path, files, note)
    size = sum(map(len, files.values())) / 1024
    typer.echo(f"{size:.0f} KB in {time.monotonic() - began:.1f} s")
    return True


def _note(path: pathlib.Path, files: dict[str, bytes], note: Note) -> None:
    hashes = {file: _hash(content) for file, content in files.items()}
    note[name_of(path)] = {"from": fingerprint(path)} | hashes
    _write_note(note)


def _read_note() -> Note:
    try:
        note: Note = json.loads((OUT / NOTE).read_text())
    except (OSError, ValueError):
        return {}
    return note


def _write_note(note: Note) -> None:
    names = {name_of(it) for it in sheets()}
    kept = {name: known for name, known in sorted(note.items()) if name in names}
    _write(OUT / NOTE, (json.dumps(kept, indent=1) + "\n").encode())


def _write(path: pathlib.Path, content: bytes) -> None:
    half_written = path.with_name(path.name + ".part")
    half_written.write_bytes(content)
    half_written.replace(path)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    app()
