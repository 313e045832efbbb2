"""The words that name lines of a receipt, even with a misread letter.

English and German, and the commonest of French, Spanish, Italian, Portuguese, Dutch and Polish.
"""

import re
from functools import cache, lru_cache

WORDS = {
    "total": "total totals totale totaal summe gesamt gesamtbetrag gesamtsumme endsumme endbetrag"
    " betrag rechnungsbetrag amount amt jumlah montant importe importo totaal suma razem celkem"
    " összesen osszesen ukupno",
    "payable": "payable due grand nett net final rounded zahlen zahlbetrag zahlung pay",
    "sub": "sub subtotal zwischensumme netto nettobetrag excl excluding exclusive exc before"
    " taxable supplies sous subtotale imponibile subtotaal",
    "incl": "incl including inclusive inc inkl inklusive enthalten brutto ttc",
    "tax": "tax taxes gst vat sst hst pst mwst ust umsatzsteuer steuer tva iva tps"
    " tvq btw moms dph",
    "rounding": "rounding round rundung adj adjustment",
    "paid": "cash bar barzahlung paid tender tendered received gegeben erhalten visa mastercard"
    " master card debit credit girocard maestro amex payment paypal nets ec kartenzahlung"
    " karte bancomat tarjeta efectivo contanti multibanco kartou espèces especes cb"
    " tunai gotówka gotowka kontant pin kort bankkort dankort eftpos knet kartu carta",
    "change": "change rückgeld ruckgeld wechselgeld zurück rendu"
    " monnaie wisselgeld reszta troco kembali kembalian",
    "discount": "discount disc rabatt saving savings voucher coupon gutschein nachlass less",
    "quantity": "qty quantity items item pcs menge anzahl count",
    "service": "service svc charge tip trinkgeld gratuity",
    "heading": "description desc price preis unit uom artikel bezeichnung code qty amount summary",
    "balance": "points balance deposit point earned",
    # Money that goes back: by a word that means nothing else, and by one that may.
    "refund": "refund refunded reversal reversed gutschrift gutschriftsbeleg retoure storno"
    " stornobeleg sofortstorno erstattung rückerstattung rueckerstattung rückzahlung erstattet"
    " erstattungsbetrag warenrückgabe remboursement remboursé rembourse remboursée reembolso"
    " reembolsado devolución devolução devolucao rimborso rimborsato estorno estornado"
    " terugbetaling terugbetaald creditnota zwrot zwrócono vrácení dobropis returköp"
    " återbetalning tilbagebetaling refusjon visszatérítés",
    "return": "return returned retour retouren avoir abono reintegro reso restituzione teruggave"
    " restitutie korekta korygująca korygujaca rückgabe rücknahme retourné",
    # Money that did not move.
    "void": "void voided cancelled canceled declined rejected refused unsuccessful storniert"
    " annulliert abgelehnt abgebrochen ungültig fehlgeschlagen refusé refusée refusee annulé"
    " annulée annulee annulation rechazado rechazada denegado denegada anulado anulada cancelado"
    " cancelada negata"
    " rifiutato rifiutata annullato annullata annullo respinta recusado recusada geweigerd"
    " geannuleerd afgewezen odrzucono odrzucona odmowa anulowano anulowana anulacja"
    " anulación cancelación anulação cancelamento"
    " annullamento annulering annullering stornováno zamítnuto nekad avvist afvist",
    # Words of the rules on returns at the foot of any receipt.
    "policy": "within days day policy not non nor if only please keep exchange exchanges exchanged"
    " exchangeable or any all goods must accepted strictly without original valid conditions terms"
    " returns refunds refundable returnable avoid innerhalb tagen tage umtausch nur gegen ohne"
    " vorlage kein keine nicht ausgeschlossen binnen möglich sous jours échange échanges pas aucun"
    " sans dans cambios cambio días dias dentro sin plazo entro giorni cambi senza trocas troca"
    " prazo sem não nao ruilen dagen geen zonder dni dniach ciągu wymiana bez nie zwroty zwrotów"
    " devoluciones devoluções rimborsi resi deposit pfand leergut"
    " free gratis gratuite gratuita kostenlos kostenlose możliwa hasta até fino",
}
"""The words of each role. A word may have several roles; a line has the roles of all its words."""

_ROLES: dict[str, set[str]] = {}
for _role, _words in WORDS.items():
    for _word in _words.split():
        _ROLES.setdefault(_word.upper(), set()).add(_role)

_TOKEN = re.compile(r"[^\W\d_][^\W_]*|\d[^\W_]*[^\W\d_][^\W_]*")
_LIKE_LETTERS = str.maketrans("0158|$", "OISBIS")
MIN_MISREAD_LETTERS = 5
"""The fewest letters of a word in which one may be misread. Shorter words that differ in one letter
are too often different words."""


def tokens(text: str) -> list[str]:
    """The words of a text in capitals, with digits replaced by the letters that they resemble."""
    return [match.upper().translate(_LIKE_LETTERS) for match in _TOKEN.findall(text)]


@lru_cache(maxsize=2048)
def roles(text: str) -> frozenset[str]:
    """The roles of all words of a text: those of "TOTAI incl. GST" are total, incl and tax."""
    return frozenset(role for token in tokens(text) for role in _roles_of(token))


@cache
def _roles_of(token: str) -> frozenset[str]:
    exact = _ROLES.get(token)
    if exact is not None:
        return frozenset(exact)
    if len(token) < MIN_MISREAD_LETTERS:
        return frozenset()
    return frozenset(
        role
        for word, its_roles in _ROLES.items()
        if len(word) >= MIN_MISREAD_LETTERS and within_one_edit(token, word)
        for role in its_roles
    )


def within_one_edit(one: str, other: str) -> bool:
    """Whether changing, adding or dropping one letter turns one word into the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest = one[start + 1 :] if len(one) == len(other) else one[start:]
    return rest == other[start + 1 :]
