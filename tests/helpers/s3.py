"""What S3 does and moto doesn't: it holds an upload to its form, and tells a queue of it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from urllib.parse import quote_plus

REGION = "eu-central-1"
ACCOUNT = "123456789012"
BUCKET = f"receipts-{ACCOUNT}"


class RefusedByS3Error(Exception):
    """S3 takes no such upload for this form."""


def hold_to_its_form(fields: Mapping[str, str], data: bytes) -> None:
    """moto takes any upload. S3 holds it to the policy's size and to the digest."""
    for condition in json.loads(base64.b64decode(fields["policy"]))["conditions"]:
        match condition:
            case ["content-length-range", least, most] if not least <= len(data) <= most:
                raise RefusedByS3Error(f"{len(data)} bytes, not {least} to {most}")
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    if fields.get("x-amz-checksum-sha256", digest) != digest:
        raise RefusedByS3Error("another digest")


def notification(key: str, etag: str = "0" * 32) -> str:
    """What S3 tells the upload queue when an object was created."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": "2026-01-28T09:00:00.000Z",
        "eventName": "ObjectCreated:Post",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
            "object": {
                "key": quote_plus(key, safe="/"),
                "size": 1,
                "eTag": etag,
                "sequencer": "0055AED6DCD90281E5",
            },
        },
    }
    return json.dumps({"Records": [record]})
