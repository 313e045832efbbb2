"""The attributes and keys that a DynamoDB call names, as IAM's condition keys for it see them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_NAME = re.compile(r"(?<![\w:.#])(#?[A-Za-z_]\w*)(?!\w|\s*\()")
_WORDS = {"ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET"}
_QUOTED = re.compile(r'"(\w+)"')


def attributes(given: Mapping[str, Any]) -> tuple[str, ...]:
    """`dynamodb:Attributes`: every top-level attribute that the call names, its key's too."""
    return tuple(sorted(set(_named(given))))


def _named(given: Mapping[str, Any]) -> Iterator[str]:
    if "Statement" in given:  # PartiQL: the first quoted name is the table's
        yield from _QUOTED.findall(given["Statement"])[1:]
        return
    yield from given.get("Key", {})
    yield from given.get("Item", {})
    names = given.get("ExpressionAttributeNames", {})
    for expression in _EXPRESSIONS:
        for name in _NAME.findall(given.get(expression, "")):
            if name.upper() not in _WORDS:
                yield names.get(name, name)


def leading_keys(given: Mapping[str, Any], hash_key: str = "batch_id") -> tuple[str, ...]:
    """`dynamodb:LeadingKeys`: the values of the table's hash key that the call is about."""
    item = given.get("Key") or given.get("Item") or {}
    if hash_key in item:
        return tuple(map(str, item[hash_key].values()))
    found = re.search(rf"\b{hash_key}\s*=\s*(:\w+)", given.get("KeyConditionExpression", ""))
    values = given.get("ExpressionAttributeValues", {})
    return tuple(map(str, values[found[1]].values())) if found else ()
