"""Messages in the reader's language, from gettext catalogues that are compiled in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel.messages.pofile import read_po

from tracegraph.messages import Message

LANGUAGES: Final = ("en", "sv")


class Translator:
    """Says texts in one language; a text without a translation is said in English.

    Parameters
    ----------
    lang : str
        ``en`` or ``sv``.
    """

    def __init__(self, lang: str = "en") -> None:
        self.lang = lang if lang in LANGUAGES else "en"
        self._catalogue = _catalogue(self.lang)

    def text(self, text: str, /, **values: Any) -> str:
        """Return an English text in this language, with its places filled in."""
        said = self._catalogue.get(text, text)
        shown = {name: self.value(value) for name, value in values.items()}
        return said.format(**shown) if shown else said

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """Return the text for this number; both texts may use the place ``{n}``."""
        return self.text(one if n == 1 else many, **{"n": n, **values})

    def say(self, message: Message) -> str:
        """Return a message in this language."""
        return self.text(message.text, **message.values)

    def value(self, value: Any) -> Any:
        """Return the value for a place: messages in this language, whole numbers grouped, the rest as it is."""
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
            return Grouped(value)
        return value

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number as it is written in this language."""
        return _written(f"{value:,.{decimals}f}", self.lang)


class Grouped(int):
    """A number that is written with its thousands apart, unless the text asks for another form."""

    def __format__(self, form: str) -> str:
        """Return the number with thin groups of three."""
        return format(int(self), form) if form else f"{int(self):,}".replace(",", "\N{NO-BREAK SPACE}")


def _written(english: str, lang: str) -> str:
    if lang != "sv":
        return english.replace(",", "\N{NO-BREAK SPACE}")
    return english.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


@cache
def _catalogue(lang: str) -> Mapping[str, str]:
    """Return the translations by English text; English is its own catalogue."""
    if lang == "en":
        return {}
    path = files("tracegraph") / "locale" / lang / "LC_MESSAGES" / "tracegraph.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=lang) if entry.id and entry.string}
