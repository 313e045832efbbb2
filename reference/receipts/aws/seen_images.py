"""Which receipt had an image first, in the ledger's table: one item an image and customer."""

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from receipts.aws.items import expiry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_IMAGE = "#image"


class DynamoSeenImages:
    """Keeps `ports.SeenImages`."""

    def __init__(self, table: str, client: "DynamoDBClient", retention: dt.timedelta) -> None:
        """What is written is dropped `retention` after it was seen first."""
        self._table = table
        self._client = client
        self._retention = retention

    def first_with(self, sha256: str, whose: tuple[str, str], receipt_id: str) -> str:
        """See `ports.SeenImages`: one update, which writes nothing over what is there."""
        key = hashlib.sha256("\n".join((*whose, sha256)).encode()).hexdigest()
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
                ":expires": {"N": str(expiry(now, self._retention))},
            },
            ReturnValues="ALL_NEW",
        )
        return answer["Attributes"]["receipt_id"]["S"]
