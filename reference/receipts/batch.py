"""Vocabulary: a batch is what a customer asks for in one request, and the rules for it."""

import datetime as dt
import hashlib
import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from reading.context import Home, checked
from reading.files.left_out import LeftOut
from reading.files.limits import MAX_ARCHIVE_BYTES, MAX_IMAGE_BYTES, MAX_NAME
from reading.files.text import printable

MAX_FILES = 1_000
FORM_LIFETIME = dt.timedelta(hours=1)
"""How long a presigned form can be used."""

MAX_NAME_BYTES = 100_000
"""All names of a manifest together, in UTF-8: they must fit into one ledger item (400 KB), and the
forms that repeat them into one answer (6 MB)."""

UPLOAD_WINDOW = dt.timedelta(days=1)
"""How long after a batch was accepted a retry still gets fresh forms for it."""

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
_NAME = re.compile(r"(?!\.{1,2}\Z)[^/\\$]+")  # in a form's policy, "$" begins a variable

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
"""SHA-256 of what will be uploaded, as 64 hexadecimal digits."""

# fmt: off
ContentType = Literal[
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff", "image/heic",
    "image/heif", "image/avif", "application/pdf", "image/jpg",
]
# fmt: on
"""Those of `reading.files.kinds`, and a wrong name of JPEG that many clients use."""

CustomerReference = Annotated[str, Meta(min_length=1, max_length=100)]
"""The client's own name for its customer; it stands in batch, message and row."""
_CUSTOMER_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]+")  # what SQS takes in a MessageGroupId


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One image or PDF that will be uploaded."""

    name: Name
    """As you call it; answers speak of it by that name."""
    size: Annotated[int, Meta(ge=1, le=MAX_IMAGE_BYTES)]
    """Bytes, to the last one."""
    content_type: ContentType
    """What the file is; S3 takes no other."""
    sha256: Sha256 | None = None
    """Of its bytes, as hex digits: S3 then takes no other image of that size."""

    def __post_init__(self) -> None:
        """Raise ValueError where the name is a path, or would not stay what it is."""
        if not _NAME.fullmatch(self.name) or printable(self.name) != self.name:
            raise ValueError(f"{self.name!r}: a name has no folders, no control characters, no $")


class Archive(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ZIP archive that will be uploaded. S3 takes no other."""

    size: Annotated[int, Meta(ge=1, le=MAX_ARCHIVE_BYTES)]
    """Bytes, to the last one."""
    sha256: Sha256
    """Of its bytes, as hex digits."""


class StatedHome(Home, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A home as a client states it; the codes are checked here, and not wherever they go."""

    def __post_init__(self) -> None:
        """Raise ValueError for a code that names nothing."""
        checked(self)


class BatchRequest(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The body of `POST /batches`: either `files`, or `archive`; `home` if the client says it."""

    customer_reference: CustomerReference
    """Your own name for your customer: letters, digits and `_ . : -`."""
    files: Annotated[tuple[File, ...], Meta(max_length=MAX_FILES)] = ()
    """The images that will be uploaded one by one."""
    archive: Archive | None = None
    """The ZIP archive that will be uploaded instead."""
    home: StatedHome = StatedHome()
    """Where the client's receipts come from as a rule."""

    def __post_init__(self) -> None:
        """Raise ValueError where the two shapes are mixed, or a name comes twice."""
        if not _CUSTOMER_REFERENCE.fullmatch(self.customer_reference):
            raise ValueError("a `customer_reference` has letters A to Z, digits and _ . : - only")
        if bool(self.archive) == bool(self.files):
            raise ValueError("give either `files` (1 to 1,000) or `archive`")
        seen: set[str] = set()
        for file in self.files:
            if file.name in seen:
                raise ValueError(f"two files are called {file.name!r}: names must differ")
            seen.add(file.name)
        if sum(len(name.encode()) for name in seen) > MAX_NAME_BYTES:
            raise ValueError(f"the names together are over {MAX_NAME_BYTES:,} bytes: shorten them")


class Claim(Struct, frozen=True, kw_only=True):
    """The first use of an Idempotency-Key, for as long as the ledger remembers it."""

    request_digest: str
    accepted_at: dt.datetime


class Batch(Struct, frozen=True, kw_only=True):
    """A batch as the ledger keeps it.

    `owner` is the caller as the API's authorizer knows them; the status is shown to nobody else.
    `expected` is the number of receipts: written once, before the first message is sent, and None
    until then. `left_out` is what else an archive holds, written with it: expected + left out = its
    entries. `sent` counts an archive's messages known to be on the receipt queue; for a manifest
    it stays 0, since each image is an upload with a message of its own. `sent_again_at` is when
    events of its uploads were last sent again. `rejected` is the reason if the whole batch is
    rejected.
    """

    batch_id: str
    owner: str
    customer_reference: str
    archive: bool
    home: Home = Home()
    accepted_at: dt.datetime
    expected: int | None = None
    left_out: LeftOut = LeftOut()
    sent: int = 0
    sent_again_at: dt.datetime | None = None
    rejected: str | None = None


# --8<-- [start:ids]
def key_id_for(owner: str, customer_reference: str, idempotency_key: str) -> str:
    """What the ledger knows a key by: the same key of another customer is another key."""
    return _digest(owner, customer_reference, idempotency_key)


def batch_id_for(key_id: str, accepted_at: dt.datetime) -> str:
    """A retry asks for the same batch; a key that the ledger has forgotten begins a new one."""
    return _digest(key_id, accepted_at.isoformat())[:32]


def request_digest(body: bytes) -> str:
    """Tells a retry (same key, same body) from a mistake (same key, another body)."""
    return hashlib.sha256(body).hexdigest()


def receipt_id_for(batch_id: str, index: int) -> str:
    """The receipt's place in its batch, from 1: the key of its row, whatever is delivered twice."""
    return f"{batch_id}-{index:05d}"


# --8<-- [end:ids]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
