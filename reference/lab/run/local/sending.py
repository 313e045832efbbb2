"""Sends an archive to the local system, where nobody watches the upload."""

from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from commands.sending.packing import pack_archive
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from lab.run.local.deployment import Deployment


def send_archive(
    deployment: Deployment, archive: Path, customer: str, folder: Path, key: str = ""
) -> str:
    """Ask for a batch and upload the ZIP, as a customer does; answers the batch's id.

    `folder` takes the upload's log. `key` is the Idempotency-Key, by default the archive's own.
    """
    with closing(Service(deployment.api_url, deployment.issuer.token())) as service:
        parcel = pack_archive(archive, customer, folder)
        parcel = replace(parcel, idempotency_key=key or parcel.idempotency_key)
        accepted = service.accept(parcel)
        service.upload(parcel, accepted, UploadLog(folder, accepted.batch_id), lambda _bytes: None)
    return accepted.batch_id
