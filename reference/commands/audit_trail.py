"""The operators' audit trail: who did what to which stack, as objects in its bucket.

What changes or deletes something writes a note before it begins and another when it has ended: of a
run that was cut off the first one stays. Nobody's data stands in them.
"""

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from msgspec import json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "operations/"
"""Where the notes lie in the bucket; no rule of the bucket expires them."""


class AuditTrail:
    """Notes of one run of one command."""

    def __init__(
        self, command: str, who: str, bucket: str, s3: "S3Client", now: dt.datetime
    ) -> None:
        """`command` names the notes; `who` is the ARN of whoever types."""
        self._bucket = bucket
        self._s3 = s3
        self._who = who
        name = f"{now:%Y%m%dT%H%M%SZ} {command} {secrets.token_hex(4)}"
        self._name = PREFIX + name.replace(" ", "-")

    def note(self, stage: str, **what: object) -> str:
        """Write one note and answer its key; `stage` is `begun` or `ended`."""
        key = f"{self._name}-{stage}.json"
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=json.format(json.encode({"who": self._who, **what})),
            ContentType="application/json",
        )
        return key
