"""Words that names and addresses are made of, put right where an engine took a letter for another.

Only where nothing but a letter stands between it and a word that shops and streets all over a
country share; short words only if the engine doubted them. What is a merchant's own stays.
"""

from functools import cache

from msgspec.structs import replace

from reading.engine import Word
from reading.extraction.lexicon import within_one_edit
from reading.extraction.lines import Line

WORDS = (
    # Streets and places, English, Malay and German.
    "street road avenue lane drive boulevard square highway floor ground level basement building"
    " block centre center suite section park village garden gardens mall industrial shopping"
    " north south east west city town station airport"
    " jalan jln taman tmn bandar lorong persiaran kampung kawasan perindustrian seksyen bangunan"
    " lebuh lebuhraya wisma menara plaza mukim pusat dataran medan malaysia selangor johor bahru"
    " penang pinang perak pahang kedah melaka sabah sarawak kuala lumpur petaling jaya shah alam"
    " klang subang putrajaya darul ehsan singapore"
    " straße strasse platz allee gasse deutschland germany österreich schweiz"
    # What shops call themselves.
    " restaurant restaurants restoran enterprise enterprises trading marketing stationery hardware"
    " electrical electronics pharmacy bakery bakeries market supermarket hypermarket minimarket"
    " mart service services holdings international industries company corporation limited"
    " confectionery furniture bookstore books fashion optical clinic hotel coffee kitchen bistro"
    " seafood foods store stores kedai pasaraya perniagaan syarikat apotheke bäckerei metzgerei"
    " drogerie tankstelle supermarkt"
)
_KNOWN = tuple(WORDS.upper().split())
_ALIKE = str.maketrans("ODQ1TLJ|!5$8&62WHNYU", "000IIIIIISSBBGZMMMVV")
"""Letters that engines take for one another, each shape by one sign."""

SURE = 0.95
"""What an engine saw with this confidence it saw right."""

SHORTEST, UNMISTAKABLE, SHORTEST_EDITED = 3, 5, 6
"""Letters. From the first on like letters are exchanged, from the last on one of any kind. From the
second on like letters are exchanged in spite of an engine that felt sure, as networks often do."""

SCRAP, SCRAP_CONFIDENCE = 2, 0.5
"""Up to so many letters, with less confidence, at a line's end: dirt, a fold, a logo's edge."""


def put_right(line: Line) -> Line:
    """The line with its doubtful words put right, and without scraps at its ends."""
    words = list(line.words)
    while len(words) > 1 and _is_scrap(words[-1]):
        words.pop()
    while len(words) > 1 and _is_scrap(words[0]):
        words.pop(0)
    return Line(tuple(_word(word) for word in words))


def _is_scrap(word: Word) -> bool:
    letters = [sign for sign in word.text if sign.isalnum()]
    return (
        len(letters) <= SCRAP
        and word.confidence < SCRAP_CONFIDENCE
        and not any(map(str.isdigit, letters))
    )


def _word(word: Word) -> Word:
    bare = word.text.strip(".,:;()[]&-'\"")
    token = bare.upper()
    known = meant(token)
    if known is None:
        return word
    alike = len(token) >= UNMISTAKABLE and known.translate(_ALIKE) == token.translate(_ALIKE)
    if word.confidence >= SURE and not alike:
        return word
    as_printed = known if sum(map(str.isupper, bare)) > len(bare) / 2 else known.capitalize()
    return replace(word, text=word.text.replace(bare, as_printed, 1))


@cache
def meant(token: str) -> str | None:
    """The known word that a misread one in capitals must be; None if it is one, or could be two."""
    if token in _KNOWN or len(token) < SHORTEST:
        return None
    shape = token.translate(_ALIKE)
    found = {known for known in _KNOWN if known.translate(_ALIKE) == shape}
    if not found and len(token) >= SHORTEST_EDITED:
        found = {k for k in _KNOWN if len(k) >= SHORTEST_EDITED and within_one_edit(token, k)}
    return found.pop() if len(found) == 1 else None
