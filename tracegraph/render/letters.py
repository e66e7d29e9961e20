"""Letters to direct suppliers, ready to be sent: plain text, and an answer form as CSV."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.answer_ask import Asked, ToAsk
from tracegraph.exchange.csv_export import write_table
from tracegraph.exchange.files import replacing
from tracegraph.incidents import IncidentRevision, Reply
from tracegraph.messages import N_
from tracegraph.model import Source, holder_of, product_of
from tracegraph.render.incident_words import status_words
from tracegraph.render.phrases import in_sentence, source_text
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import PUBLIC

WIDTH: Final = 78
OWN_FILES: Final = "own-files"

_FORM: Final = (
    *(N_("question"), N_("what is asked"), N_("contracts"), N_("supplier: name"), N_("supplier: organisation number")),
    *(N_("plant: name"), N_("plant: street address"), N_("plant: country"), N_("share of the goods, per cent")),
    *(N_("source of the answer"), N_("date of the source"), N_("remark")),
)
_STATE: Final = (
    N_("each supplier that the goods are bought from: name and organisation number;"),
    N_("each plant that makes them: name, street address and country;"),
    N_("the share of each, in per cent; all sources together make 100 per cent;"),
    N_("the document that the answer is taken from (invoice, agreement, own records), and its date."),
)


@dataclass(frozen=True, slots=True)
class Background:
    """What is public of an incident: the fact as it was reported, and what was replied.

    Attributes
    ----------
    sources : tuple of (str, Source or None)
        Documents, by id.
    """

    revision: IncidentRevision
    sources: tuple[tuple[str, Source | None], ...]


def background_of(revision: IncidentRevision, sources: Mapping[str, Source]) -> Background | None:
    """Return what a letter may say of an incident; None where it is not public."""
    if revision.visibility != PUBLIC:
        return None
    return Background(revision, tuple((source, sources.get(source)) for source in revision.sources))


class Letters:
    """Writes letters.

    Parameters
    ----------
    legend : Legend
        What ids are called.
    diary : mapping
        Diary numbers, by contract id.
    backgrounds : sequence of Background
        Incidents that are the reason; empty: routine.
    say : Translator
        The language of the letters.
    """

    def __init__(
        self, legend: Legend, diary: Mapping[str, str], backgrounds: Sequence[Background], say: Translator
    ) -> None:
        self._legend, self._diary, self._backgrounds, self._say = legend, diary, backgrounds, say

    def write(self, to_ask: ToAsk, folder: Path) -> list[str]:
        """Write the letter to one supplier and its answer form; the names of the files.

        Raises
        ------
        InvalidInput
            A file cannot be written.
        """
        name = f"letter-{_plain(to_ask.supplier_id)}" if to_ask.supplier_id else OWN_FILES
        with replacing(folder / f"{name}.txt") as file:
            file.write(self.text(to_ask, f"{name}.csv"))
        with replacing(folder / f"{name}.csv") as file:
            write_table(file, self.columns(), self.form(to_ask))
        return [f"{name}.txt", f"{name}.csv"]

    def columns(self) -> list[str]:
        """Return the headers of the answer form."""
        return [self._say.text(column) for column in _FORM]

    def form(self, to_ask: ToAsk) -> list[list[str]]:
        """Return the rows of the answer form: one a question, to be filled in and repeated."""
        empty = [""] * (len(_FORM) - 3)
        return [
            [str(number), self._question(asked, to_ask.supplier_id), "|".join(asked.contracts), *empty]
            for number, asked in enumerate(to_ask.questions, start=1)
        ]

    def text(self, to_ask: ToAsk, form: str) -> str:
        """Return the letter."""
        parts = self._own(to_ask) if to_ask.supplier_id is None else self._letter(to_ask, to_ask.supplier_id, form)
        return "\n".join(parts) + "\n"

    def _own(self, to_ask: ToAsk) -> Iterator[str]:
        yield self._say.text("To look up in our own procurement files")
        yield ""
        yield from self._paragraph(
            N_("Nobody is seen to deliver under these contracts. What is delivered, and by whom?")
        )
        yield from self._contracts(to_ask.contracts)

    def _letter(self, to_ask: ToAsk, supplier: str, form: str) -> Iterator[str]:
        name = self._legend.holder(supplier)
        yield self._say.text("To: {name}", name=name)
        yield self._say.text("From: [FILL IN: name, role, region, address, e-mail]")
        yield self._say.text("Date: [FILL IN]")
        yield self._say.text("Please answer by: [FILL IN: date]")
        yield ""
        yield self._say.text("Question about where goods under our contracts come from").upper()
        yield ""
        yield from self._paragraph(N_("Dear {name},"), name=name)
        yield from self._paragraph(
            N_(
                "The goods under the contracts below come from you, or by way of you. We follow up where the goods in "
                "our contracts are made, and ask for your help with what we do not know yet."
            )
        )
        yield from self._reason()
        yield from self._heading(N_("Contracts"))
        yield from self._contracts(to_ask.contracts)
        yield from self._heading(N_("Questions"))
        yield from self._questions(to_ask, supplier)
        yield from self._heading(N_("How to answer"))
        yield from self._paragraph(N_("For each question please state:"))
        yield from (line for part in _STATE for line in self._indented("- ", self._say.text(part)))
        yield ""
        yield from self._paragraph(
            N_(
                "The form {form} has a line for each question; repeat it for each supplier and plant. Where you do not "
                "know, please say so, and whom we should ask. Part of an answer is better than none."
            ),
            form=form,
        )
        yield self._say.text("With kind regards")
        yield self._say.text("[FILL IN: name and signature]")

    # --- parts ---

    def _reason(self) -> Iterator[str]:
        if not self._backgrounds:
            yield from self._paragraph(
                N_("This is part of our routine work. It is not a sign that anything is suspected of anybody.")
            )
            return
        yield from self._heading(N_("Background"))
        for background in self._backgrounds:
            revision = background.revision
            words = [f"{revision.title} ({status_words(revision.status, self._say)})."]
            words += [f"{source_text(source, id, self._say)}." for id, source in background.sources]
            yield from textwrap.wrap(" ".join(words), WIDTH)
            for reply in revision.replies:
                yield from textwrap.wrap(self._reply(reply), WIDTH)
            yield ""
        yield from self._paragraph(
            N_("That we ask does not mean that we take your goods, or any named company's, to be concerned.")
        )

    def _reply(self, reply: Reply) -> str:
        by = ", ".join(part for part in (reply.by, reply.date) if part)
        words = self._say.text("The company's reply: {text}", text=reply.text)
        return f"{words} ({by})" if by else words

    def _contracts(self, contracts: Sequence[ContractFacts]) -> Iterator[str]:
        for facts in contracts:
            words = [facts.title or "", ", ".join(map(self._legend.holder, facts.regions))]
            if number := self._diary.get(facts.contract_id):
                words.append(self._say.text("diary number {number}", number=number))
            yield from self._indented("- ", "; ".join(part for part in (facts.contract_id, *words) if part))
        yield ""

    def _questions(self, to_ask: ToAsk, supplier: str) -> Iterator[str]:
        for number, asked in enumerate(to_ask.questions, start=1):
            contracts = self._say.text("Contracts: {names}", names=", ".join(asked.contracts))
            yield from self._indented(f"{number}. ", f"{self._question(asked, supplier)} {contracts}.")
        if (rest := to_ask.total - len(to_ask.questions)) > 0:
            yield self._say.text("{n} further questions are left for another letter.", n=rest)
        yield ""

    def _question(self, asked: Asked, supplier: str | None) -> str:
        legend = self._legend
        if "/" not in asked.id:
            if supplier is None:
                return self._say.text("What is delivered under {contract}, and by whom?", contract=asked.id)
            return self._say.text("What else is delivered under {contract}, and by whom?", contract=asked.id)
        goods, holder = in_sentence(legend.product(product_of(asked.id))), holder_of(asked.id)
        if holder in legend.factories:
            plant = legend.holder(holder)
            return self._say.text(
                "What goes into {goods} at the plant {plant}, and from whom?", goods=goods, plant=plant
            )
        if holder == supplier:
            return self._say.text("From whom do you have {goods}, and which plants make them?", goods=goods)
        return self._say.text(
            "From whom does {holder} have {goods}, and which plants make them? Please pass the question on if you "
            "cannot answer it yourselves.",
            holder=legend.holder(holder),
            goods=goods,
        )

    def _heading(self, text: str) -> Iterator[str]:
        yield from (self._say.text(text).upper(), "")

    def _paragraph(self, text: str, **values: str) -> Iterator[str]:
        yield from textwrap.wrap(self._say.text(text, **values), WIDTH)
        yield ""

    def _indented(self, mark: str, text: str) -> list[str]:
        indent = " " * len(mark)
        return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=indent, break_on_hyphens=False)


def _plain(id: str) -> str:
    """Return an id as part of the name of a file; a colon is none everywhere."""
    return id.replace(":", "%3A")
