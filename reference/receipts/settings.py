"""A program's settings as one validated object, from the environment or another mapping."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct, ValidationError, convert, structs

from receipts.errors import SettingsError

S = TypeVar("S", bound=Struct)


def from_environment(kind: type[S], environ: Mapping[str, str]) -> S:
    """Fill `kind` from the environment: its field `write_queue_url` is `WRITE_QUEUE_URL`.

    Raises `SettingsError` naming every variable that is missing, or the first that is wrong.
    """
    return from_mapping(kind, environ, "set in the environment", str.upper)


def from_mapping(
    kind: type[S], given: Mapping[str, str], where: str, key: Callable[[str], str] = str
) -> S:
    """The same from any mapping: `key` tells a field's key, `where` is the source in errors."""
    fields = {key(it.encode_name): it for it in structs.fields(kind)}
    if missing := [name for name, it in fields.items() if it.required and name not in given]:
        raise SettingsError(f"not {where}: {', '.join(missing)}")
    values = {it.encode_name: given[name] for name, it in fields.items() if name in given}
    try:
        return convert(values, kind, strict=False)  # "30" is a number in an environment
    except ValidationError as error:
        raise SettingsError(f"a wrong value {where}: {error}") from error
