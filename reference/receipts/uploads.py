"""Vocabulary: the keys of uploads in the bucket, and S3's notification of a new one."""

import re
from urllib.parse import quote_plus, unquote_plus

from msgspec import Struct, json

from receipts.errors import UnknownMessageError
from receipts.messages import JSON_ERRORS, Source

ARCHIVE = "archive.zip"
"""The last part of an archive's key."""

_KEY = re.compile(
    r"uploads/(?P<batch>[0-9a-f]{32})/(?:(?P<index>[0-9]{5})/(?P<name>[^/]+)|archive\.zip)"
)


class Upload(Struct, frozen=True, kw_only=True):
    """One object under `uploads/`: an image of a manifest, or an archive (then `index` is None)."""

    source: Source
    batch_id: str
    index: int | None
    name: str


def image_key(batch_id: str, index: int, name: str) -> str:
    """The key of the manifest's image number `index`."""
    return f"uploads/{batch_id}/{index:05d}/{name}"


def archive_key(batch_id: str) -> str:
    """The key of the batch's archive."""
    return f"uploads/{batch_id}/{ARCHIVE}"


def parse_event(body: str) -> list[Upload]:
    """The uploads named in an S3 notification; S3's own test event names none.

    Raises `UnknownMessageError` saying what is wrong and where.
    """
    try:
        event = json.decode(body, type=_Event)
    except JSON_ERRORS as error:
        raise UnknownMessageError(f"not an S3 notification: {error}") from error
    if event.Event == "s3:TestEvent":
        return []
    if not event.Records:
        raise UnknownMessageError("an S3 notification without records")
    return [_upload(record.s3) for record in event.Records]


def encode_event(source: Source) -> str:
    """What S3 would tell of this object, as far as `parse_event` reads it."""
    key = quote_plus(source.key, safe="/")
    s3 = _S3(bucket=_Bucket(name=source.bucket), object=_Object(key=key))
    return json.encode(_Event(Records=[_Record(s3=s3)])).decode()


class _Object(Struct):
    key: str


class _Bucket(Struct):
    name: str


class _S3(Struct):
    bucket: _Bucket
    object: _Object


class _Record(Struct):
    s3: _S3


class _Event(Struct):
    Records: list[_Record] = []
    Event: str | None = None


def _upload(s3: _S3) -> Upload:
    key = unquote_plus(s3.object.key)  # S3 writes keys as in a form: "+" is a space
    match = _KEY.fullmatch(key)
    if match is None:
        # What the key is stands in the message itself; the reason is logged.
        raise UnknownMessageError("no upload of ours has such a key")
    index = match["index"]
    return Upload(
        source=Source(bucket=s3.bucket.name, key=key),
        batch_id=match["batch"],
        index=None if index is None else int(index),
        name=match["name"] or ARCHIVE,
    )
