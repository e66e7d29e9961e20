"""How pages speak: texts in the reader's language, and numbers, shares and days as they are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any, Final

from flask import request
from markupsafe import Markup, escape

from tracegraph import countries
from tracegraph.messages import Message
from tracegraph.render import incident_words, words
from tracegraph.translate import LANGUAGES, Translator
from tracegraph.vocabulary import Status
from tracegraph_api.context import translator

#: Cookie with the language that a reader chose.
LANG_COOKIE: Final = "lang"
DEFAULT: Final = "sv"
_THIN: Final = "\N{NO-BREAK SPACE}"
#: The closed lists of words, as a person reads them.
_WORDS: Final[Mapping[Any, str]] = {
    **words.STATUS,
    **words.GRADE,
    **words.CERTAINTY,
    **words.INCIDENT_STATUS,
    **incident_words.CHANGE,
    **words.INDICATOR,
    **words.LABEL,
    **words.SERVICE,
    **words.SOURCING,
}


def choose_language() -> None:
    """Let this request be answered in the reader's language, wherever its text comes from.

    That is the one they chose; else Swedish, unless their browser asks for English and not for Swedish. It is put where
    the rest of the program looks for it, a question that is answered later included.
    """
    chosen = request.cookies.get(LANG_COOKIE)
    if chosen not in LANGUAGES:
        asked = {tag[:2].lower() for tag, quality in request.accept_languages if quality > 0}
        chosen = "en" if "en" in asked and DEFAULT not in asked else DEFAULT
    request.environ["HTTP_ACCEPT_LANGUAGE"] = chosen
    vars(request).pop("accept_languages", None)


def say(text: str, /, **values: Any) -> Markup:
    """Return a text of the catalogue with its places filled in; in templates: ``_``.

    Values are escaped unless they are markup; whole numbers are written as numbers are; so an id or a year is given as
    a text.
    """
    lang = translator().lang
    return filled(said(text, lang), lang, **values) if values else said(text, lang)


@cache
def said(text: str, lang: str) -> Markup:
    """Return a text of the catalogue, escaped; there are as many as the catalogue has."""
    return escape(Translator(lang).text(text))


def filled(text: Markup, lang: str, /, **values: Any) -> Markup:
    """Return what `said` returned with its places filled in, as `say` does."""
    parts = _parts(text)
    if parts is None:
        return text.format(**{name: _shown(value, lang) for name, value in values.items()})
    return Markup("".join([part if name is None else escape(_shown(values[name], lang)) for part, name in parts]))


@cache
def _parts(text: Markup) -> tuple[tuple[str, str | None], ...] | None:
    """Return the parts of a text that stand as they are, and the names of its places; None: its places have forms."""
    parts: list[tuple[str, str | None]] = []
    for literal, name, form, conversion in Formatter().parse(str(text)):
        parts.append((literal, None))
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            return None
        parts.append(("", name))
    return tuple(parts)


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, Message):
        return Translator(lang).say(value)
    return _number(value, 0, lang) if _is_whole(value) else value


def plural(one: str, many: str, n: int, /, **values: Any) -> Markup:
    """Return the text for this number; both texts may use the place ``{n}``."""
    return say(one if n == 1 else many, n=n, **values)


def message(said: Message) -> str:
    """Return a message of the library in the reader's language."""
    return translator().say(said)


def number(value: float, decimals: int = 0) -> str:
    """Return a number: 1 234,5 in Swedish, 1,234.5 in English."""
    return _number(value, decimals, translator().lang)


def _number(value: float, decimals: int, lang: str) -> str:
    written = f"{value:,.{decimals}f}"
    if lang != "sv":
        return written
    return written.replace(",", _THIN).replace(".", ",")


def decimals_of(value: float) -> int:
    """Return with how many decimals a number is stated; a trailing zero is not kept anywhere."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def as_stated(value: float) -> str:
    """Return a number with the decimals that it is stated with."""
    return number(value, decimals_of(value))


def share(low: float | None, high: float | None = None) -> str:
    """Return a share (0 to 1) or an interval of shares: ``12–40 %``; not known is said, and is never 0 %."""
    if low is None and high is None:
        return str(say("not known"))
    low = 0.0 if low is None else low
    high = low if high is None else high
    percent = f"{_THIN}%" if translator().lang == "sv" else "%"
    first, last = _percent(low), _percent(high)
    return f"{first}{percent}" if first == last else f"{first}–{last}{percent}"


def _percent(value: float) -> str:
    """Return a share as a number of percent; what is above 0 never becomes 0, nor what is below 1 becomes 100."""
    points = value * 100
    if 0 < points < 1 or 99 < points < 100:
        return number(max(0.01, min(99.99, points)), 2 if points < 0.1 or points > 99.9 else 1)
    return number(points)


def day(moment: str | None) -> str:
    """Return the day of a day or moment: ``2019-02-19``."""
    return moment[:10] if moment else str(say("not known"))


def minute(moment: str | None) -> str:
    """Return a moment to the minute, in UTC: ``2019-02-19 12:00 UTC``."""
    if not moment or len(moment) < 16:
        return day(moment)
    return f"{moment[:10]}{_THIN}{moment[11:16]}{_THIN}UTC"


def word(value: str) -> Markup:
    """Return a word of a closed list (a status, a grade, a kind of node) as a person reads it."""
    return word_in(value, translator().lang)


def word_in(value: str, lang: str) -> Markup:
    """Return a word of a closed list in a language."""
    return said(_WORDS[value], lang)


def reads(status: str) -> Markup:
    """Return what a status of the four answers means, in a few words."""
    return say(words.STATUS_READS[Status(status)])


def country(code: str) -> str:
    """Return what a country is called."""
    return countries.name(code, translator().lang)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
