"""The ledger in DynamoDB: one item a receipt, one for its batch, and no shared counter.

Table key: `batch_id`, and `entry`: "#batch", "#manifest" or the receipt's number.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from receipts.aws.items import decode_batch, decode_entry, encode_fields, expiry, number
from receipts.batch import Batch
from receipts.ledger import FOLLOWS, Entry, State
from receipts.ports import Statement

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = "#batch"
MANIFEST = "#manifest"
_THREADS = 8  # under the ten connections that a client keeps


class DynamoLedger:
    """Keeps `ports.BatchLedger`, `ports.ReceiptLedger` and `ports.LedgerReader`."""

    def __init__(
        self, table: str, client: "DynamoDBClient", retention: dt.timedelta | None = None
    ) -> None:
        """What this ledger writes is dropped after `retention`; None keeps what stands there."""
        self._table = table
        self._client = client
        self._retention = retention

    def open_batch(self, batch: Batch, names: Sequence[str]) -> Batch:
        """See `ports.BatchLedger`."""
        fields = batch.__struct_fields__
        kept = {name: getattr(batch, name) for name in fields if name != "batch_id"}
        new = self._put(
            batch.batch_id, BATCH, kept, batch.accepted_at, "attribute_not_exists(entry)"
        )
        in_ledger = batch if new else self._existing(batch.batch_id)
        if names and in_ledger.request_digest == batch.request_digest:
            # Again on a retry: the first try may have been cut off before it.
            self._put(batch.batch_id, MANIFEST, {"names": list(names)}, batch.accepted_at)
        return in_ledger

    def batch(self, batch_id: str) -> Batch | None:
        """See `ports.BatchLedger`."""
        found = self._get(batch_id, BATCH)
        return decode_batch(found) if found else None

    def expect(self, batch_id: str, expected: int, archive_etag: str) -> Batch:
        """See `ports.BatchLedger`."""
        fields = {"expected": expected, "archive_etag": archive_etag}
        self._update(batch_id, BATCH, fields, "attribute_not_exists(expected)")
        return self._existing(batch_id)

    def mark_sent(self, batch_id: str, sent: int) -> None:
        """See `ports.BatchLedger`. A slower run beside this one doesn't set it back."""
        self._update(batch_id, BATCH, {"sent": sent}, "#sent < :sent")

    def reject_batch(self, batch_id: str, reason: str) -> None:
        """See `ports.BatchLedger`."""
        fields = {"expected": 0, "rejected": reason}
        self._update(batch_id, BATCH, fields, "attribute_not_exists(expected)")

    def state(self, batch_id: str, index: int) -> State | None:
        """See `ports.ReceiptLedger`."""
        found = self._get(batch_id, number(index))
        return State(found["state"]["S"]) if found else None

    def move(self, batch_id: str, entry: Entry) -> bool:
        """See `ports.ReceiptLedger`: the order of states is a condition on the write."""
        fields = {
            "name": entry.name,
            "state": entry.state,
            "since": entry.since,
            "reason": entry.reason,
            "needs_review": entry.needs_review,
            "duplicate_of": entry.duplicate_of,
            "expires_at": expiry(entry.since, self._retention),
        }
        before = [state for state in FOLLOWS[entry.state] if state is not None]
        names = [f":before{i}" for i in range(len(before))]
        return self._update(
            batch_id,
            number(entry.index),
            fields,
            f"attribute_not_exists(#state) OR #state IN ({', '.join(names)})",
            dict(zip(names, before, strict=True)),
            # What a redrive takes up again is no longer dead for that reason.
            remove=() if entry.reason else ("reason",),
        )

    def move_all(self, moves: Sequence[tuple[str, Entry]]) -> None:
        """See `ports.ReceiptLedger`."""
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(lambda move: self.move(*move), moves))

    def statement(self, batch_id: str) -> Statement | None:
        """See `ports.LedgerReader`."""
        return self._statement(batch_id, after=0, limit=None)

    def page(self, batch_id: str, after: int, limit: int) -> Statement | None:
        """See `ports.LedgerReader`."""
        return self._statement(batch_id, after, limit)

    def _statement(self, batch_id: str, after: int, limit: int | None) -> Statement | None:
        batch = next(self._query(batch_id, "entry = :from", BATCH), None)
        if batch is None:
            return None
        # "#" sorts before digits, so numbers are all that follows.
        found = self._query(batch_id, "entry > :from", number(after))
        entries: list[Entry] = []
        for item in found:
            if len(entries) == limit:
                return Statement(
                    batch=decode_batch(batch), entries=entries, after=entries[-1].index
                )
            entries.append(decode_entry(item))
        return Statement(batch=decode_batch(batch), entries=entries)

    def _existing(self, batch_id: str) -> Batch:
        batch = self.batch(batch_id)
        if batch is None:
            raise LookupError(f"batch {batch_id} is gone from the ledger")
        return batch

    def _get(self, batch_id: str, entry: str) -> Mapping[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(batch_id, entry), ConsistentRead=True
        )
        return answer.get("Item")

    def _query(self, batch_id: str, entries: str, bound: str) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=f"batch_id = :batch AND {entries}",
            ExpressionAttributeValues={":batch": {"S": batch_id}, ":from": {"S": bound}},
            ConsistentRead=True,
        )
        return (item for page in pages for item in page["Items"])

    def _put(
        self,
        batch_id: str,
        entry: str,
        fields: Mapping[str, object],
        at: dt.datetime,
        condition: str | None = None,
    ) -> bool:
        fields = {**fields, "expires_at": expiry(at, self._retention)}
        item = _key(batch_id, entry) | encode_fields(fields)
        only_if: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        try:
            self._client.put_item(TableName=self._table, Item=item, **only_if)
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
        values = encode_fields(fields)
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
                    **encode_fields(more or {}),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(batch_id: str, entry: str) -> dict[str, Any]:
    return {"batch_id": {"S": batch_id}, "entry": {"S": entry}}
