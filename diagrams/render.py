"""Draws every sheet into docs/diagrams/: SVG, PNG for light and dark, and fragments for pages.

A sheet is drawn again only when it, the drawing code, a template or an engine has changed. What
was drawn from what is kept beside the images, in `drawn.json`.

For each sheet NAME there are then
    NAME.svg            alone: heading, steps, the system's light or dark mode
    NAME.png, NAME-dark.png   the same at twice the size, for slides and the README
    NAME.figure.html    for a page: the SVG without heading, following the page's switch; its
                        steps in HTML; pans on a narrow screen
    NAME.evidence.md    for a page: each arrow with the template's path and line
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import sys
import time
from collections.abc import Iterator

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
for folder in (HERE, ROOT / "reference"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

OUT = ROOT / "docs" / "diagrams"
NOTE = "drawn.json"
ENGINES = ("diagrams", "fontpkg-inter", "fonttools", "brotli", "pillow", "resvg_py")
NOT_SHEETS = {"render.py", "undrawn.py"}


def sheets() -> list[pathlib.Path]:
    """The sheets' files; a sheet's name is its file's, with dashes."""
    return sorted(it for it in HERE.glob("*.py") if it.name not in NOT_SHEETS)


def name_of(path: pathlib.Path) -> str:
    """The name of a sheet's images."""
    return path.stem.replace("_", "-")


def draw(path: pathlib.Path) -> dict[str, bytes]:
    """Everything that comes of one sheet, by file name.

    Raises:
        SheetError: the sheet can't be drawn, or says what the template doesn't.
    """
    # Imported here: a run that has nothing to draw starts without them.
    from drawing import drift, pages, paint, raster, sheet  # noqa: PLC0415

    read = sheet.read_sheet(path)
    if read.name != name_of(path):
        raise sheet.SheetError(f"{read.where}: {path.name} must draw {name_of(path)!r}")
    if read.held and (lies := drift.drift(read, read.template)):
        raise sheet.SheetError("\n".join(map(str, lies)))
    drawing = paint.lay_out(read, drift.evidence(read, read.template))
    files = {
        f"{read.name}.svg": paint.svg(drawing).encode(),
        f"{read.name}.figure.html": pages.figure(drawing).encode(),
        f"{read.name}.evidence.md": pages.evidence_table(drawing).encode(),
    }
    for suffix, dark in (("", False), ("-dark", True)):
        files[f"{read.name}{suffix}.png"] = raster.png(drawing, dark=dark)
    return files


def fingerprint(path: pathlib.Path) -> str:
    """A hash of all that a sheet's images are made from."""
    digest = hashlib.sha256()
    for source in _sources(path):
        digest.update(f"{source.relative_to(ROOT)}\n".encode())
        digest.update(source.read_bytes())
    for engine in ENGINES:
        digest.update(f"{engine} {importlib.metadata.version(engine)}\n".encode())
    return digest.hexdigest()[:16]


def _sources(path: pathlib.Path) -> Iterator[pathlib.Path]:
    yield path
    yield HERE / "render.py"
    yield from sorted((HERE / "drawing").glob("*.py"))
    yield from sorted((ROOT / "reference" / "lab" / "topology").glob("*.py"))
    yield from sorted((ROOT / "reference").rglob("*.yaml"))


def stale(path: pathlib.Path, note: dict[str, dict[str, str]]) -> bool:
    """Whether a sheet's images are missing, changed by hand, or made from something else."""
    known = note.get(name_of(path), {})
    return known.get("from") != fingerprint(path) or any(
        not (OUT / file).exists() or _hash((OUT / file).read_bytes()) != digest
        for file, digest in known.items()
        if file != "from"
    )


def leftovers(note: dict[str, dict[str, str]]) -> list[str]:
    """Images in docs/diagrams/ that no sheet draws any more."""
    names = {name_of(it) for it in sheets()}
    wanted = {file for name, known in note.items() if name in names for file in known}
    return sorted(it.name for it in OUT.glob("*") if it.name not in {*wanted, NOTE})


def main(arguments: list[str] | None = None) -> int:
    """Draw what has changed; returns 1 if something is wrong or, with --check, out of date."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        epilog="Without options only what has changed is drawn.",
    )
    parser.add_argument("--check", action="store_true", help="draw nothing; fail if out of date")
    parser.add_argument("--only", metavar="NAME", action="append", help="only this sheet (repeat)")
    parser.add_argument("--all", action="store_true", help="draw again what has not changed, too")
    options = parser.parse_args(arguments)
    chosen = [it for it in sheets() if not options.only or name_of(it) in options.only]
    names = [name_of(it) for it in sheets()]
    if unknown := sorted(set(options.only or ()) - set(names)):
        parser.error(f"no sheet is called {', '.join(unknown)}; there are {', '.join(names)}")
    started, note = time.monotonic(), _read_note()
    due = [it for it in chosen if options.all or stale(it, note)]
    if options.check:
        wrong = [f"{name_of(it)} is out of date" for it in due]
        wrong += [f"{it} is drawn by no sheet" for it in leftovers(note) if not options.only]
        print("\n".join([*wrong, "run `make diagrams` and commit docs/diagrams"] if wrong else []))
        return 1 if wrong else 0
    failed = 0
    OUT.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(due, 1):
        print(f"[{number}/{len(due)}] {name_of(path)} ", end="", flush=True)
        began = time.monotonic()
        try:
            files = draw(path)
        except Exception as error:
            if type(error).__name__ != "SheetError":
                raise
            failed += 1
            print(f"not drawn\n{error}", file=sys.stderr)
            continue
        for file, content in files.items():
            _write(OUT / file, content)
        note[name_of(path)] = {"from": fingerprint(path)} | {
            file: _hash(content) for file, content in files.items()
        }
        _write_note(note)  # after each sheet: an interrupted run goes on where it stopped
        print(f"{sum(map(len, files.values())) / 1024:.0f} KB in {time.monotonic() - began:.1f} s")
    for file in leftovers(note):
        print(f"removed {file}, which no sheet draws")
        (OUT / file).unlink()
    kept = len(chosen) - len(due)
    print(
        f"{len(due) - failed} drawn, {kept} unchanged"
        + (f", {failed} not drawn" if failed else "")
        + f", {time.monotonic() - started:.1f} s"
    )
    return 1 if failed else 0


def _read_note() -> dict[str, dict[str, str]]:
    try:
        note: dict[str, dict[str, str]] = json.loads((OUT / NOTE).read_text())
    except (OSError, ValueError):
        return {}
    return note


def _write_note(note: dict[str, dict[str, str]]) -> None:
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
    sys.exit(main())
