"""How wide a text is, where it is broken, and what of it may stand in a picture."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Letters by advance width in DejaVu Sans, in hundredths of an em, rounded up: the widest of the usual fonts, so that
#: what fits by it fits anywhere.
_LETTERS: Final = {
    28: "'ijl",
    32: " ,.IJ·\N{NO-BREAK SPACE}",
    36: "-/:;\\f|",
    40: "!()[]t",
    44: "r",
    48: '"',
    52: "*_`sz“”–",
    56: "?Lc",
    60: "FPkvxy",
    64: "$0123456789ESTYabdeghnopqu{}",
    68: "AKV",
    72: "BCRXZ",
    76: "HNU",
    80: "&DGOQ",
    84: "#+<=>^w~",
    88: "M",
    96: "%",
    100: "@Wm",
}
_WIDTHS: Final = {letter: width / 100 for width, letters in _LETTERS.items() for letter in letters}
_BOLD: Final = 1.2
_OTHER: Final = 1.0  # em: letters of other scripts; what is set wide in East Asia; signs
_GIANTS: Final = {
    "\N{TWO-EM DASH}": 2.0,
    "\N{THREE-EM DASH}": 3.0,
    "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}": 12.0,
}
_ELLIPSIS: Final = "…"
_MARKS: Final = 2  # accents on one letter, at most

#: Signs that XML cannot hold, and signs that turn the direction of what stands beside them.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WIDE_FORMS: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")  # whole words as one sign
_BLANKS: Final = re.compile("[^\\S\N{NO-BREAK SPACE}]+")
_STACKED: Final = re.compile(f"([\u0300-\u036f]{{{_MARKS}}})[\u0300-\u036f]+")


def clean(text: str) -> str:
    """Return a text as it may stand in a picture: one line, nothing that XML forbids or that turns its neighbours."""
    plain = _TURNING.sub("", _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
    plain = _WIDE_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found.group()), plain)
    return _BLANKS.sub(" ", _STACKED.sub(r"\1", plain)).strip()


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at most, in pixels, in any usual sans-serif font of a size in pixels."""
    ems = sum(_em(sign) for sign in text)
    return ems * size * (_BOLD if bold else 1)


def _em(sign: str) -> float:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    if unicodedata.combining(sign):
        return 0
    return _WIDTHS.get(unicodedata.normalize("NFD", sign)[0], _GIANTS.get(sign, _OTHER))


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return as much of a text as has room, with an ellipsis where something is left out."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(kept.rstrip() + _ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def wrap(text: str, room: float, size: float, *, bold: bool = False, lines: int | None = None) -> list[str]:
    """Return a text in lines that have room, broken between words; what is over at the last line is cut.

    Parameters
    ----------
    text : str
        Cleaned.
    room : float
        Pixels a line.
    lines : int, optional
        How many at most; None: as many as it takes (a word that has no room is cut all the same).
    """
    found: list[str] = []
    rest = text.split(" ") if text else []
    while rest and (lines is None or len(found) < lines - 1):
        line = rest.pop(0)
        while rest and width(f"{line} {rest[0]}", size, bold=bold) <= room:
            line = f"{line} {rest.pop(0)}"
        found.append(cut(line, room, size, bold=bold))
    if rest:
        found.append(cut(" ".join(rest), room, size, bold=bold))
    return found
