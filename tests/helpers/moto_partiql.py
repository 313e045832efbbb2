"""DynamoDB's BatchExecuteStatement, for moto: which can't parse several SETs, nor refuse an update.

The statements are parsed by the AWS emulator's parser. As on AWS each succeeds or fails alone, and
one whose WHERE is true for no item fails with ConditionalCheckFailed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ministack.services._dynamodb_keywords import parse_statement
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType

MOST_STATEMENTS = 25


@contextmanager
def dynamodb_batches() -> Iterator[None]:
    """Within this context moto answers BatchExecuteStatement as DynamoDB does."""
    with patch.object(DynamoDBBackend, "batch_execute_statement", _execute_all):
        yield


def _execute_all(
    backend: DynamoDBBackend, statements: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    assert 0 < len(statements) <= MOST_STATEMENTS
    return [_execute(backend, one["Statement"], one["Parameters"]) for one in statements]


def _execute(backend: DynamoDBBackend, statement: str, values: Sequence[Any]) -> dict[str, Any]:
    parsed = parse_statement(statement, list(values))
    assert parsed["op"] == "UPDATE"
    assert not parsed["removes"]
    table = backend.tables[parsed["table"]]
    assert table.range_key_attr is not None
    wanted = dict(_equals(parsed["where"]))
    item = table.get_item(
        DynamoType(wanted[table.hash_key_attr]), DynamoType(wanted[table.range_key_attr])
    )
    attributes = item.to_json()["Attributes"] if item else {}
    if any(attributes.get(name) != value for name, value in wanted.items()):
        return {"Error": {"Code": "ConditionalCheckFailed"}, "TableName": table.name}
    table.put_item(attributes | {path[0]: value[1] for path, value in parsed["assignments"]})
    return {"TableName": table.name}


def _equals(where: Any) -> list[tuple[str, Any]]:
    """The attributes of `a = ? AND b = ?` with their values."""
    match where:
        case ("and", left, right):
            return _equals(left) + _equals(right)
        case ("cmp", "=", ("path", [name], *_), ("lit", value, *_)):
            return [(name, value)]
    raise AssertionError(where)
