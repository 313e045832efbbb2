"""Corrects receipts from the page by the pattern's own way, and hands them out as labelled ones."""

import contextlib
import datetime as dt
import io
import zipfile
from http import HTTPStatus
from pathlib import PurePath
from typing import Any, Protocol

import psycopg
from msgspec import Struct, json
from psycopg.rows import dict_row
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from commands.correcting import FIELDS, correct_receipt
from lab.run.live.asked import AskedError, asked
from lab.run.live.observe import Observer
from lab.run.live.receipts import ReceiptsOnDemand
from lab.run.local.system import LocalSystem
from lab.support.errors import LabError
from reading.files.kinds import kind_of_name
from reading.receipt import Receipt
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.errors import CorrectionRefusedError, NoResultError
from receipts.messages import CorrectionMessage, Field, corrected

MAX_BODY_BYTES = 20_000

_ROWS_SQL = (
    "SELECT correction_id, number, old, new, corrected_by,"
    " date_trunc('second', stored_at)::text AS stored_at"
    " FROM receipts_inbox.correction WHERE receipt_id = %s"
)


class DeskError(LabError):
    """What was asked can't be done; the text says why."""


class Ask(Struct, forbid_unknown_fields=True):
    """What a person says is right, by field, and who they are."""

    by: str
    values: dict[str, str]


class Noted(Struct, frozen=True, kw_only=True):
    """A correction; `row` is what the client's table has of it, and None until it is there."""

    number: int
    by: str
    old: dict[Field, str | None]
    new: dict[Field, str | None]
    row: dict[str, Any] | None


class Correctable(Struct, frozen=True, kw_only=True):
    """A receipt's fields as they stand now, and what was corrected so far."""

    fields: dict[str, str]
    noted: tuple[Noted, ...]


class Desk(Protocol):
    """What the page's form asks: `Corrections`."""

    def look(self, number: int) -> Correctable:
        """Raises `DeskError`."""
        ...

    def correct(self, number: int, ask: Ask) -> None:
        """Raises `DeskError`."""
        ...

    def truth(self) -> bytes:
        """A ZIP archive of what was corrected, as `receipts-lab bench-reading` takes a folder."""
        ...


class Corrections:
    """The desk on the running parts."""

    def __init__(self, system: LocalSystem, observer: Observer, receipts: ReceiptsOnDemand) -> None:
        """`receipts` knows them by the numbers that the page has."""
        emulator, outputs = system.deployment.emulator, system.deployment.outputs
        self._system, self._observer, self._receipts = system, observer, receipts
        self._objects = S3Objects(outputs["ReceiptsBucketName"], emulator.client("s3"))
        self._queue = SqsQueue(outputs["WriteQueueUrl"], emulator.client("sqs"))

    def look(self, number: int) -> Correctable:
        """See `Desk`."""
        batch_id, index = self._place(number)
        try:
            result = self._objects.get_result(batch_id, index)
        except NoResultError as error:
            raise DeskError("it was not read yet") from error
        noted = self._objects.corrections(batch_id, index)
        rows = self._rows(result.receipt_id) if noted else {}
        return Correctable(
            fields=_texts(corrected(result.receipt, noted)),
            noted=tuple(
                Noted(
                    number=one.number,
                    by=one.corrected_by,
                    old=one.old,
                    new=one.new,
                    row=rows.get(one.number),
                )
                for one in noted
            ),
        )

    def correct(self, number: int, ask: Ask) -> None:
        """See `Desk`."""
        batch_id, index = self._place(number)
        try:
            told = correct_receipt(
                batch_id,
                index,
                ask.values,
                ask.by,
                objects=self._objects,
                corrections=self._objects,
                queue=self._queue,
                clock=lambda: dt.datetime.now(dt.UTC),
            )
        except (CorrectionRefusedError, NoResultError) as error:
            raise DeskError(str(error)) from error
        fields = ", ".join(told.new)
        self._observer.say(f"receipt {number} is corrected by {told.corrected_by}: {fields}")

    def truth(self) -> bytes:
        """See `Desk`."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for batch_id in tuple(self._observer.batches)[:1]:  # the others repeat or spoil photos
                of: dict[int, list[CorrectionMessage]] = {}
                for one in self._objects.corrections(batch_id):
                    of.setdefault(one.index, []).append(one)
                for index, noted in of.items():
                    receipt = self._objects.get_result(batch_id, index).receipt
                    image, name = self._receipts.image(index), noted[0].name
                    kind = kind_of_name(name)
                    suffix = PurePath(name).suffix.lower() if kind and kind.is_receipt else ".jpg"
                    archive.writestr(f"{index:05d}{suffix}", image)
                    archive.writestr(f"{index:05d}.json", label(corrected(receipt, noted)))
        return packed.getvalue()

    def _place(self, number: int) -> tuple[str, int]:
        found = self._receipts.find(number)
        if found is None:
            raise DeskError("no such receipt")
        return found.batch_id, found.index

    def _rows(self, receipt_id: str) -> dict[int, dict[str, Any]]:
        with (
            contextlib.suppress(psycopg.Error),
            self._system.connect() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            found = cursor.execute(_ROWS_SQL, [receipt_id]).fetchall()
            return {row["number"]: row for row in found}
        return {}


def label(receipt: Receipt) -> bytes:
    """What a person says that stands on it, in the words of SROIE's labels."""
    fields = _texts(receipt)
    names = {"company": "merchant", "date": "date", "address": "address", "total": "total"}
    return json.encode({"truth": {it: fields[of] for it, of in names.items() if of in fields}})


def _texts(receipt: Receipt) -> dict[str, str]:
    values = {name: getattr(receipt, name) for name in FIELDS}
    return {name: str(value) for name, value in values.items() if value is not None}


def desk_routes(desk: Desk, headers: dict[str, str]) -> list[Route]:
    """The addresses of the form, below the page's."""

    async def look(request: Request) -> Response:
        try:
            found = await run_in_threadpool(desk.look, request.path_params["number"])
        except DeskError as error:
            return PlainTextResponse(str(error), HTTPStatus.NOT_FOUND)
        return Response(json.encode(found), media_type="application/json", headers=headers)

    async def correct(request: Request) -> Response:
        try:
            ask = await asked(request, Ask, MAX_BODY_BYTES)
            await run_in_threadpool(desk.correct, request.path_params["number"], ask)
        except (AskedError, DeskError) as error:
            return PlainTextResponse(str(error), HTTPStatus.BAD_REQUEST)
        return PlainTextResponse("sent", headers=headers)

    async def truth(_: Request) -> Response:
        archive = await run_in_threadpool(desk.truth)
        named = {"Content-Disposition": 'attachment; filename="corrected.zip"'}
        return Response(archive, media_type="application/zip", headers={**headers, **named})

    return [
        Route("/receipt/{number:int}/corrections", look),
        Route("/receipt/{number:int}/corrections", correct, methods=["POST"]),
        Route("/corrected.zip", truth),
    ]
