"""Exceptions: differences that somebody accepts, each with the reason, in a TOML file.

    [parts]
    ImageDlq = "on the operators' picture"
    [types]
    "AWS::KMS::Key" = "encrypts; nothing flows through it"
    [arrows]
    "Api -> ImageFunction" = "the picture shows the asynchronous half"

An exception that excuses nothing is a difference itself, so that the list can't rot.
"""

import tomllib
from pathlib import Path

import msgspec

from diagram_check.compare import Difference
from diagram_check.errors import ExceptionsError
from diagram_check.template import Template


class Exceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reasons, by logical id, by CloudFormation type, and by `From -> To`."""

    parts: dict[str, str] = {}
    types: dict[str, str] = {}
    arrows: dict[str, str] = {}


NONE = Exceptions()


def read_exceptions(path: Path) -> Exceptions:
    """Read a file of exceptions.

    Raises:
        ExceptionsError: it can't be read, has an unknown table, or an entry without a reason.
    """
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Exceptions)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ExceptionsError(f"{path}: {error}") from error
    for table in (found.parts, found.types, found.arrows):
        for entry, reason in table.items():
            if not reason.strip():
                raise ExceptionsError(f"{path}: {entry!r} gives no reason")
    return found


def without_excused(
    found: list[Difference], exceptions: Exceptions, template: Template, path: str
) -> list[Difference]:
    """The differences that nothing excuses, and the exceptions that excuse none."""
    used, left = set(), []
    for it in found:
        if isinstance(it.about, tuple):
            entry = " -> ".join(it.about)
            known = entry in exceptions.arrows
        else:
            its = template.resources.get(it.about)
            entry = it.about if it.about in exceptions.parts else its.type if its else ""
            known = it.about in exceptions.parts or entry in exceptions.types
        if known:
            used.add(entry)
        else:
            left.append(it)
    written = [*exceptions.parts, *exceptions.types, *exceptions.arrows]
    for entry in written:
        if entry not in used:
            problem = f"{entry!r} excuses no difference"
            where = f"{path}:{_line(path, entry)}"
            left.append(
                Difference("exception-not-needed", entry, where, problem, "Take the entry away")
            )
    return left


def _line(path: str, entry: str) -> int:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((number for number, it in enumerate(lines, 1) if entry in it), 1)
