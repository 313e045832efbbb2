"""What the bucket and the ledger keep of one batch: found, counted, deleted."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Struct, json

from receipts.aws.dynamodb import BATCH, image_key
from receipts.aws.items import decode
from receipts.batch import Batch
from receipts.errors import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

_AT_A_TIME = 1_000  # objects that S3 deletes in one call


class NotErasedError(OperatorError):
    """S3 did not delete an object; run it again."""


class Trace(Struct, frozen=True, kw_only=True):
    """What is kept of one batch: object keys, the ledger's sort keys, images' digests."""

    batch: Batch
    uploads: Sequence[str]
    copies: Sequence[str]
    corrections: Sequence[str]
    entries: Sequence[str]
    images: Sequence[str]


class _Copy(Struct):
    image_sha256: str


class Traces:
    """The traces of batches in one table and one bucket."""

    def __init__(self, table: "Table", bucket: str, s3: "S3Client") -> None:
        """`table` is the ledger's."""
        self._table = table
        self._bucket = bucket
        self._s3 = s3

    def of(self, batch: Batch) -> Trace:
        """Find what is kept of it; reads every canonical copy, for the digest of its image."""
        copies = list(self._keys(f"results/{batch.batch_id}/"))
        images = (self._image(key) for key in copies)
        return Trace(
            batch=batch,
            uploads=list(self._keys(f"uploads/{batch.batch_id}/")),
            copies=copies,
            corrections=list(self._keys(f"corrections/{batch.batch_id}/")),
            entries=list(self._entries(batch.batch_id)),
            images=sorted({image for image in images if image}),
        )

    def erase(self, trace: Trace) -> None:
        """Delete all of it, the batch's own item last; cut off, a second run finds the rest.

        Raises `NotErasedError` where S3 keeps an object.
        """
        batch = trace.batch
        customer = (batch.owner, batch.customer_reference)
        self._delete_items([decode(image_key(one, customer)) for one in trace.images])
        keys = [*trace.uploads, *trace.copies, *trace.corrections]
        for start in range(0, len(keys), _AT_A_TIME):
            answer = self._s3.delete_objects(
                Bucket=self._bucket,
                Delete={
                    "Objects": [{"Key": key} for key in keys[start : start + _AT_A_TIME]],
                    "Quiet": True,
                },
            )
            for error in answer.get("Errors", []):
                raise NotErasedError(f"S3 keeps an object of {batch.batch_id}: {error.get('Code')}")
        entries = [entry for entry in trace.entries if entry != BATCH]
        self._delete_items([{"batch_id": batch.batch_id, "entry": entry} for entry in entries])
        self._delete_items([{"batch_id": batch.batch_id, "entry": BATCH}])

    def _keys(self, prefix: str) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return (one["Key"] for page in pages for one in page.get("Contents", []))

    def _image(self, key: str) -> str | None:
        body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        try:
            return json.decode(body, type=_Copy).image_sha256
        except (DecodeError, UnicodeError):
            return None  # no copy of ours; it goes with the others

    def _entries(self, batch_id: str) -> Iterator[str]:
        client = self._table.meta.client
        pages = client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="batch_id = :batch",
            ExpressionAttributeValues={":batch": batch_id},
            ProjectionExpression="entry",
            ConsistentRead=True,
        )
        return (str(item["entry"]) for page in pages for item in page["Items"])

    def _delete_items(self, keys: Sequence[dict[str, Any]]) -> None:
        with self._table.batch_writer() as writer:
            for key in keys:
                writer.delete_item(Key=key)
