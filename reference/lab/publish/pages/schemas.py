"""Describes our structs as their JSON: a table of fields, types, defaults and what they mean.

What a field means is the docstring below it, in the struct. A name that the messages have as well
means the same everywhere, and is told there alone.
"""

import ast
import importlib
import inspect as python
import textwrap
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import msgspec
from msgspec import inspect

from lab.publish.pages.markdown import table
from receipts.messages import ReceiptMessage


def schema(path: str) -> str:
    """A table of a struct's fields: `schema("receipts.messages.ReceiptMessage")`.

    A field that is a struct itself is given by name; the page describes it in a table of its own.
    """
    module, _, name = path.rpartition(".")
    kind = getattr(importlib.import_module(module), name)
    struct = inspect.type_info(kind)
    if not isinstance(struct, inspect.StructType):
        raise TypeError(f"{path} is not a struct")
    defaults = any(not it.required for it in struct.fields)
    rows = [
        (
            f"`{it.encode_name}`",
            _type(it.type),
            *((_default(it),) if defaults else ()),
            meaning(kind, it.name),
        )
        for it in struct.fields
    ]
    return table(("field", "type", *(("default",) if defaults else ()), "what it is"), rows)


def meaning(kind: type, field: str) -> str:
    """The docstring of a struct's field. Raises LookupError where nobody wrote one."""
    for declared in (*kind.__mro__, ReceiptMessage):
        if issubclass(declared, msgspec.Struct) and field in (found := _docstrings(declared)):
            return found[field]
    raise LookupError(f"{kind.__name__}.{field} has no docstring: write one below it")


@cache
def _docstrings(kind: type) -> dict[str, str]:
    if kind is msgspec.Struct:
        return {}
    (body,) = ast.parse(textwrap.dedent(python.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101  a struct is one
    return {
        before.target.id: " ".join(it.value.value.split())
        for before, it in pairwise(body.body)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(it, ast.Expr)
        and isinstance(it.value, ast.Constant)
        and isinstance(it.value.value, str)
    }


def _default(field: inspect.Field) -> str:
    if field.required:
        return "required"
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default in {None, ()}:
        return "null" if field.default is None else "none"
    return f"`{msgspec.json.encode(field.default).decode()}`"


def _type(kind: inspect.Type) -> str:  # noqa: PLR0911  a line a kind
    match kind:
        case inspect.Metadata():
            return _type(kind.type)
        case inspect.UnionType():
            return " or ".join(map(_type, kind.types))
        case inspect.NoneType():
            return "null"
        case inspect.StructType():
            return f"`{kind.cls.__name__}`"
        case inspect.LiteralType():
            return ", ".join(f"`{it}`" for it in kind.values)
        case inspect.EnumType():
            return ", ".join(f"`{it.value}`" for it in kind.cls)
        case inspect.VarTupleType() | inspect.ListType():
            return f"list of {_type(kind.item_type)}"
        case inspect.DictType():
            return f"object of {_type(kind.value_type)}"
    return " ".join([_NAMES.get(type(kind), type(kind).__name__), *_limits(kind)])


_NAMES: dict[type, str] = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.DecimalType: "decimal, as text",
    inspect.DateType: "date",
    inspect.TimeType: "time",
    inspect.DateTimeType: "time stamp",
}


def _limits(kind: inspect.Type) -> Iterator[str]:
    least, most = getattr(kind, "ge", None), getattr(kind, "le", None)
    if least is not None and most is not None:
        yield f"from {least:,} to {most:,}"
    elif least is not None:
        yield f"from {least:,}"
    if (longest := getattr(kind, "max_length", None)) is not None:
        yield f"of at most {longest:,} characters"
