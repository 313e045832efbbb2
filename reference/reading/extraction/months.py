"""The months' names in eleven languages, as engines read them: without accents, cut short."""

import unicodedata
from functools import cache

_NAMES = (
    "january januari jänner janvier enero gennaio janeiro styczeń stycznia leden ledna január",
    "february februar février febrero febbraio fevereiro februari luty lutego únor února február",
    "march märz mars marzo março maart marzec marca březen března mrz mrt március",
    "april avril abril aprile kwiecień kwietnia duben dubna április",
    "may mai mayo maggio maio mei maj maja květen května május",
    "june juni juin junio giugno junho czerwiec czerwca červen června június čvn",
    "july juli juillet julio luglio julho lipiec lipca červenec července július čvc",
    "august août agosto augustus augusti sierpień sierpnia srpen srpna aout augusztus",
    "september septembre septiembre setiembre settembre setembro wrzesień września září szeptember",
    "october oktober octobre octubre ottobre outubro październik października říjen října október",
    "november novembre noviembre novembro listopad listopada listopadu",
    "december dezember décembre diciembre dicembre dezembro grudzień grudnia prosinec prosince",
)
"""English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish, Czech,
Hungarian."""

_ALSO_WORDS = "ago gen led lip list lug mag out pro set sie"  # codespell:ignore
ALSO_WORDS = frozenset(_ALSO_WORDS.split())
"""Short forms that are English words too: with a year of two digits they are no month."""

SHORTEST = 3
"""The fewest letters of a name that is cut short."""


def folded(word: str) -> str:
    """The word in small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.lower().replace("ł", "l"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_MONTHS = {
    folded(name): number for number, names in enumerate(_NAMES, start=1) for name in names.split()
}


@cache
def month_of(word: str) -> int | None:
    """The month, 1 to 12, that a word names; None if it names none, or may be cut from several."""
    word = folded(word)
    if word in _MONTHS:
        return _MONTHS[word]
    if len(word) < SHORTEST:
        return None
    found = {number for name, number in _MONTHS.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else None
