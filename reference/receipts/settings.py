"""A program's settings as one validated object, from the environment or another mapping."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, ValidationError, convert, structs

from receipts.errors import SettingsError

S = TypeVar("S", bound=Struct)


def from_environment(kind: type[S], environ: Mapping[str, str]) -> S:
    """Fill `kind` from the environment: its field `write_queue_url` is `WRITE_QUEUE_URL`.

    Raises `SettingsError` naming every variable that is missing, or the first that is wrong.
    """
    names = {field.encode_name: field.encode_name.upper() for field in structs.fields(kind)}
    given = {name: environ[upper] for name, upper in names.items() if upper in environ}
    missing = [names[name] for name in _missing(kind, given)]
    if missing:
        raise SettingsError(f"not set in the environment: {', '.join(missing)}")
    return _converted(kind, given, "in the environment")


def from_mapping(kind: type[S], given: Mapping[str, str], where: str) -> S:
    """Fill `kind` from `given` by its fields' encoded names; `where` names the source in errors."""
    if missing := _missing(kind, given):
        raise SettingsError(f"not {where}: {', '.join(missing)}")
    return _converted(kind, given, where)


def _missing(kind: type[S], given: Mapping[str, str]) -> list[str]:
    fields = structs.fields(kind)
    return [f.encode_name for f in fields if f.required and f.encode_name not in given]


def _converted(kind: type[S], given: Mapping[str, str], where: str) -> S:
    try:
        return convert(given, kind, strict=False)  # "30" is a number in an environment
    except ValidationError as error:
        raise SettingsError(f"a wrong value {where}: {error}") from error
