"""The ledger in DynamoDB: one item a receipt, one for its batch, and no shared counter.

Table key: `batch_id`, and `entry`: "#batch", "#manifest" or the receipt's number. Which receipt had
an image first, and which batch an Idempotency-Key stands for, are in the same table, under keys of
their own.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from msgspec import convert
from msgspec.structs import asdict

from receipts.batch import Batch, Claim
from receipts.ledger import FOLLOWS, Entry, State, as_reason
from receipts.ports import BatchSnapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

_BATCH = "#batch"
_MANIFEST = "#manifest"
_IMAGE = "#image"
_KEY = "#key"
_STATEMENTS = 25  # that BatchExecuteStatement takes in one call
_THREADS = 8  # under the ten connections that a client keeps


class DynamoLedger:
    """Implements `ports.Ledger`."""

    def __init__(
        self, table: str, client: "DynamoDBClient", retention: dt.timedelta | None = None
    ) -> None:
        """Items expire `retention` after they were written; None leaves their expiry as it is."""
        self._table = table
        self._client = client
        self._retention = retention

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        """See `ports.Ledger`."""
        item_id = f"{_KEY}-{key_id}"
        if self._put_new(item_id, _KEY, asdict(claim), claim.accepted_at):
            return claim
        found = self._get(item_id, _KEY)
        if found is None:
            raise LookupError("the key was forgotten at this very moment")
        return convert(_decoded(found), Claim, strict=False)

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:
        """See `ports.Ledger`. The names come first: no batch is ever without those it expects."""
        if names:
            self._put_new(batch.batch_id, _MANIFEST, {"names": list(names)}, batch.accepted_at)
        kept = asdict(batch)
        del kept["batch_id"]
        self._put_new(batch.batch_id, _BATCH, kept, batch.accepted_at)

    def batch(self, batch_id: str) -> Batch | None:
        """See `ports.Ledger`."""
        found = self._get(batch_id, _BATCH)
        return _decode_batch(found) if found else None

    def expect(self, batch_id: str, expected: int) -> Batch:
        """See `ports.Ledger`."""
        self._update(batch_id, _BATCH, {"expected": expected}, "attribute_not_exists(expected)")
        batch = self.batch(batch_id)
        if batch is None:
            raise LookupError(f"batch {batch_id} is gone from the ledger")
        return batch

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """See `ports.Ledger`. A slower run beside this one doesn't set it back."""
        self._update(batch_id, _BATCH, {"sent": sent}, "#sent < :sent")

    def rewind(self, batch_id: str) -> None:
        """See `ports.Ledger`."""
        self._update(batch_id, _BATCH, {"sent": 0}, "attribute_exists(entry)")

    def mark_sent_again(self, batch_id: str, at: dt.datetime) -> None:
        """See `ports.Ledger`."""
        self._update(batch_id, _BATCH, {"sent_again_at": at}, "attribute_exists(entry)")

    def reject_batch(self, batch_id: str, reason: str) -> None:
        """See `ports.Ledger`."""
        fields = {"expected": 0, "rejected": as_reason(reason)}
        self._update(batch_id, _BATCH, fields, "attribute_not_exists(expected)")

    def state(self, batch_id: str, index: int) -> State | None:
        """See `ports.Ledger`."""
        found = self._get(batch_id, _number(index))
        return State(found["state"]["S"]) if found else None

    def move(self, batch_id: str, entry: Entry) -> bool:
        """See `ports.Ledger`: the order of states is a condition on the write."""
        before = [state for state in FOLLOWS[entry.state] if state is not None]
        names = [f":before{i}" for i in range(len(before))]
        return self._update(
            batch_id,
            _number(entry.index),
            self._fields(entry),
            f"attribute_not_exists(#state) OR #state IN ({', '.join(names)})",
            dict(zip(names, before, strict=True)),
            # What a redrive takes up again is no longer dead for that reason.
            remove=() if entry.reason else ("reason",),
        )

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """See `ports.Ledger`. What was read and is stored goes in calls of 25, the rest alone.

        A call may hold a receipt once: of two messages for one receipt the later counts.
        """
        left = {(batch_id, entry.index): (batch_id, entry) for batch_id, entry in moves}.values()
        stored = [move for move in left if move[1].state is State.STORED]
        calls = [stored[at : at + _STATEMENTS] for at in range(0, len(stored), _STATEMENTS)]
        with ThreadPoolExecutor(_THREADS) as pool:
            done = {move for some in pool.map(self._store, calls) for move in some}
            # Not `read` before, or throttled: only a single update knows what may follow.
            list(
                pool.map(lambda move: self.move(*move), [move for move in left if move not in done])
            )

    def _store(self, moves: Sequence[tuple[str, Entry]]) -> Sequence[tuple[str, Entry]]:
        """Move receipts from `read` to `stored`, each on its own; answer those that moved."""
        statements: list[BatchStatementRequestTypeDef] = []
        for batch_id, entry in moves:
            values = _encode_fields(self._fields(entry))
            keys = _key(batch_id, _number(entry.index)) | _encode_fields({"state": State.READ})
            sets = " ".join(f'SET "{name}" = ?' for name in values)
            only_if = " AND ".join(f'"{name}" = ?' for name in keys)
            update = f'UPDATE "{self._table}" {sets} WHERE {only_if}'
            statements.append(
                {"Statement": update, "Parameters": [*values.values(), *keys.values()]}
            )
        answers = self._client.batch_execute_statement(Statements=statements)["Responses"]
        return [move for move, one in zip(moves, answers, strict=True) if not one.get("Error")]

    def _fields(self, entry: Entry) -> dict[str, object]:
        return {
            "name": entry.name,
            "state": entry.state,
            "since": entry.since,
            "reason": entry.reason and as_reason(entry.reason),
            "needs_review": entry.needs_review,
            "duplicate_of": entry.duplicate_of,
            "expires_at": _expiry(entry.since, self._retention),
        }

    def snapshot(
        self, batch_id: str, after: int = 0, limit: int | None = None
    ) -> BatchSnapshot | None:
        """See `ports.Ledger`."""
        batch = next(self._query(batch_id, "entry = :from", _BATCH), None)
        if batch is None:
            return None
        # "#" sorts before digits, so numbers are all that follows.
        found = self._query(batch_id, "entry > :from", _number(after), limit)
        entries: list[Entry] = []
        for item in found:
            if len(entries) == limit:
                return BatchSnapshot(
                    batch=_decode_batch(batch), entries=entries, after=entries[-1].index
                )
            entries.append(_decode_entry(item))
        return BatchSnapshot(batch=_decode_batch(batch), entries=entries)

    def batches(self) -> Iterable[Batch]:
        """See `ports.Ledger`."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="entry = :batch",
            ExpressionAttributeValues={":batch": {"S": _BATCH}},
        )
        return (_decode_batch(item) for page in pages for item in page["Items"])

    def names(self, batch_id: str) -> Sequence[str]:
        """See `ports.Ledger`."""
        found = self._get(batch_id, _MANIFEST)
        return _decode_names(found) if found else ()

    def _get(self, batch_id: str, entry: str) -> Mapping[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(batch_id, entry), ConsistentRead=True
        )
        return answer.get("Item")

    def _query(
        self, batch_id: str, entries: str, bound: str, limit: int | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """All items from `bound` on; DynamoDB is asked for no more at a time than are needed.

        Only the batch is read consistently, at twice the price: readers share the partition.
        """
        at_a_time: dict[str, Any] = {} if limit is None else {"Limit": limit + 1}
        pages = self._client.get_paginator("query").paginate(
            **at_a_time,
            TableName=self._table,
            KeyConditionExpression=f"batch_id = :batch AND {entries}",
            ExpressionAttributeValues={":batch": {"S": batch_id}, ":from": {"S": bound}},
            ConsistentRead=bound == _BATCH,
        )
        return (item for page in pages for item in page["Items"])

    def _put_new(
        self, batch_id: str, entry: str, fields: Mapping[str, object], at: dt.datetime
    ) -> bool:
        """Put the item unless it exists; whether it is new."""
        fields = {**fields, "expires_at": _expiry(at, self._retention)}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_key(batch_id, entry) | _encode_fields(fields),
                ConditionExpression="attribute_not_exists(entry)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(
        self,
        batch_id: str,
        entry: str,
        fields: Mapping[str, object],
        condition: str,
        more: Mapping[str, object] | None = None,
        remove: Sequence[str] = (),
    ) -> bool:
        values = _encode_fields(fields)
        sets = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        removes = " REMOVE " + ", ".join(f"#{name}" for name in remove) if remove else ""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(batch_id, entry),
                UpdateExpression=sets + removes,
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in (*values, *remove)},
                ExpressionAttributeValues={
                    **{f":{name}": value for name, value in values.items()},
                    **_encode_fields(more or {}),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class DynamoSeenImages:
    """Implements `ports.SeenImages`."""

    def __init__(self, table: str, client: "DynamoDBClient", retention: dt.timedelta) -> None:
        """What is written is dropped `retention` after it was seen first."""
        self._table = table
        self._client = client
        self._retention = retention

    def first_with(self, sha256: str, customer: tuple[str, str], receipt_id: str) -> str:
        """See `ports.SeenImages`: one update, which writes nothing over what is there."""
        key = hashlib.sha256("\n".join((*customer, sha256)).encode()).hexdigest()
        now = dt.datetime.now(dt.UTC)
        answer = self._client.update_item(
            TableName=self._table,
            Key={"batch_id": {"S": f"{_IMAGE}-{key}"}, "entry": {"S": _IMAGE}},
            UpdateExpression=(
                "SET receipt_id = if_not_exists(receipt_id, :receipt),"
                " expires_at = if_not_exists(expires_at, :expires)"
            ),
            ExpressionAttributeValues={
                ":receipt": {"S": receipt_id},
                ":expires": {"N": str(_expiry(now, self._retention))},
            },
            ReturnValues="ALL_NEW",
        )
        return answer["Attributes"]["receipt_id"]["S"]


def _key(batch_id: str, entry: str) -> dict[str, Any]:
    return {"batch_id": {"S": batch_id}, "entry": {"S": entry}}


_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def _number(index: int) -> str:
    """A receipt's sort key: its number, so that pages come in the archive's order."""
    return f"{index:05d}"


def _expiry(at: dt.datetime, retention: dt.timedelta | None) -> int | None:
    """When DynamoDB may drop what was written at `at`, in seconds since 1970."""
    return None if retention is None else int((at + retention).timestamp())


def _encode_fields(fields: Mapping[str, object]) -> dict[str, Any]:
    """Attributes; a field that is None is left out."""
    return {name: _serialize(_plain(v)) for name, v in fields.items() if v is not None}


def _decode_batch(item: Mapping[str, Any]) -> Batch:
    """The batch item as a struct."""
    return convert(_decoded(item), Batch, strict=False)


def _decode_entry(item: Mapping[str, Any]) -> Entry:
    """A receipt's item as a struct."""
    fields = _decoded(item)
    return convert({**fields, "index": int(fields["entry"])}, Entry, strict=False)


def _decode_names(item: Mapping[str, Any]) -> list[str]:
    """The manifest item's names, in its order."""
    return convert(_decoded(item)["names"], list[str])


def _decoded(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _native(_deserialize(value)) for name, value in item.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _native(value: object) -> object:
    # DynamoDB's numbers come as Decimal; all of ours are whole.
    return int(value) if isinstance(value, Decimal) else value
