"""Documents as tagged PDF (PDF/UA-1: readable with a screen reader), set by Typst.

A template is a file of the folder ``typst`` beside this module. What is said in it comes as data, as JSON, and is
never read as markup: a company's name cannot change a document. Texts are in the reader's language already.

Most documents need no template of their own: `report` takes a list of pieces (headings, paragraphs, quotes, lists,
tables), which `typst/frame.typ` describes one by one::

    pdf_of("report", {"title": "...", "lang": "sv", "pieces": [{"kind": "paragraph", "text": "..."}]})

To add a template, write ``typst/NAME.typ``, which begins with ``#import "frame.typ": given, paper, piece`` and
``#show: paper.with(given)``; in it `given` is the data. Pictures need a text that stands for them
(``image(..., alt: ...)``), else Typst refuses them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

TEMPLATES: Final = Path(__file__).resolve().parent / "typst"
#: What Typst says of a character that no font has.
_NO_GLYPH: Final = re.compile(r'the text `"(\\u\{[0-9a-f]+\}|.+?)"` could not be displayed')
#: What does not print, beside line ends; half a pair of surrogates is no character at all.
_NOT_PRINTED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TRIES: Final = 20


def pdf_of(template: str, data: Mapping[str, Any], *, made_at: str | None = None) -> bytes:
    """Return a document.

    A character that no font of this machine has is written as its number in Unicode, like ``[U+4E2D]``: nothing is
    lost, and nothing is shown that is not meant.

    Parameters
    ----------
    template : str
        Name of a template, without its ending.
    data : mapping
        What it says; it has at least ``title`` and ``lang``.
    made_at : str, optional
        When it was made (RFC 3339, UTC). The same data and moment give the same bytes.
    """
    content = json.dumps(_printed(data), ensure_ascii=False)
    for _ in range(_TRIES):
        try:
            return _compiled(template, content, made_at)
        except typst.TypstError as error:
            missing = {_character(found) for found in _NO_GLYPH.findall(str(error))}
            if not missing:
                raise
            content = content.translate({ord(one): f"[U+{ord(one):04X}]" for text in missing for one in text})
    raise RuntimeError(f"{template}: characters that no font has remain")


def _printed(value: Any) -> Any:
    """Return data without what does not print in its texts."""
    if isinstance(value, str):
        return _NOT_PRINTED.sub(" ", value)
    if isinstance(value, Mapping):
        return {name: _printed(one) for name, one in value.items()}
    return [_printed(one) for one in value] if isinstance(value, list | tuple) else value


def _compiled(template: str, content: str, made_at: str | None) -> bytes:
    compiled = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": content},
        timestamp=datetime.fromisoformat(made_at) if made_at else None,
    )
    assert isinstance(compiled, bytes)
    return compiled


@cache
def _fonts() -> typst.Fonts:
    """Return what texts are set in: what Typst brings along, and for other scripts what the machine has."""
    return typst.Fonts()


def _character(found: str) -> str:
    return chr(int(found[3:-1], 16)) if found.startswith("\\u{") else found
