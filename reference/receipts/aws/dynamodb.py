"""The ledger in DynamoDB: one item a receipt, one for its batch, and no shared counter.

Table key: `batch_id`, and `entry`: "#batch", "#manifest" or the receipt's number. Which receipt had
an image first, and which batch an Idempotency-Key stands for, are in the same table, under keys of
their own.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins
from msgspec.structs import asdict

from reading.files.left_out import LeftOut
from receipts.aws import items
from receipts.aws.patience import AT_ONCE
from receipts.batch import Batch, Claim
from receipts.ledger import FOLLOWS, Entry, State, as_reason
from receipts.ports import BatchSnapshot, Ledger, SeenImages

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

BATCH = "#batch"
"""The sort key of a batch's own item."""
_MANIFEST = "#manifest"
_IMAGE = "#image"
_KEY = "#key"
_STATEMENTS = 25  # that BatchExecuteStatement takes in one call


class DynamoLedger(Ledger):
    """Implements `ports.Ledger`."""

    def __init__(
        self, table: str, client: "DynamoDBClient", retention: dt.timedelta | None = None
    ) -> None:
        """Items expire `retention` after they were written; None leaves their expiry as it is."""
        self._table = table
        self._client = client
        self._retention = retention

    def claim_key(self, key_id: str, claim: Claim) -> Claim:
        item_id = f"{_KEY}-{key_id}"
        if self._put_new(item_id, _KEY, asdict(claim), claim.accepted_at):
            return claim
        found = self._get(item_id, _KEY)
        if found is None:
            raise LookupError("the key was forgotten at this very moment")
        return convert(found, Claim, strict=False)

    def open_batch(self, batch: Batch, names: Sequence[str]) -> None:
        """See `ports.Ledger`. The names come first: no batch is ever without those it expects."""
        if names:
            self._put_new(batch.batch_id, _MANIFEST, {"names": list(names)}, batch.accepted_at)
        kept = asdict(batch)
        del kept["batch_id"], kept["left_out"]  # known with the number expected
        self._put_new(batch.batch_id, BATCH, kept, batch.accepted_at)

    def batch(self, batch_id: str) -> Batch | None:
        found = self._get(batch_id, BATCH)
        return convert(found, Batch, strict=False) if found else None

    def expect(self, batch_id: str, expected: int, left_out: LeftOut) -> Batch:
        fields = {"expected": expected, "left_out": to_builtins(left_out)}
        self._update(batch_id, BATCH, fields, "attribute_not_exists(expected)")
        batch = self.batch(batch_id)
        if batch is None:
            raise LookupError(f"batch {batch_id} is gone from the ledger")
        return batch

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """See `ports.Ledger`. A slower run beside this one doesn't set it back."""
        self._update(batch_id, BATCH, {"sent": sent}, "#sent < :sent")

    def rewind(self, batch_id: str) -> None:
        self._update(batch_id, BATCH, {"sent": 0}, "attribute_exists(entry)")

    def mark_sent_again(self, batch_id: str, at: dt.datetime) -> None:
        self._update(batch_id, BATCH, {"sent_again_at": at}, "attribute_exists(entry)")

    def reject_batch(self, batch_id: str, reason: str, left_out: LeftOut) -> None:
        fields = {"expected": 0, "rejected": as_reason(reason), "left_out": to_builtins(left_out)}
        self._update(batch_id, BATCH, fields, "attribute_not_exists(expected)")

    def state(self, batch_id: str, index: int) -> State | None:
        found = self._get(batch_id, items.sort_key(index))
        return State(found["state"]) if found else None

    def move(self, batch_id: str, entry: Entry) -> bool:
        """See `ports.Ledger`: the order of states is a condition on the write."""
        before = {f":{state.name}": state for state in FOLLOWS[entry.state] if state is not None}
        condition = f"attribute_not_exists(#state) OR #state IN ({', '.join(before)})"
        # What a redrive takes up again is no longer dead for that reason.
        remove = () if entry.reason else ("reason",)
        key, fields = items.sort_key(entry.index), items.fields_of(entry, self._retention)
        return self._update(batch_id, key, fields, condition, before, remove)

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """See `ports.Ledger`. What was read and is stored goes in calls of 25, the rest alone.

        A call may hold a receipt once: of two messages for one receipt the later counts.
        """
        left = {(batch_id, entry.index): (batch_id, entry) for batch_id, entry in moves}.values()
        stored = [move for move in left if move[1].state is State.STORED]
        calls = [stored[at : at + _STATEMENTS] for at in range(0, len(stored), _STATEMENTS)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = {move for some in pool.map(self._store, calls) for move in some}
            # Not `read` before, or throttled: only a single update knows what may follow.
            rest = [move for move in left if move not in done]
            list(pool.map(lambda move: self.move(*move), rest))

    def _store(self, moves: Sequence[tuple[str, Entry]]) -> Sequence[tuple[str, Entry]]:
        """Move receipts from `read` to `stored`, each on its own; answer those that moved."""
        statements: list[BatchStatementRequestTypeDef] = []
        for batch_id, entry in moves:
            values = items.encode(items.fields_of(entry, self._retention))
            keys = items.key(batch_id, items.sort_key(entry.index))
            keys |= items.encode({"state": State.READ})
            sets = " ".join(f'SET "{name}" = ?' for name in values)
            only_if = " AND ".join(f'"{name}" = ?' for name in keys)
            update = f'UPDATE "{self._table}" {sets} WHERE {only_if}'
            parameters = [*values.values(), *keys.values()]
            statements.append({"Statement": update, "Parameters": parameters})
        answers = self._client.batch_execute_statement(Statements=statements)["Responses"]
        return [move for move, one in zip(moves, answers, strict=True) if not one.get("Error")]

    def snapshot(
        self, batch_id: str, after: int = 0, limit: int | None = None
    ) -> BatchSnapshot | None:
        batch = next(self._query(batch_id, "entry = :from", BATCH), None)
        if batch is None:
            return None
        # "#" sorts before digits, so numbers are all that follows.
        found = self._query(batch_id, "entry > :from", items.sort_key(after), limit)
        entries = [items.entry_of(item) for item in islice(found, limit)]
        there_are_more = next(found, None) is not None
        return BatchSnapshot(
            batch=convert(batch, Batch, strict=False),
            entries=entries,
            after=entries[-1].index if there_are_more else None,
        )

    def batches(self, part: int = 0, parts: int = 1) -> Iterable[Batch]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            Segment=part,
            TotalSegments=parts,
            FilterExpression="entry = :batch",
            ExpressionAttributeValues={":batch": {"S": BATCH}},
        )
        decoded = (items.decode(item) for page in pages for item in page["Items"])
        return (convert(item, Batch, strict=False) for item in decoded)

    def names(self, batch_id: str) -> Sequence[str]:
        found = self._get(batch_id, _MANIFEST)
        return convert(found["names"], list[str]) if found else ()

    def _get(self, batch_id: str, entry: str) -> Mapping[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key=items.key(batch_id, entry), ConsistentRead=True
        )
        return items.decode(answer["Item"]) if "Item" in answer else None

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
            ConsistentRead=bound == BATCH,
        )
        return (items.decode(item) for page in pages for item in page["Items"])

    def _put_new(
        self, batch_id: str, entry: str, fields: Mapping[str, object], at: dt.datetime
    ) -> bool:
        """Put the item unless it exists; whether it is new."""
        fields = {**fields, "expires_at": items.expiry(at, self._retention)}
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.put_item(
                TableName=self._table,
                Item=items.key(batch_id, entry) | items.encode(fields),
                ConditionExpression="attribute_not_exists(entry)",
            )
            return True
        return False

    def _update(
        self,
        batch_id: str,
        entry: str,
        fields: Mapping[str, object],
        condition: str,
        more: Mapping[str, object] | None = None,
        remove: Sequence[str] = (),
    ) -> bool:
        values = items.encode(fields)
        given = {f":{name}": value for name, value in values.items()}
        sets = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        removes = " REMOVE " + ", ".join(f"#{name}" for name in remove) if remove else ""
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=items.key(batch_id, entry),
                UpdateExpression=sets + removes,
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in (*values, *remove)},
                ExpressionAttributeValues=given | items.encode(more or {}),
            )
            return True
        return False


class DynamoSeenImages(SeenImages):
    """Implements `ports.SeenImages`."""

    def __init__(self, table: str, client: "DynamoDBClient", retention: dt.timedelta) -> None:
        """What is written is dropped `retention` after it was seen first."""
        self._table = table
        self._client = client
        self._retention = retention

    def first_with(self, sha256: str, customer: tuple[str, str], receipt_id: str) -> str:
        """See `ports.SeenImages`: one update, which writes nothing over what is there."""
        expires_at = items.expiry(dt.datetime.now(dt.UTC), self._retention)
        answer = self._client.update_item(
            TableName=self._table,
            Key=image_key(sha256, customer),
            UpdateExpression=(
                "SET receipt_id = if_not_exists(receipt_id, :receipt),"
                " expires_at = if_not_exists(expires_at, :expires)"
            ),
            ExpressionAttributeValues=items.encode(
                {":receipt": receipt_id, ":expires": expires_at}
            ),
            ReturnValues="ALL_NEW",
        )
        return answer["Attributes"]["receipt_id"]["S"]


def image_key(sha256: str, customer: tuple[str, str]) -> dict[str, Any]:
    """The table key under which an image of a customer is remembered; it tells neither of them."""
    digest = hashlib.sha256("\n".join((*customer, sha256)).encode()).hexdigest()
    return items.key(f"{_IMAGE}-{digest}", _IMAGE)
