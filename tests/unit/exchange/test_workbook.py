"""Workbooks: numbers are numbers, nothing is run, and what is not known is empty."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tracegraph.exchange.workbook import Column, Sheet, workbook_bytes

MADE_AT = "2026-01-01T00:00:00Z"
COLUMNS = (Column("Namn"), Column("Andel", 8, "part"), Column("Värde", 12, "amount"), Column("Led", 6, "whole"))


def made(*rows: tuple[Any, ...]) -> bytes:
    """Return a workbook of one sheet."""
    return workbook_bytes([Sheet("Avtal", COLUMNS, rows)], "Title", MADE_AT)


def read(content: bytes) -> list[list[Any]]:
    """Return the rows of its first sheet, the head included."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_numbers_are_numbers_and_what_is_not_known_is_empty() -> None:
    rows = read(made(("a", 0.25, 1_200_000, 3), ("b", None, None, None)))
    assert rows[0] == ["Namn", "Andel", "Värde", "Led"]
    assert rows[1] == ["a", 0.25, 1_200_000.0, 3.0]
    assert rows[2] == ["b", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_is_a_formula(text: str) -> None:
    content = made((text, 0.5, 1, 1))
    assert read(content)[1][0] == f"'{text}"
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        assert b"<f>" not in files.read("xl/worksheets/sheet1.xml")


def test_links_and_numbers_in_texts_stay_texts() -> None:
    rows = read(made(("http://example.org/a", None, None, None), ("0012", None, None, None)))
    assert [row[0] for row in rows[1:]] == ["http://example.org/a", "0012"]


def test_a_text_that_is_too_long_is_cut_and_not_lost() -> None:
    assert len(read(made(("x" * 40_000, None, None, None)))[1][0]) == 32_767


def test_the_same_content_gives_the_same_bytes() -> None:
    assert made(("a", 0.5, 1, 1)) == made(("a", 0.5, 1, 1))
