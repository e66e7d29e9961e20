"""From the bytes of a file to its text: UTF-8, or Windows-1252 with a warning; all else is refused with the remedy."""

from __future__ import annotations

import codecs
import re
from typing import Final

from tracegraph.intake.refusal import Refusal
from tracegraph.messages import N_

_WIDE_BOMS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS: Final = N_("save it again as CSV UTF-8")
#: A letter outside ASCII in UTF-8, read as Windows-1252.
_DOUBLY_READ: Final = re.compile(r"[ÃÂ][\u0080-\u00bf\u20ac\u201a-\u201e\u2020-\u2022\u0160\u0161\u017d\u017e]")
_SAMPLE: Final = 4096
_MANY_NULS: Final = 0.2


def decode(data: bytes) -> tuple[str, Refusal | None, int | None]:
    """Return a file's text, and the warning it deserves if any.

    Returns
    -------
    text : str
        Without a byte order mark.
    warning : Refusal or None
        Set when the text was read as Windows-1252.
    line : int or None
        Line that the warning is about.

    Raises
    ------
    BadEncoding
        The bytes are no text that can be read.
    """
    _refuse_wide(data)
    nul = data.find(b"\0")
    if nul >= 0:
        raise BadEncoding(
            Refusal(
                "nul-byte",
                N_("the file holds a NUL byte"),
                N_("it is damaged or no text file; save it again as CSV UTF-8"),
            ),
            _line_of(data, nul),
        )
    try:
        return data.decode("utf-8-sig"), None, None
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
    return _decode_windows(data, line), _windows_warning(), line


class BadEncoding(Exception):
    """The bytes of a file are no text that can be read."""

    def __init__(self, refusal: Refusal, line: int | None) -> None:
        super().__init__(refusal.rule)
        self.refusal = refusal
        self.line = line


def _decode_windows(data: bytes, line: int) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise BadEncoding(
            Refusal("encoding", N_("the file is neither UTF-8 nor Windows-1252"), _SAVE_AS),
            _line_of(data, error.start),
        ) from None
    if _DOUBLY_READ.search(text):
        raise BadEncoding(
            Refusal("mixed-encoding", N_("the file mixes UTF-8 and another encoding, first on this line"), _SAVE_AS),
            line,
        )
    return text


def _windows_warning() -> Refusal:
    return Refusal(
        "windows-1252",
        N_("the file is not UTF-8; it was read as Windows-1252"),
        N_("check that å, ä and ö are right, or save it again as CSV UTF-8"),
    )


def _refuse_wide(data: bytes) -> None:
    sample = data[:_SAMPLE]
    if data.startswith(_WIDE_BOMS) or (len(sample) > 1 and sample.count(0) > _MANY_NULS * len(sample)):
        raise BadEncoding(Refusal("utf-16", N_("the file is UTF-16, not UTF-8"), _SAVE_AS), None)


def _line_of(data: bytes, position: int) -> int:
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
