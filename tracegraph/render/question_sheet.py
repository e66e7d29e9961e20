"""Questions to direct suppliers as rows for a spreadsheet, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tracegraph.answer_ask import ToAsk
from tracegraph.messages import N_
from tracegraph.render.ask_next import question_words
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

#: Headings of the sheet.
QUESTION_COLUMNS: Final = (
    N_("supplier: name"),
    N_("supplier: number here"),
    N_("question"),
    N_("what is asked"),
    N_("contracts"),
    N_("diary numbers"),
    N_("contracts that the answer alone settles"),
)


def question_columns(say: Translator) -> list[str]:
    """Return the headings in the reader's language."""
    return [say.text(column) for column in QUESTION_COLUMNS]


def question_rows(
    suppliers: Sequence[ToAsk], legend: Legend, diary: Mapping[str, str], say: Translator
) -> list[list[Any]]:
    """Return one row for each question to each supplier.

    Parameters
    ----------
    suppliers : sequence of ToAsk
        Whom to ask what.
    legend : Legend
        What ids are called.
    diary : mapping
        Diary numbers, by contract id.
    say : Translator
        The language of the words.
    """
    return [
        [
            legend.holder(to_ask.supplier_id) if to_ask.supplier_id else say.text("our own procurement files"),
            to_ask.supplier_id or "",
            number,
            question_words(asked.id, legend, say),
            "|".join(asked.contracts),
            "|".join(diary[contract] for contract in asked.contracts if contract in diary),
            asked.settles,
        ]
        for to_ask in suppliers
        for number, asked in enumerate(to_ask.questions, start=1)
    ]
