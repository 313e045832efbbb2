"""Corrects misread letters in names and addresses, by a list of common words.

A word is corrected only if exchanging letters of similar shape, or in a long word any one letter,
makes it one of the words that shops and streets all over a country share. A merchant's own words
are not on the list, and stay as they were read.
"""

from functools import cache, lru_cache

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
    # Words in the names of shops.
    " restaurant restaurants restoran enterprise enterprises trading marketing stationery hardware"
    " electrical electronics pharmacy bakery bakeries market supermarket hypermarket minimarket"
    " mart service services holdings international industries company corporation limited"
    " confectionery furniture bookstore books fashion optical clinic hotel coffee kitchen bistro"
    " seafood foods store stores kedai pasaraya perniagaan syarikat apotheke bäckerei metzgerei"
    " drogerie tankstelle supermarkt"
)
COMMON = frozenset(WORDS.upper().split())
"""The same in capitals."""
_SHAPES = str.maketrans("ODQ1TLJ|!5$8&62WHNYU", "000IIIIIISSBBGZMMMVV")
"""Letters of similar shape, which engines confuse, mapped to one character for each shape."""

SURE = 0.95
"""From this confidence on a word counts as read correctly."""

MIN_LETTERS = 3
"""The fewest letters of a word in which letters of similar shape are exchanged."""

MIN_LETTERS_IF_SURE = 5
"""The same if the engine was sure of the word: neural networks are often sure and wrong."""

MIN_LETTERS_FOR_EDIT = 6
"""The fewest letters of a word in which one letter of any shape is exchanged, added or dropped."""

MIN_LETTERS_FOR_EDIT_IF_SURE = 8
"""The same if the engine was sure of the word."""

MAX_SCRAP_LETTERS, MAX_SCRAP_CONFIDENCE = 2, 0.5
"""A scrap at the end of a line has at most so many letters, read with less confidence. It is dirt,
a fold, or the edge of a logo."""


@lru_cache(maxsize=32)
def correct_spelling(line: Line) -> Line:
    """Correct the words of a line, and remove scraps at its ends."""
    words = list(line.words)
    while len(words) > 1 and _is_scrap(words[-1]):
        words.pop()
    while len(words) > 1 and _is_scrap(words[0]):
        words.pop(0)
    return Line(tuple(_corrected(word) for word in words))


def _is_scrap(word: Word) -> bool:
    letters = [letter for letter in word.text if letter.isalnum()]
    return (
        len(letters) <= MAX_SCRAP_LETTERS
        and word.confidence < MAX_SCRAP_CONFIDENCE
        and not any(map(str.isdigit, letters))
    )


def _corrected(word: Word) -> Word:
    bare = word.text.strip(".,:;()[]&-'\"")
    token = bare.upper()
    known = known_word(token)
    if known is None:
        return word
    same_shape = known.translate(_SHAPES) == token.translate(_SHAPES)
    if word.confidence >= SURE and not (
        (same_shape and len(token) >= MIN_LETTERS_IF_SURE) or _is_no_spelling(token, known)
    ):
        return word
    as_printed = known if sum(map(str.isupper, bare)) > len(bare) / 2 else known.capitalize()
    return replace(word, text=word.text.replace(bare, as_printed, 1))


def _is_no_spelling(token: str, known: str) -> bool:
    """Whether one letter inside a long word differs, and not only a vowel, as people spell it."""
    if len(token) != len(known) or len(known) < MIN_LETTERS_FOR_EDIT_IF_SURE:
        return False
    at = next(i for i, letter in enumerate(known) if token[i] != letter)
    return 0 < at < len(known) - 1 and not {token[at], known[at]} <= set("AEIOUY")


@cache
def known_word(token: str) -> str | None:
    """The known word that `token`, in capitals, was misread from.

    None if it is a known word itself, or if it may be none or several of them.
    """
    if token in COMMON or len(token) < MIN_LETTERS:
        return None
    shape = token.translate(_SHAPES)
    found = {known for known in COMMON if known.translate(_SHAPES) == shape}
    if not found and len(token) >= MIN_LETTERS_FOR_EDIT:
        found = {k for k in COMMON if len(k) >= MIN_LETTERS_FOR_EDIT and within_one_edit(token, k)}
    return found.pop() if len(found) == 1 else None
