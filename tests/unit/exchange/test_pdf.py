"""Documents as PDF: tagged, in a language, and nothing in their data can change them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from tracegraph.exchange.pdf import pdf_of

MADE_AT = "2026-01-01T00:00:00Z"
HOSTILE = '#panic("x") *b* $x$ = y \\ " ] #sys.inputs <a> @b // c /* d'


def made(*pieces: dict[str, Any], lang: str = "sv") -> PdfReader:
    """Return a document of pieces, opened."""
    data = {"title": "Vem är beroende av det?", "lang": lang, "pieces": list(pieces)}
    return PdfReader(io.BytesIO(pdf_of("report", data, made_at=MADE_AT)))


def text_of(document: PdfReader) -> str:
    """Return all that a document says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


@pytest.mark.parametrize(("lang", "written"), [("sv", "sv-SE"), ("en", "en-GB")])
def test_a_document_is_tagged_and_says_its_language_and_title(lang: str, written: str) -> None:
    document = made({"kind": "heading", "text": "Rubrik"}, lang=lang)
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == written
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == "Vem är beroende av det?"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize(
    "piece",
    [
        {"kind": "heading", "text": HOSTILE, "level": 2},
        {"kind": "paragraph", "text": HOSTILE},
        {"kind": "note", "text": HOSTILE},
        {"kind": "quote", "text": "q", "source": HOSTILE},
        {"kind": "list", "items": ["a", HOSTILE]},
        {"kind": "steps", "items": [HOSTILE]},
        {"kind": "facts", "items": [["a", HOSTILE]]},
        {"kind": "table", "caption": "c", "columns": ["a"], "rows": [[HOSTILE]]},
    ],
    ids=lambda piece: str(piece["kind"]),
)
def test_what_is_given_is_no_markup(piece: dict[str, Any]) -> None:
    document = made({"kind": "heading", "text": "h"}, piece)
    # typographic quotation marks are the one thing that a text may get
    found = text_of(document).replace("”", '"').replace("“", '"')
    assert '#panic("x") *b* $x$ = y' in found
    assert "@b // c /* d" in found


def test_a_long_table_goes_on_over_pages_with_its_head() -> None:
    rows = [[f"row {n}", str(n)] for n in range(200)]
    table = {"kind": "table", "caption": "Long", "columns": ["Name", "Number"], "rows": rows, "numbers": [1]}
    document = made(table)
    assert len(document.pages) > 2
    assert "Name Number" in " ".join(document.pages[1].extract_text().split())
    assert "row 199 199" in text_of(document)


def test_characters_without_a_glyph_are_written_as_numbers() -> None:
    found = text_of(made({"kind": "paragraph", "text": "a\x01b \ud800 \U000f0000 \U0001f9ff"}))
    assert "a b" in found
    assert "[U+1F9FF]" in found or "\U0001f9ff" in found


def test_the_same_data_give_the_same_bytes() -> None:
    data = {"title": "t", "lang": "en", "pieces": [{"kind": "paragraph", "text": "p"}]}
    assert pdf_of("report", data, made_at=MADE_AT) == pdf_of("report", data, made_at=MADE_AT)
