"""Tells which way the money went: a refund's goes back, and a declined card's did not move.

The rules on returns, which stand at the foot of ordinary receipts, say nothing about that.
"""

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from reading.extraction import lexicon
from reading.extraction.amount_rows import AmountRow
from reading.extraction.settling import Printed
from reading.receipt import Receipt

MAX_TITLE_WORDS = 5
"""A title such as "Refund receipt" is short; a line with more words is a sentence."""

MAX_WORDS_BESIDE_A_SUM = 3
"""The same for a line between or below the sums, where the rules on returns are near."""

_CREDIT_NOTE = re.compile(
    r"\bCREDIT (?:NOTE|MEMO|SLIP)\b|\bNOT[AE] D[EI] CREDITO?\b|\bMONEY BACK\b"
    r"|GUTSCHRIFT|ERSTATTUNG|STORNIERUNG|STORNO|RETOUR(?:E?N)?(?:BELEG|BON|SCHEIN)"
)
_NOT_CHARGED = re.compile(
    r"\bNOT (?:BEEN )?(?:CHARGED|APPROVED|AUTHORI[SZ]ED|COMPLETED)"
    r"|\bNICHT (?:BELASTET|GENEHMIGT|ERFOLGT|AUSGEFUHRT|ABGEBUCHT)"
    r"|\bNON (?:DEBITE|ADDEBITAT|AUTORI[SZ])|\bN[AO]O? (?:COBRAD|AUTORIZAD|CARGAD|APROBAD|APROVAD)"
    r"|\bNIET (?:AFGESCHREVEN|BELAST|GELUKT)|\bNIE (?:OBCIAZON|POBRAN)"
    r"|\bNICHT (?:AKZEPTIERT|ANGENOMMEN|MOGLICH)|\bNOT ACCEPTED|\b(?:PAYMENT|TRANSACTION) FAILED"
)
_JOURNEY = re.compile(
    r"\b(?:TICKETS? TO|(?:RETURN|SINGLE|DAY|TRAIN|BUS|RAIL) (?:TICKET|FARE|TRIP|JOURNEY|FLIGHT)"
    r"|OUTBOUND|OUTWARD|FLIGHTS?|FAHRKARTE|FAHRSCHEIN|RUCKFAHRT|HINFAHRT|HIN UND|HIN-? ?(?:&|/)"
    r"|ALLER|VOLS?\b|BILLET|BIGLIETTO|ANDATA|BILLETE|IDA|BILHETE|TREINKAARTJE|ENKELE)\b"
)
"""A journey out and back: "return", "retour" say nothing of money there."""
_NO = re.compile(r"\bNO\b(?!\s*[.:#]|\W*\d)")
"""Not the "no" of "Refund no. 12"."""


class Direction(Struct, frozen=True, kw_only=True):
    """Whether the money goes `back` to the customer, and whether its way is in doubt."""

    back: bool = False
    doubtful: bool = False


FORTH = Direction()
"""A purchase, as nearly all receipts are."""


def direction(page: Sequence[Printed], rows: Sequence[AmountRow]) -> Direction:
    """Find the words of a refund or a void near the head and near the sums."""
    first = next((n for n, line in enumerate(page) if line.amounts), len(page))
    is_journey = any(_JOURNEY.search(_bare(line)) for line in page)
    said = ["" if is_journey and s == "return" else s for s in map(_said, page)]
    sums = {
        number
        for number, line in enumerate(page)
        if line.is_sum and line.roles & {"total", "payable", "paid", "sub"}
    }
    titles = {
        s for line, s in zip(page[:first], said, strict=False) if _words(line) <= MAX_TITLE_WORDS
    }
    named = {s for n, s in enumerate(said) if page[n].amounts and _is_the_total(n, rows)}
    beside = {
        said[number]
        for number in range(first, len(page))
        if not page[number].amounts
        and not any(map(str.isdigit, page[number].columns))
        and _words(page[number]) <= MAX_WORDS_BESIDE_A_SUM
        and sums & {number - 2, number - 1, number + 1, number + 2}
        and not any(_is_sentence(page[n]) for n in (number - 1, number + 1) if 0 <= n < len(page))
    }
    void = "void" in titles | named or _is_void(page, said, first, min(sums, default=first))
    back = bool({"refund", "return"} & (titles | named | beside))
    mixed = len({row.value > 0 for row in rows if row.last and row.value}) > 1
    on_a_sum = {said[number] for number in sums if _is_the_total(number, rows)}
    clear = "refund" in titles | named or "return" in on_a_sum
    return Direction(back=back, doubtful=void or (back and (mixed or not clear)))


def _bare(line: Printed) -> str:
    """The line in capitals without accents."""
    bare = unicodedata.normalize("NFKD", line.columns).upper()
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _said(line: Printed) -> str:
    """What a line says about the direction: "void", "refund", "return", or nothing."""
    bare = _bare(line)
    if _NOT_CHARGED.search(bare):
        return "void"
    if _NO.search(bare) or "policy" in line.roles:
        return ""
    if _CREDIT_NOTE.search(bare):
        return "refund"
    return next((role for role in ("void", "refund", "return") if role in line.roles), "")


def _words(line: Printed) -> int:
    return len(lexicon.tokens(line.columns))


def _is_sentence(line: Printed) -> bool:
    """Whether a line without amounts runs on, or is one of the rules on returns."""
    return not line.amounts and ("policy" in line.roles or _words(line) > MAX_TITLE_WORDS)


def _is_void(page: Sequence[Printed], said: Sequence[str], first: int, sums: int) -> bool:
    """Whether a line of its own says so. Among the items it concerns one of them alone."""
    return any(
        said[number] == "void" and not line.amounts and _words(line) <= MAX_TITLE_WORDS
        for number, line in enumerate(page)
        if number < first or number > sums
    )


def _is_the_total(number: int, rows: Sequence[AmountRow]) -> bool:
    """Whether the last amount on a line is, but for its sign, what the paper calls the total.

    Taxes that come back, change, and credits of some other amount are no refund.
    """
    row = next(row for row in reversed(rows) if row.line == number)
    if row.roles & {"tax", "change", "discount", "balance", "quantity"}:
        return False
    totals = {abs(one.value) for one in rows if "total" in one.roles and "sub" not in one.roles}
    value = abs(row.value)
    paid = {abs(one.value) for one in rows if "paid" in one.roles and one is not row}
    if "total" not in row.roles and any(one - value in totals for one in paid if one > value):
        return False
    return bool(value) and (value in totals or not totals)


def given_back(receipt: Receipt) -> Receipt:
    """The receipt of a refund, with minuses at its other amounts too, however they are printed."""
    return replace(
        receipt,
        subtotal=None if receipt.subtotal is None else -receipt.subtotal,
        paid=None if receipt.paid is None else -receipt.paid,
        taxes=tuple(replace(tax, amount=-tax.amount) for tax in receipt.taxes),
        line_items=tuple(
            replace(item, total=None if item.total is None else -abs(item.total))
            for item in receipt.line_items
        ),
    )
