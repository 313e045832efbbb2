"""The invented merchants' names and goods, by trade and language."""

from typing import Literal

import msgspec

Trade = Literal["supermarket", "restaurant", "petrol", "pharmacy", "taxi", "parking", "invoice"]
Unit = Literal["piece", "kg", "litre", "km", "hour"]

TRADES: tuple[Trade, ...] = (
    "supermarket", "restaurant", "petrol", "pharmacy", "taxi", "parking", "invoice",
)  # fmt: skip

MERCHANTS: dict[Trade, dict[str, tuple[str, ...]]] = {
    "supermarket": {
        "en": ("ALDERFINCH GROCERS", "GREENSTILE MARKET", "PENNYWELL FOODS", "HARVEST LARK"),
        "de": ("MARKTKORB LINDE", "FRISCHHOF AMSEL", "KORNBLUME MARKT", "TALER & SOHN"),
    },
    "restaurant": {
        "en": ("The Copper Heron", "Saffron Kettle", "Blue Otter Kitchen", "Noodle Lantern"),
        "de": ("Gasthaus Nordlicht", "Zur Alten Mühle", "Café Wolkenstein", "Osteria Fenchel"),
    },
    "petrol": {
        "en": ("PETREL FUELS", "KESTREL ENERGY", "ROADSTAR SERVICE"),
        "de": ("FALKE TANKSTELLE", "NORDPOL ENERGIE", "RASTHOF EICHE"),
    },
    "pharmacy": {
        "en": ("Quillfeather Pharmacy", "Willowbark Chemist", "Greyling Drugstore"),
        "de": ("Birken-Apotheke", "Apotheke am Brunnen", "Schwanen-Apotheke"),
    },
    "taxi": {
        "en": ("METRO LARK CABS", "BADGER TAXI CO", "COMET CARS"),
        "de": ("TAXI-RUF KRANICH", "FUNKTAXI DACHS", "TAXI MERKUR"),
    },
    "parking": {
        "en": ("Oakgate Car Park", "Harbour Deck Parking", "Centrepoint Parking"),
        "de": ("Parkhaus Am Theater", "Tiefgarage Rathaus", "Parkhaus Hafen"),
    },
    "invoice": {
        "en": ("Inkwell & Quire Ltd", "Bramley Office Supply", "Tandem Cycle Works"),
        "de": ("Papierhaus Reiher", "Bürobedarf Specht", "Fahrradwerk Tandem"),
    },
}


class Good(msgspec.Struct, frozen=True):
    """An article on sale: `cents` is the base price of one `unit`; `rate` indexes tax_rates.

    `note` (English, German) may be printed on a line of its own under the name.
    """

    en: str
    de: str
    cents: int
    rate: int = 0
    unit: Unit = "piece"
    note: tuple[str, str] = ("", "")

    def name(self, language: str) -> str:
        """Return the name printed in this language."""
        return self.de if language == "de" else self.en


GOODS: dict[Trade, tuple[Good, ...]] = {
    "supermarket": (
        Good("WHOLE MILK 1L", "VOLLMILCH 1L", 129, 1),
        Good("SOURDOUGH LOAF", "BAUERNBROT 750G", 349, 1),
        Good("FREE RANGE EGGS X10", "EIER FREILAND 10ER", 329, 1),
        Good("BANANAS LOOSE", "BANANEN LOSE", 179, 1, "kg"),
        Good("VINE TOMATOES", "RISPENTOMATEN", 299, 1, "kg"),
        Good("CHEDDAR MATURE", "BERGKÄSE", 1690, 1, "kg"),
        Good("GROUND COFFEE 500G", "KAFFEE GEMAHLEN 500G", 699, 1),
        Good("PENNE RIGATE 500G", "PENNE RIGATE 500G", 119, 1),
        Good("OLIVE OIL 0.75L", "OLIVENÖL 0,75L", 849, 1),
        Good("SPARKLING WATER 6PK", "MINERALWASSER 6ER", 294),
        Good("DISH SOAP LEMON", "SPÜLMITTEL ZITRONE", 145),
        Good("PAPER TOWELS 4 ROLLS", "KÜCHENROLLEN 4ER", 325),
        Good("DARK CHOCOLATE 100G", "ZARTBITTER 100G", 219, 1),
        Good("RED WINE RESERVA", "ROTWEIN RESERVA", 599),
        Good("TOOTHPASTE MINT", "ZAHNPASTA MINZE", 185),
        Good("GREEK YOGURT 1KG", "JOGHURT GRIECH. 1KG", 389, 1),
    ),
    "restaurant": (
        Good("Tomato Soup", "Tomatensuppe", 650),
        Good("Caesar Salad", "Blattsalat mit Kernen", 890, note=("no croutons", "ohne Croûtons")),
        Good("Mushroom Risotto", "Pilzrisotto", 1590),
        Good("Grilled Sea Bass", "Zanderfilet gebraten", 2390, note=("no butter", "ohne Butter")),
        Good(
            "Beef Burger, fries",
            "Wiener Schnitzel",
            1750,
            note=("medium, extra bacon", "mit Pommes statt Kartoffeln"),
        ),
        Good("Lasagne", "Käsespätzle", 1420, note=("extra parmesan", "extra Röstzwiebeln")),
        Good("Apple Crumble", "Apfelstrudel", 690),
        Good("Sparkling Water 0.5", "Mineralwasser 0,5", 450),
        Good("House Red 0.2", "Hauswein rot 0,2", 680),
        Good("Lager 0.5", "Helles 0,5", 490),
        Good("Espresso", "Espresso", 290),
        Good("Flat White", "Cappuccino", 390, note=("oat milk", "Hafermilch")),
    ),
    "petrol": (
        Good("UNLEADED 95", "SUPER E10", 173, 0, "litre"),
        Good("DIESEL", "DIESEL", 165, 0, "litre"),
        Good("PREMIUM 98", "SUPER PLUS", 189, 0, "litre"),
    ),
    "pharmacy": (
        Good(
            "Ibuprofen 400mg x20",
            "Ibuprofen 400mg 20 St",
            549,
            note=("LOT 7731K Exp 11/2027", "Ch.-B. 7731K Verw. bis 11/2027"),
        ),
        Good("Nasal Spray 10ml", "Nasenspray 10ml", 495, note=("Exp 03/2028", "Verw. bis 03/2028")),
        Good(
            "Cough Syrup 200ml", "Hustensaft 200ml", 879, note=("Exp 08/2027", "Verw. bis 08/2027")
        ),
        Good("Plasters Assorted", "Pflaster Sortiment", 389),
        Good(
            "Vitamin D3 1000 IU",
            "Vitamin D3 1000 I.E.",
            1245,
            note=("Exp 12/2028", "Verw. bis 12/2028"),
        ),
        Good("Sun Cream SPF50", "Sonnencreme LSF 50", 1690),
        Good("Thermometer digital", "Fieberthermometer", 995),
        Good("Hand Cream 75ml", "Handcreme 75ml", 445),
    ),
    "taxi": (
        Good("Initial fare", "Grundpreis", 430),
        Good("Distance", "Fahrstrecke", 240, 0, "km"),
        Good("Airport surcharge", "Flughafenzuschlag", 500),
        Good("Luggage", "Gepäck", 100),
    ),
    "parking": (Good("Parking", "Parkgebühr", 280, 0, "hour"),),
    "invoice": (
        Good(
            "Copy paper A4 80g, box",
            "Kopierpapier A4 80g, Karton",
            2490,
            note=("recycled, white, 2,500 sheets", "recycelt, weiß, 2500 Blatt"),
        ),
        Good("Ballpoint pens, pack of 12", "Kugelschreiber, 12er-Pack", 795),
        Good("Ring binder A4 blue", "Ordner A4 blau", 349),  # codespell:ignore ordner
        Good(
            "Desk lamp LED 8 W",
            "Schreibtischlampe LED 8 W",
            4590,
            note=("delivered to reception", "Lieferung Empfang"),
        ),
        Good(
            "Brake pads, pair",
            "Bremsbeläge, Paar",
            1890,
            note=("fitted, old pads recycled", "montiert, Altteile entsorgt"),
        ),
        Good("Inner tube 28 inch", "Schlauch 28 Zoll", 690),
        Good("Labour, hourly rate", "Arbeitszeit, Stundensatz", 5800, 0, "hour"),
        Good(
            "Toner cartridge black",
            "Tonerkartusche schwarz",
            6990,
            note=("Batch 2026-02", "Charge 2026-02"),
        ),
    ),
}
