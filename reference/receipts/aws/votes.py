"""Votes on merchants' names in the ledger's table: one item a number, an attribute a vote.

One update notes a vote and answers all: an attribute of its own loses nothing to others that write
at the same time, and a message that comes again changes nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reading.agreement import LAST, Vote
from receipts.aws import items
from receipts.ports import Votes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ENTRY = "#votes"
_VOTE = "vote-"
MOST = 2 * LAST
"""Votes in an item before the oldest go: a second write, for one receipt in ten of a merchant."""


class DynamoVotes(Votes):
    """Implements `ports.Votes`."""

    def __init__(self, table: str, client: "DynamoDBClient", retention: dt.timedelta) -> None:
        """A number's votes are dropped `retention` after its first: they begin anew then."""
        self._table = table
        self._client = client
        self._retention = retention

    def cast(self, owner: str, vote: Vote, image_sha256: str, at: dt.datetime) -> Sequence[str]:
        """See `ports.Votes`. The key says neither the owner nor the number."""
        digest = hashlib.sha256(f"{owner}\n{vote.number}".encode()).hexdigest()
        key = items.key(f"{_ENTRY}-{digest}", _ENTRY)
        given = {
            ":vote": [int(at.timestamp() * 1000), vote.name],
            ":expires": items.expiry(at, self._retention),
        }
        answer = self._client.update_item(
            TableName=self._table,
            Key=key,
            UpdateExpression=(
                "SET #vote = if_not_exists(#vote, :vote),"
                " expires_at = if_not_exists(expires_at, :expires)"
            ),
            ExpressionAttributeNames={"#vote": f"{_VOTE}{image_sha256[:16]}"},
            ExpressionAttributeValues=items.encode(given),
            ReturnValues="ALL_NEW",
        )
        fields = items.decode(answer["Attributes"])
        order = sorted((name for name in fields if name.startswith(_VOTE)), key=fields.__getitem__)
        if len(order) > MOST:
            old = {f"#{number}": name for number, name in enumerate(order[:-LAST])}
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=f"REMOVE {', '.join(old)}",
                ExpressionAttributeNames=old,
            )
        return [fields[name][1] for name in order]
