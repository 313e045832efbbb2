"""The bucket: uploads and results in S3, and the forms that let a customer upload."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from receipts.batch import FORM_LIFETIME, MAX_ARCHIVE_BYTES, File
from receipts.errors import NoResultError, OverwrittenError, UnknownMessageError
from receipts.messages import ResultMessage, Source, decode, encode
from receipts.ports import Form
from receipts.uploads import archive_key, image_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

_CONDITION_FAILED = {"412", "PreconditionFailed"}

# S3 answers 403 for an object that is gone to a role that may not list the bucket, and also to one
# with too few rights. So 403 rejects no receipt; it ends in the DLQ, for a person to look at.
_ANOTHER = _CONDITION_FAILED | {"404", "NoSuchKey"}


class S3Objects:
    """Implements `ports.Objects` on S3."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        """`bucket` is where results go; uploads are read from where their event says."""
        self._bucket = bucket
        self._client = client

    def size(self, source: Source) -> int:
        """See `ports.Objects`."""
        try:
            head = self._client.head_object(
                Bucket=source.bucket, Key=source.key, IfMatch=_quoted(source.etag)
            )
        except ClientError as error:
            raise _translated(error) from error
        return head["ContentLength"]

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        """See `ports.Objects`."""
        last = "" if stop is None else str(stop - 1)
        try:
            answer = self._client.get_object(
                Bucket=source.bucket,
                Key=source.key,
                IfMatch=_quoted(source.etag),
                Range=f"bytes={start}-{last}",
            )
        except ClientError as error:
            if _code(error) == "InvalidRange":
                return b""  # S3 answers 416 where the range begins at or after the end
            raise _translated(error) from error
        return answer["Body"].read()

    def put_result(self, result: ResultMessage) -> ResultMessage:
        """See `ports.Objects`: a conditional write, so that two readers agree."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_result_key(result.batch_id, result.index),
                Body=encode(result),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if _code(error) not in _CONDITION_FAILED:
                raise
            return self.get_result(result.batch_id, result.index)
        return result

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        """See `ports.Objects`."""
        key = _result_key(batch_id, index)
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            return decode(answer["Body"].read(), ResultMessage)
        except ClientError as error:
            if _code(error) != "NoSuchKey":
                raise
            raise NoResultError(f"{key} is gone from the bucket") from error
        except UnknownMessageError as error:
            raise NoResultError(f"{key}: {error}") from error

    def uploaded(self, batch_id: str) -> Mapping[str, tuple[Source, dt.datetime]]:
        """See `ports.Objects`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"uploads/{batch_id}/"
        )
        found = (one for page in pages for one in page.get("Contents", []))
        return {one["Key"]: (self._source(one), one["LastModified"]) for one in found}

    def _source(self, listed: "ObjectTypeDef") -> Source:
        return Source(bucket=self._bucket, key=listed["Key"], etag=listed["ETag"].strip('"'))


class S3Forms:
    """Implements `ports.Forms` by presigned POSTs."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        """`client` signs with its own credentials; the forms end when those do."""
        self._bucket = bucket
        self._client = client

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        """See `ports.Forms`."""
        key = image_key(batch_id, index, file.name)
        return self._form(file.name, key, file.content_type, file.size, file.size)

    def for_archive(self, batch_id: str) -> Form:
        """See `ports.Forms`."""
        key = archive_key(batch_id)
        return self._form("archive.zip", key, "application/zip", 1, MAX_ARCHIVE_BYTES)

    def _form(self, name: str, key: str, content_type: str, least: int, most: int) -> Form:
        signed = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", least, most]],
            ExpiresIn=int(FORM_LIFETIME.total_seconds()),
        )
        return Form(name=name, url=signed["url"], fields=signed["fields"])


def _result_key(batch_id: str, index: int) -> str:
    return f"results/{batch_id}/{index:05d}.json"


def _quoted(etag: str) -> str:
    return f'"{etag}"'  # as RFC 9110 wants an entity tag; S3's events carry it bare


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _translated(error: ClientError) -> Exception:
    if _code(error) in _ANOTHER:
        return OverwrittenError("the upload was overwritten or deleted after it was accepted")
    return error
