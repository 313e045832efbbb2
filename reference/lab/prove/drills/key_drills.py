"""What is used again: an Idempotency-Key, an archive's form, a photo's form, a row's key."""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from msgspec.structs import replace

from commands.sending.packing import PackedBatch, pack_archive, pack_manifest
from commands.sending.service import Service
from lab.prove.drills.environment import RECEIPTS, DrillEnvironment, DrillError
from lab.prove.drills.faults import mapping_off
from lab.run.photos.rendering import render
from receipts.accept_batch import Accepted
from receipts.agent.rows import insert, rows_as_json
from receipts.aws.sqs import SqsQueue
from receipts.errors import ServiceRefusedError
from receipts.ledger import State


def a_key_used_again_when_the_ledger_has_forgotten_it(env: DrillEnvironment) -> str:
    """January's key in the next January: the ledger has dropped it, the row is there."""
    with _photo(1) as first, _photo(2) as second, _service(env) as service, env.agent():
        keyed = [replace(parcel, idempotency_key="january") for parcel in (first, second)]
        batches = []
        for parcel in keyed:
            accepted = service.accept(parcel)
            _send_forms(parcel, accepted)
            _wait_until_stored(env, accepted.batch_id)
            batches.append(accepted.batch_id)
            _forget_keys(env)
        if [_digests(env, batch) for batch in batches] != [_contents(p) for p in keyed]:
            raise DrillError("the rows are not the photos that were sent")
        return "two batches under one key, each photo in a row of its own"


def a_second_archive_under_the_same_key(env: DrillEnvironment) -> str:
    """Another archive comes under a key that is in use, then with the first one's form."""
    with _folder(1) as one, _folder(2) as other, tempfile.TemporaryDirectory() as made:
        first = pack_archive(one, "drills", _made(made, "1"))
        second = pack_archive(other, "drills", _made(made, "2"))
        with _service(env) as service, env.agent():
            accepted = service.accept(first)
            refused = _refusal(
                lambda: service.accept(replace(second, idempotency_key=first.idempotency_key))
            )
            status = _send_forms(second, accepted)
            if "409" not in refused or status < httpx.codes.BAD_REQUEST:
                raise DrillError(f"it was taken: {refused}, {status}")
            _send_forms(first, accepted)
            _wait_until_stored(env, accepted.batch_id)
        return f"409 from the API, {status} from S3 (another size); the first one is stored"


def a_photo_uploaded_twice_and_then_another(env: DrillEnvironment) -> str:
    """A form is used three times before its photo is read, at last for another photo."""
    with _folder(3) as folder, _service(env) as service, mapping_off(env, "ReadMapping"):
        path = folder / "photo.jpg"
        photo = path.read_bytes()
        path.write_bytes(photo + b"1")  # bytes behind the picture, so that another has its size
        parcel = pack_manifest(folder, "drills")
        [file] = parcel.request.files
        request = replace(parcel.request, files=(replace(file, sha256=None),))
        accepted = service.accept(replace(parcel, request=request, idempotency_key="thrice"))
        for _ in range(2):
            _send_forms(parcel, accepted)
        path.write_bytes(photo + b"2")
        _send_forms(parcel, accepted)
    with env.agent():
        _wait_until_stored(env, accepted.batch_id)
    if _digests(env, accepted.batch_id) != {hashlib.sha256(photo + b"2").hexdigest()}:
        raise DrillError("the row is not of the newest upload")
    return "one row, of the newest upload; none was rejected"


def a_row_that_has_the_key_of_another_receipt(env: DrillEnvironment) -> str:
    """Before a receipt is written, its key stands in the table, with another image's digest."""
    results = env.add_results(RECEIPTS, send=False)
    there = replace(results.messages[0], image_sha256="1" * 64)
    with env.admin() as admin:
        admin.execute(insert("receipt"), [rows_as_json([there]).decode()])
    SqsQueue(env.outputs["WriteQueueUrl"], env.sqs).send_results(results.messages)
    expected = {State.STORED: RECEIPTS - 1, State.DEAD_LETTERED: 1}
    with env.agent():
        env.wait_until(lambda: env.states(results.batch_id) == expected, f"it says {expected}")
    reasons = list(env.dead_letters().values())
    if len(reasons) != 1 or "another image" not in reasons[0]:
        raise DrillError(f"reasons: {reasons}")
    return f"{RECEIPTS - 1} stored; it alone was set aside: the key of a row of another image"


@contextlib.contextmanager
def _folder(number: int) -> Iterator[Path]:
    """A folder with one rendered photo."""
    with tempfile.TemporaryDirectory(prefix="receipts-drill-") as folder:
        (Path(folder) / "photo.jpg").write_bytes(render(number).image)
        yield Path(folder)


@contextlib.contextmanager
def _photo(number: int) -> Iterator[PackedBatch]:
    with _folder(number) as folder:
        yield pack_manifest(folder, "drills")


def _made(folder: str, name: str) -> Path:
    made = Path(folder) / name
    made.mkdir()
    return made


@contextlib.contextmanager
def _service(env: DrillEnvironment) -> Iterator[Service]:
    deployment = env.system.deployment
    with contextlib.closing(Service(deployment.api_url, deployment.issuer.token())) as service:
        yield service


def _send_forms(parcel: PackedBatch, accepted: Accepted) -> int:
    """Upload the parcel with these forms; the last status."""
    status = 0
    for path, form in zip(parcel.paths, accepted.uploads, strict=True):
        files = {"file": path.read_bytes()}
        status = httpx.post(form.url, data=form.fields, files=files, timeout=120).status_code
    return status


def _refusal(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ServiceRefusedError as error:
        return str(error)
    return "accepted"


def _forget_keys(env: DrillEnvironment) -> None:
    """What DynamoDB does when a key's time is over; its batch's items may stay for longer."""
    dynamodb, table = env.system.deployment.emulator.client("dynamodb"), env.outputs["LedgerTable"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            if item["entry"]["S"] == "#key":
                key = {name: item[name] for name in ("batch_id", "entry")}
                dynamodb.delete_item(TableName=table, Key=key)


def _wait_until_stored(env: DrillEnvironment, batch_id: str) -> None:
    env.wait_until(lambda: env.states(batch_id) == {State.STORED: 1}, "the photo is stored")


def _digests(env: DrillEnvironment, batch_id: str) -> set[str]:
    with env.admin() as admin:
        query = "SELECT image_sha256 FROM receipts_inbox.receipt WHERE batch_id = %s"
        return {row[0] for row in admin.execute(query, [batch_id])}


def _contents(parcel: PackedBatch) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in parcel.paths}
