"""Mechanism: an entrypoint's settings as one validated object, read from a mapping."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, ValidationError, convert, structs

S = TypeVar("S", bound=Struct)


class SettingsError(Exception):
    """Settings are missing or wrong; the text names them all."""


def from_environment(kind: type[S], environ: Mapping[str, str]) -> S:
    """Fill `kind` from the environment: its field `write_queue_url` is `WRITE_QUEUE_URL`.

    Raises `SettingsError` naming every variable that is missing, or the first that is wrong.
    """
    fields = structs.fields(kind)
    missing = [f.name.upper() for f in fields if f.required and f.name.upper() not in environ]
    if missing:
        raise SettingsError(f"not set in the environment: {', '.join(missing)}")
    given = {f.name: environ[f.name.upper()] for f in fields if f.name.upper() in environ}
    try:
        return convert(given, kind, strict=False)  # "30" is a number in an environment
    except ValidationError as error:
        raise SettingsError(f"a wrong value in the environment: {error}") from error
