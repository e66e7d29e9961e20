"""One resolver of countries: codes and names, in Swedish and English, to ISO 3166-1 alpha-2.

Never a guess: a text is a code, a name that the standard or CLDR lists, one of a few further names that real lists
use, or it is unknown. The tables are built at the first question, so that importing this module costs little.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import pycountry
from babel import Locale

#: In use by the European Union and CLDR; ISO 3166-1 leaves the code to its users.
KOSOVO: Final = "XK"

#: Names in use that neither table has: older ones, shorter ones, and the order of words that lists prefer.
_FURTHER: Final = {
    "Amerikas förenta stater": "US",
    "Burma": "MM",
    "Cape Verde": "CV",
    "Congo Brazzaville": "CG",
    "Congo Kinshasa": "CD",
    "Czech": "CZ",
    "Democratic Republic of Congo": "CD",
    "Democratic Republic of the Congo": "CD",
    "DR Congo": "CD",
    "East Timor": "TL",
    "England": "GB",
    "Folkrepubliken Kina": "CN",
    "Förenade kungariket": "GB",
    "Förenta staterna": "US",
    "Great Britain": "GB",
    "Holland": "NL",
    "Hongkong": "HK",
    "Ivory Coast": "CI",
    "Korea": "KR",  # supplier lists mean the republic; the north is spelled out in all that were seen
    "Macau": "MO",
    "Macedonia": "MK",
    "Northern Ireland": "GB",
    "Palestine": "PS",
    "Republic of Ireland": "IE",
    "Republiken Korea": "KR",
    "Russia": "RU",
    "Scotland": "GB",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "UAE": "AE",
    "UK": "GB",
    "Vatican": "VA",
    "Vitryssland": "BY",
    "Wales": "GB",
}

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NO_LETTER = re.compile(r"[^\w]+|_+")
_LANGUAGES: Final = ("en", "sv")


@lru_cache(maxsize=8192)
def resolve(text: str) -> str | None:
    """Return the alpha-2 code of a country.

    Parameters
    ----------
    text : str
        An alpha-2, alpha-3 or three-digit code (in one case: ``se`` or ``SE``, not ``Se``), or a name in Swedish or
        English; case, punctuation, brackets and the order round a comma do not matter.

    Returns
    -------
    str or None
        None when the text is no country that is known: withdrawn countries are not, and nothing is guessed.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    code = _codes().get(plain.upper()) if plain.isdigit() or plain.isupper() or plain.islower() else None
    return code or _by_name(plain) or _by_parts(plain)


def name(alpha2: str, language: str = "en") -> str:
    """Return a country's name in a language (``sv`` or ``en``); the code itself where there is none."""
    return _territories(language).get(alpha2, alpha2)


def nearest(text: str) -> str | None:
    """Return the known name most like a text that does not resolve, to suggest it; None when none is like it."""
    found = difflib.get_close_matches(_key(text), _names(), n=1, cutoff=0.75)
    return name(_names()[found[0]], _language_of(found[0])) if found else None


@cache
def alpha2_codes() -> frozenset[str]:
    """Return every code that `resolve` may answer."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | {KOSOVO}


def _by_name(text: str) -> str | None:
    return _names().get(_key(text))


def _by_parts(text: str) -> str | None:
    """Resolve ``Turkey (Türkiye)``, where all parts name one country, ``Korea, Republic of``, and ``U.S.A.``."""
    inside = [part for part in _BRACKETS.findall(text) if part]
    if inside:
        outside = _BRACKETS.sub(" ", text).strip()
        codes = {_by_name(part) for part in (outside, *inside)}
        return codes.pop() if len(codes) == 1 else None
    before, comma, after = (part.strip() for part in text.partition(","))
    if not comma:
        return _by_name(text.replace(".", "")) if "." in text else None  # "U.S.A."
    return _by_name(f"{after} {before}") or _by_both(before, after)


def _by_both(one: str, other: str) -> str | None:
    code = _by_name(one)
    return code if code == _by_name(other) else None


def _key(text: str) -> str:
    """Return a name without case, punctuation and brackets."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _NO_LETTER.sub(" ", folded).strip()


def _without_accents(key: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", key) if not unicodedata.combining(sign))


@cache
def _codes() -> dict[str, str]:
    codes = {KOSOVO: KOSOVO}
    for country in pycountry.countries:
        codes |= dict.fromkeys((country.alpha_2, country.alpha_3, country.numeric), country.alpha_2)
    return codes


@cache
def _names() -> dict[str, str]:
    """Code by name as `_key` writes it, with its accents and without them."""
    listed = {_key(text): code for text, code in _listed_names() if _key(text)}
    return {_without_accents(key): code for key, code in listed.items()} | listed


def _listed_names() -> Iterator[tuple[str, str]]:
    yield from _FURTHER.items()
    for language in _LANGUAGES:
        for code, text in _territories(language).items():
            yield text, code
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if listed := getattr(country, field, None):
                yield listed, country.alpha_2


def _language_of(key: str) -> str:
    """Return the language in which a name was listed, English first."""
    english, swedish = ({_key(text) for text in _territories(language).values()} for language in _LANGUAGES)
    return "sv" if key in swedish - english else "en"


@cache
def _territories(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {code: territories[code] for code in sorted(alpha2_codes()) if code in territories}
