"""The words on a receipt, in English and German."""

import msgspec


class Words(msgspec.Struct, frozen=True):
    """The words of one language; a tuple where receipts vary."""

    total: tuple[str, ...]
    subtotal: str
    net: str
    gross: str
    tax: str
    incl: str
    discount: str
    service: str
    rounding: str
    cash: str
    change: str
    card: tuple[str, ...]
    date: str
    time: str
    receipt: str
    invoice: str
    table: str
    cashier: str
    phone: str
    pump: str
    entry: str
    exit: str
    driver: str
    quantity: str
    price: str
    description: str
    amount: str
    saved: str
    points: str
    points_valid: str
    items: str
    bill_to: str
    due: str
    thanks: tuple[str, ...]
    returns: str


WORDS = {
    "en": Words(
        total=("TOTAL", "TOTAL", "Total", "TOTAL DUE", "Amount Due", "GRAND TOTAL"),
        subtotal="Subtotal",
        net="Net",
        gross="Gross",
        tax="Tax",
        incl="incl.",
        discount="Discount",
        service="Service charge",
        rounding="Rounding",
        cash="CASH",
        change="CHANGE",
        card=("VISA", "MASTERCARD", "DEBIT CARD", "CARD"),
        date="Date",
        time="Time",
        receipt="Receipt",
        invoice="INVOICE",
        table="Table",
        cashier="Cashier",
        phone="Tel",
        pump="Pump",
        entry="Entry",
        exit="Paid",
        driver="Driver",
        quantity="Qty",
        price="Price",
        description="Description",
        amount="Amount",
        saved="You saved today",
        points="Points earned",
        points_valid="Points valid until",
        items="Items",
        bill_to="Bill to",
        due="Payment received with thanks. Order of",
        thanks=("Thank you for your visit!", "THANK YOU - COME AGAIN"),
        returns="Returns within 30 days with this receipt.",
    ),
    "de": Words(
        total=("SUMME", "SUMME", "Gesamtbetrag", "GESAMT", "Zu zahlen", "TOTAL"),
        subtotal="Zwischensumme",
        net="Netto",
        gross="Brutto",
        tax="Steuer",
        incl="inkl.",
        discount="Rabatt",
        service="Bedienung",
        rounding="Rundung",
        cash="BAR",
        change="RÜCKGELD",
        card=("girocard", "EC-KARTE", "VISA", "MASTERCARD"),
        date="Datum",
        time="Uhrzeit",
        receipt="Beleg",
        invoice="RECHNUNG",
        table="Tisch",
        cashier="Kasse",
        phone="Tel.",
        pump="Säule",
        entry="Einfahrt",
        exit="Bezahlt",
        driver="Fahrer",
        quantity="Menge",
        price="Preis",
        description="Bezeichnung",
        amount="Betrag",
        saved="Sie sparen heute",  # codespell:ignore sie
        points="Punkte gesammelt",
        points_valid="Punkte gültig bis",
        items="Artikel",
        bill_to="Rechnung an",
        due="Betrag dankend erhalten. Bestellung vom",
        thanks=("Vielen Dank für Ihren Besuch!", "DANKE UND AUF WIEDERSEHEN"),
        returns="Umtausch innerhalb von 14 Tagen mit Bon.",
    ),
}
