"""First stage: accepts a batch in one request and answers where its images may be uploaded.

No image passes through here: hundreds of photos are hundreds of megabytes, and API Gateway takes
10 MB. The customer uploads straight to S3, with forms that are limited in key, size and type.
"""

import datetime as dt

from msgspec import Struct, convert, json

from reading.context import Home
from receipts.batch import (
    FORM_LIFETIME,
    UPLOAD_WINDOW,
    Batch,
    BatchRequest,
    Claim,
    batch_id_for,
    key_id_for,
    request_digest,
)
from receipts.errors import KeyReusedError, UploadsClosedError
from receipts.ports import Form, Forms, Ledger


class Accepted(Struct, frozen=True, kw_only=True):
    """The answer to `POST /batches`."""

    batch_id: str
    accepted_at: dt.datetime
    """The first request's time, also in the answer to a retry."""
    status: str
    """Where to ask how far it is, relative to the API's address."""
    uploads: tuple[Form, ...]
    """A form for each file, or one for the archive."""
    uploads_expire_at: dt.datetime
    """When the forms end at the latest: earlier, if the session ends of the role that signed
    them."""


def accept_batch(
    request: BatchRequest,
    idempotency_key: str,
    owner: str,
    *,
    ledger: Ledger,
    forms: Forms,
    now: dt.datetime,
) -> Accepted:
    """Write the batch into the ledger once; sign its uploads.

    A retry (same key, same request) gets the same batch and fresh forms, for as long as the ledger
    remembers the key. Raises `KeyReusedError`, `UploadsClosedError`.
    """
    key_id = key_id_for(owner, request.customer_reference, idempotency_key)
    digest = request_digest(json.encode(request))
    first = ledger.claim_key(key_id, Claim(request_digest=digest, accepted_at=now))
    if first.request_digest != digest:
        raise KeyReusedError("this Idempotency-Key was used for another request: take a new one")
    batch_id = batch_id_for(key_id, first.accepted_at)
    if first.accepted_at + UPLOAD_WINDOW < now:
        raise UploadsClosedError(
            f"accepted on {first.accepted_at:%Y-%m-%d %H:%M} UTC, closed for uploads since; "
            f"its state is at /batches/{batch_id}; for what is missing take a new Idempotency-Key"
        )
    batch = Batch(
        batch_id=batch_id,
        owner=owner,
        customer_reference=request.customer_reference,
        archive=request.archive is not None,
        home=convert(request.home, Home, from_attributes=True),
        accepted_at=first.accepted_at,
        # Of an archive only its central directory knows the number: the splitter writes it.
        expected=None if request.archive else len(request.files),
    )
    # Again on a retry: the first try may have been cut off before it.
    ledger.open_batch(batch, [file.name for file in request.files])
    if request.archive:
        uploads = [forms.for_archive(batch_id, request.archive)]
    else:
        uploads = [forms.for_file(batch_id, i, file) for i, file in enumerate(request.files, 1)]
    return Accepted(
        batch_id=batch_id,
        accepted_at=first.accepted_at,
        status=f"/batches/{batch_id}",
        uploads=tuple(uploads),
        uploads_expire_at=now + FORM_LIFETIME,
    )
