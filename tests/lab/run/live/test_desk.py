"""Who may correct a receipt from the page, and what is handed out as labelled receipts."""

import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.pressed import Pressed
from lab.measure.reading.labelled import load
from lab.measure.reading.scoring import is_right
from lab.run.live.desk import MAX_BODY_BYTES, Ask, Correctable, DeskError, label
from lab.run.live.hub import Hub
from lab.run.live.server import make_app
from reading.receipt import Receipt

TOKEN, PORT = "the-token", 4280
HERE = f"http://127.0.0.1:{PORT}"
PATH = f"/{TOKEN}/receipt/3/corrections"
ASKED = {"by": "Ada", "values": {"total": "12.50"}}


class Office:
    def __init__(self) -> None:
        self.asked: list[tuple[int, Ask]] = []

    def look(self, number: int) -> Correctable:
        if number != 3:
            raise DeskError("no such receipt")
        return Correctable(fields={"total": "1.00"}, noted=())

    def correct(self, number: int, ask: Ask) -> None:
        if "total" not in ask.values:
            raise DeskError("nothing differs")
        self.asked.append((number, ask))

    def truth(self) -> bytes:
        return b"zip"


def ask(office: Office | None, method: str, path: str = PATH, **more: Any) -> httpx.Response:
    app = make_app(Hub(), Pressed(), lambda _: None, TOKEN, PORT, office)

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, **{"headers": {"origin": HERE}} | more)

    return asyncio.run(once())


def test_its_own_page_looks_and_corrects():
    office = Office()
    assert ask(office, "GET").json() == {"fields": {"total": "1.00"}, "noted": []}
    assert ask(office, "POST", json=ASKED).text == "sent"
    assert office.asked == [(3, Ask(by="Ada", values={"total": "12.50"}))]
    assert ask(office, "GET", f"/{TOKEN}/corrected.zip").content == b"zip"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {"origin": "http://evil.example"}),
        (PATH, {"origin": "null"}),
        (PATH, {}),
        (PATH, {"host": "rebound.example:4280", "origin": HERE}),
    ],
)
def test_another_site_s_page_corrects_nothing(path: str, headers: dict[str, str]):
    office = Office()
    assert ask(office, "POST", path, json=ASKED, headers=headers).status_code == 403
    assert office.asked == []


def test_who_lacks_the_token_finds_nothing_there():
    office = Office()
    for path in ("/receipt/3/corrections", "/other/receipt/3/corrections", "/corrected.zip"):
        assert ask(office, "GET", path).status_code == 404
    assert ask(office, "POST", "/receipt/3/corrections", json=ASKED).status_code == 404


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"not JSON", "malformed"),
        (b'{"by": "Ada"}', "values"),
        (b'{"by": "Ada", "values": {}, "more": 1}', "more"),
        (b'{"by": "Ada", "values": {}}', "nothing differs"),
        (b"[" * (MAX_BODY_BYTES + 1), "too long"),
    ],
)
def test_what_is_wrong_is_refused_and_says_why(content: bytes, why: str):
    office = Office()
    answer = ask(office, "POST", content=content)
    assert answer.status_code == 400
    assert why in answer.text
    assert office.asked == []


def test_a_receipt_that_is_not_there_and_a_page_without_a_desk():
    assert ask(Office(), "GET", f"/{TOKEN}/receipt/9/corrections").status_code == 404
    assert ask(None, "GET").status_code == 404


def test_what_was_corrected_is_measured_with_as_any_labelled_receipt(tmp_path: Path):
    right = Receipt(
        merchant="Bäckerei Süß",
        date=dt.date(2027, 2, 1),
        address="Hauptstraße 1\n10115 Berlin",
        total=Decimal("12.50"),
        currency="EUR",
    )
    (tmp_path / "00003.jpg").write_bytes(b"photo")
    (tmp_path / "00003.json").write_bytes(label(right))
    [labelled] = load(tmp_path)
    for field in ("merchant", "date", "address", "total"):
        assert is_right(field, right, labelled.truth)
        assert not is_right(field, Receipt(), labelled.truth)
