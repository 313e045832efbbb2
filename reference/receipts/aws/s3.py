"""The bucket: uploads and results in S3, and the forms that let a customer upload."""

import datetime as dt
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from receipts.batch import FORM_LIFETIME, Archive, File
from receipts.errors import NoResultError, UnknownMessageError, UploadGoneError
from receipts.messages import CorrectionMessage, ResultMessage, Source, decode, encode
from receipts.ports import Corrections, Form, Forms, Objects
from receipts.uploads import archive_key, image_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONDITION_FAILED = {"412", "PreconditionFailed"}

# S3 answers 403 for an object that is gone to a role that may not list the bucket, and also to one
# with too few rights. So 403 rejects no receipt; it ends in the DLQ, for a person to look at.
_GONE = {"404", "NoSuchKey"}


M = TypeVar("M", ResultMessage, CorrectionMessage)


class S3Objects(Objects, Corrections):
    """Implements `ports.Objects` and `ports.Corrections` on S3."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        """`bucket` is where results go; uploads are read from where their event says."""
        self._bucket = bucket
        self._client = client

    def size(self, source: Source) -> int:
        try:
            head = self._client.head_object(Bucket=source.bucket, Key=source.key)
        except ClientError as error:
            raise _translated(error) from error
        return head["ContentLength"]

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        wanted = f"bytes={start}-{'' if stop is None else stop - 1}"
        try:
            answer = self._client.get_object(Bucket=source.bucket, Key=source.key, Range=wanted)
        except ClientError as error:
            if _code(error) == "InvalidRange":
                return b""  # S3 answers 416 where the range begins at or after the end
            raise _translated(error) from error
        return answer["Body"].read()

    def put_result(self, result: ResultMessage) -> ResultMessage:
        return self._put(_result_key(result.batch_id, result.index), result)

    def get_result(self, batch_id: str, index: int) -> ResultMessage:
        return self._get(_result_key(batch_id, index), ResultMessage)

    def put_correction(self, correction: CorrectionMessage) -> CorrectionMessage:
        beginning = _corrections(correction.batch_id, correction.index)
        return self._put(f"{beginning}{correction.number:03d}.json", correction)

    def corrections(self, batch_id: str, index: int | None = None) -> Sequence[CorrectionMessage]:
        keys = (key for key, _ in self._listed(_corrections(batch_id, index)))
        found = (self._get(key, CorrectionMessage) for key in keys)
        return sorted(found, key=lambda it: (it.index, it.number))

    def _put(self, key: str, message: M) -> M:
        """A conditional write, so that two writers agree."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=encode(message),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if _code(error) not in _CONDITION_FAILED:
                raise
            return self._get(key, type(message))
        return message

    def _get(self, key: str, kind: type[M]) -> M:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            return decode(answer["Body"].read(), kind)
        except ClientError as error:
            if _code(error) != "NoSuchKey":
                raise
            raise NoResultError(f"{key} is gone from the bucket") from error
        except UnknownMessageError as error:
            raise NoResultError(f"{key}: {error}") from error

    def uploaded(self, batch_id: str) -> Mapping[str, tuple[Source, dt.datetime]]:
        listed = self._listed(f"uploads/{batch_id}/")
        return {key: (Source(bucket=self._bucket, key=key), since) for key, since in listed}

    def _listed(self, prefix: str) -> Iterator[tuple[str, dt.datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        found = (one for page in pages for one in page.get("Contents", []))
        return ((one["Key"], one["LastModified"]) for one in found)


class S3Forms(Forms):
    """Implements `ports.Forms` by presigned POSTs."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        """`client` signs with its own credentials; the forms end when those do."""
        self._bucket = bucket
        self._client = client

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        key = image_key(batch_id, index, file.name)
        return self._form(file.name, key, file.content_type, file.size, file.sha256)

    def for_archive(self, batch_id: str, archive: Archive) -> Form:
        key = archive_key(batch_id)
        return self._form("archive.zip", key, "application/zip", archive.size, archive.sha256)

    def _form(self, name: str, key: str, content_type: str, size: int, sha256: str | None) -> Form:
        fields = {"Content-Type": content_type}
        if sha256 is not None:  # S3 computes it of what came, and refuses what differs
            fields["x-amz-checksum-sha256"] = b64encode(bytes.fromhex(sha256)).decode()
        signed = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", size, size],
            ],
            ExpiresIn=int(FORM_LIFETIME.total_seconds()),
        )
        return Form(name=name, url=signed["url"], fields=signed["fields"])


def _result_key(batch_id: str, index: int) -> str:
    return f"results/{batch_id}/{index:05d}.json"


def _corrections(batch_id: str, index: int | None) -> str:
    return f"corrections/{batch_id}/" + ("" if index is None else f"{index:05d}-")


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _translated(error: ClientError) -> Exception:
    if _code(error) in _GONE:
        return UploadGoneError("the upload was deleted before it was read")
    return error
