"""The whole ledger in DynamoDB, for whoever may go through all of it."""

from collections.abc import Iterable, Sequence

from receipts.aws.dynamodb import BATCH, MANIFEST, DynamoLedger
from receipts.aws.items import decode_batch, decode_names
from receipts.batch import Batch


class DynamoLedgerScan(DynamoLedger):
    """Keeps `ports.ReconcilerLedger`. A scan reads (and costs) the whole table, not its batches."""

    def batches(self) -> Iterable[Batch]:
        """See `ports.ReconcilerLedger`."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="entry = :batch",
            ExpressionAttributeValues={":batch": {"S": BATCH}},
        )
        return (decode_batch(item) for page in pages for item in page["Items"])

    def names(self, batch_id: str) -> Sequence[str]:
        """See `ports.ReconcilerLedger`."""
        found = self._get(batch_id, MANIFEST)
        return decode_names(found) if found else ()
