"""Where stated shares contradict each other, as people read it: what each source says, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.answer import Answer, Contradiction
from tracegraph.decide import NOT_STATED_SHARE, decide_share
from tracegraph.exchange.workbook import Column, Sheet
from tracegraph.messages import N_
from tracegraph.model import Claim, holder_of, product_of
from tracegraph.render.phrases import in_sentence, share_words, source_text
from tracegraph.render.words import GRADE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import OPEN_FROM, OPEN_TO, RelationshipType

#: Statements in a printed document, at most; a workbook holds all.
PRINTED: Final = 100
_EXACT: Final = 1e-9
_HEADINGS: Final = (
    *((N_("Goods, and who buys them"), 40), (N_("From"), 32), (N_("Share, at least"), 10), (N_("Share, at most"), 10)),
    *((N_("Source"), 50), (N_("Evidence"), 14), (N_("True from"), 12), (N_("True until"), 12), (N_("Learned"), 12)),
    (N_("Claim"), 28),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What one source says of where goods come from.

    Attributes
    ----------
    claim : Claim
        The claim.
    seller : str
        Who sells, or from which goods they are made, in words.
    share : str
        In words; empty: none is stated.
    source : str
        The document as it is cited.
    """

    claim: Claim
    seller: str
    share: str
    source: str


def place_words(contradiction: Contradiction, legend: Legend, say: Translator) -> str:
    """Return where shares contradict each other: goods at a company or plant, or a contract."""
    if "/" not in contradiction.id:
        return contradiction.id
    goods = in_sentence(legend.product(product_of(contradiction.id)))
    return say.text("{goods} at {holder}", goods=goods, holder=legend.holder(holder_of(contradiction.id)))


def stated(contradiction: Contradiction, legend: Legend, say: Translator) -> list[Stated]:
    """Return what each source says, those that state a share first, the largest first."""
    claims = sorted(contradiction.claims, key=lambda claim: (not _states(claim), -claim.share_low, claim.claim_id))
    return [
        Stated(
            claim,
            _seller(claim, contradiction, legend),
            share_words((claim.share_low, claim.share_high), say) if _states(claim) else "",
            source_text(legend.sources.get(claim.source_id), claim.source_id, say),
        )
        for claim in claims
    ]


def sum_words(contradiction: Contradiction, say: Translator) -> str | None:
    """Return what the shares that count come to, where that is what is wrong; None: it is not that alone."""
    rows: dict[str, list[tuple[int, str, float, float]]] = {}
    for claim in contradiction.claims:
        if claim.type is not RelationshipType.BECOMES:
            row = (claim.grade.rank, claim.recorded_at, claim.share_low, claim.share_high)
            rows.setdefault(claim.start.id, []).append(row)
    shares = [decide_share(stated) for stated in rows.values()]
    low, high = sum(low for low, _ in shares), sum(high for _, high in shares)
    if low > 1 + _EXACT:
        return say.text("Together at least {share}, of what can be 100 % at most.", share=share_words((low, low), say))
    if high < 1 - _EXACT:
        return say.text(
            "Together at most {share}, and all sources are said to be listed.", share=share_words((high, high), say)
        )
    return None


def contradiction_sheet(answer: Answer, legend: Legend, say: Translator) -> Sheet:
    """Return all of it as a sheet of a workbook."""
    columns = [
        Column(say.text(text), width, "part" if text in (N_("Share, at least"), N_("Share, at most")) else "text")
        for text, width in _HEADINGS
    ]
    return Sheet(say.text("Contradictions"), columns, (row for row in _cells(answer, legend, say)))


def _cells(answer: Answer, legend: Legend, say: Translator) -> Iterator[Sequence[Any]]:
    for contradiction in answer.contradictions:
        place = place_words(contradiction, legend, say)
        for one in stated(contradiction, legend, say):
            claim = one.claim
            low, high = (claim.share_low, claim.share_high) if one.share else (None, None)
            yield (
                *(place, one.seller, low, high, one.source, say.text(GRADE[claim.grade])),
                None if claim.valid_from == OPEN_FROM else claim.valid_from,
                None if claim.valid_to == OPEN_TO else claim.valid_to,
                *(claim.recorded_at[:10], claim.claim_id),
            )


def printed_contradictions(answer: Answer, legend: Legend, say: Translator) -> Iterator[dict[str, Any]]:
    """Yield the pieces of a document that tell of them; nothing where there are none."""
    if not answer.contradictions:
        return
    rows = [
        [
            place_words(found, legend, say),
            one.seller,
            one.share or say.text("not stated"),
            one.source,
            say.text(GRADE[one.claim.grade]),
        ]
        for found in answer.contradictions
        for one in stated(found, legend, say)
    ]
    yield {"kind": "heading", "text": say.text("Where stated shares contradict each other")}
    if len(rows) > PRINTED:
        text = N_("The first {shown} of {all} statements are printed; the workbook (Excel) has all of them.")
        yield {"kind": "paragraph", "text": say.text(text, shown=PRINTED, all=len(rows))}
    headings = (N_("Goods, and who buys them"), N_("From"), N_("Share"), N_("Source"), N_("Evidence"))
    yield {
        "kind": "table",
        "caption": say.text("What each source states"),
        "columns": [say.text(heading) for heading in headings],
        "rows": rows[:PRINTED],
        "widths": [4, 3, 2, 5, 2],
        "numbers": [],
    }


def _states(claim: Claim) -> bool:
    return (claim.share_low, claim.share_high) != NOT_STATED_SHARE


def _seller(claim: Claim, contradiction: Contradiction, legend: Legend) -> str:
    holder, goods = holder_of(claim.start.id), legend.product(product_of(claim.start.id))
    if "/" in contradiction.id and holder == holder_of(contradiction.id):
        return goods
    is_same = "/" in contradiction.id and product_of(claim.start.id) == product_of(contradiction.id)
    return legend.holder(holder) if is_same else f"{legend.holder(holder)}, {in_sentence(goods)}"
