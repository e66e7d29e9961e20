"""A brief of two pages about an incident, to print and hand on: what is said, what it may touch, how that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.answer import LISTED_STATUSES, Dependent
from tracegraph.answer_ask import AskNext, ToAsk
from tracegraph.answer_exposure import Exposure
from tracegraph.incidents import IncidentRevision
from tracegraph.messages import N_
from tracegraph.render.dependents_rows import unnamed_words
from tracegraph.render.incident_facts import Telling, facts
from tracegraph.render.incident_words import change_words, kind_words, status_words
from tracegraph.render.phrases import known_day, source_text
from tracegraph.render.shares import exposed_words
from tracegraph.render.words import STATUS, STATUS_READS
from tracegraph.services.incidents import IncidentView
from tracegraph.services.unnamed_plants import UnnamedPlants
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

#: Contracts, suppliers and regions that fit on two pages; how many there are is always said.
CONTRACTS: Final = 12
SUPPLIERS: Final = 5
REGIONS: Final = 6
REPLIES: Final = 2
FACTS: Final = 14
_LONGEST: Final = 420  # characters of a text that somebody wrote
_LIMITS: Final = (
    N_("Contracts are found by following deliveries that documents state, from the plants that the report names."),
    N_("Established: every step is stated. Possible: a step is a likelihood, or goods are named less precisely."),
    N_("Unmapped: the chain ends before it is known who makes the goods. It may lead here, or not."),
    N_("No link known: under what is recorded there is none. It assumes that what is stated as complete is complete."),
    N_("That a contract or company is listed says where goods may come from. It says nothing of who is at fault."),
)

Piece = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Brief:
    """What a brief is made of.

    Attributes
    ----------
    view : IncidentView
        The incident.
    found : Exposure
        What it reaches.
    asked : AskNext or None
        Whom to ask; None where there is nothing to ask.
    shown : sequence of Dependent
        The contracts that are listed: the first `CONTRACTS`.
    names : mapping
        What ids are called.
    telling : Telling
        Names and documents of the incident, and the language.
    unnamed : UnnamedPlants or None
        What a No takes for granted about plants that nobody names.
    """

    view: IncidentView
    found: Exposure
    asked: AskNext | None
    shown: Sequence[Dependent]
    names: Mapping[str, str]
    telling: Telling
    unnamed: UnnamedPlants | None = None

    @property
    def say(self) -> Translator:
        """The language."""
        return self.telling.say

    def name(self, id: str) -> str:
        """Return what an id is called."""
        return self.names.get(id, id)


def brief_data(brief: Brief) -> dict[str, Any]:
    """Return a brief as data for the template ``report`` of `tracegraph.exchange.pdf`."""
    say, lens = brief.say, brief.found.answer.question.lens
    lived = say.text("As known on {known}, valid on {valid}", known=known_day(lens.known_at), valid=lens.valid_at)
    return {
        "title": _short(brief.view.current.title, 160),
        "lang": say.lang,
        "head": say.text("Brief about an incident"),
        "foot": lived,
        "pieces": [*_said(brief), *_reached(brief), *_next(brief), *_method(brief)],
    }


def _short(text: str, longest: int = _LONGEST) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def _heading(text: str) -> Piece:
    return {"kind": "heading", "text": text}


def _paragraph(text: str) -> Piece:
    return {"kind": "paragraph", "text": text}


# --- what is said ----------------------------------------------------------------------------------------------------


def _said(brief: Brief) -> Iterator[Piece]:
    say, now = brief.say, brief.view.current
    yield {
        "kind": "note",
        "text": say.text(
            "{status}. {kind}. Last written down {day}: {change}.",
            status=status_words(now.status, say).capitalize(),
            kind=kind_words(now.kind, say).capitalize(),
            day=now.recorded_at[:10],
            change=change_words(brief.view.change, say),
        ),
    }
    replies = say.text("reply")
    told = [(label, _short(str(text))) for label, text in facts(now, brief.telling) if label != replies]
    yield {"kind": "facts", "items": [[label.capitalize(), text] for label, text in told[:FACTS]]}
    if len(told) > FACTS:
        yield _paragraph(say.text("{n} further facts are on the page of the incident.", n=len(told) - FACTS))
    yield _heading(say.text("What the companies answer"))
    yield from _replies(now, brief)


def _replies(now: IncidentRevision, brief: Brief) -> Iterator[Piece]:
    say = brief.say
    if not now.replies:
        yield _paragraph(say.text("No answer of a company is written down."))
    for reply in now.replies[:REPLIES]:
        documented = (
            source_text(brief.telling.legend.sources.get(reply.source_id), reply.source_id, say)
            if (reply.source_id)
            else None
        )
        source = ", ".join(part for part in (reply.by, reply.date, documented) if part)
        yield {"kind": "quote", "text": _short(reply.text), "source": source or say.text("not stated by whom")}
    if len(now.replies) > REPLIES:
        yield _paragraph(say.text("{n} further answers are on the page of the incident.", n=len(now.replies) - REPLIES))


# --- what it may touch -----------------------------------------------------------------------------------------------


def _reached(brief: Brief) -> Iterator[Piece]:
    say, summary = brief.say, brief.found.answer.summary
    yield _heading(say.text("Contracts that it may touch"))
    stopped = brief.found.incidents[0].stopped
    if stopped:
        yield _paragraph(
            say.text("Withdrawn on {day}: no contract counts as touched since then.", day=stopped.since[:10])
        )
        return
    yield {
        "kind": "table",
        "caption": say.text("All contracts, by answer"),
        "columns": [say.text("Answer"), say.text("Contracts"), say.text("What it means")],
        "rows": [
            [say.text(STATUS[status]), say.number(summary.counts.get(status, 0)), say.text(STATUS_READS[status])]
            for status in Status
        ],
        "widths": [0, 0, 1],
        "numbers": [1],
    }
    if summary.truncated or summary.items_cut:
        yield _paragraph(say.text("A limit cut the search: there may be more contracts than these."))
    if brief.unnamed:
        yield _paragraph(unnamed_words(brief.unnamed, say))
    if brief.shown:
        yield _contracts(brief)
        yield from _regions(brief)


def _contracts(brief: Brief) -> Piece:
    say, summary = brief.say, brief.found.answer.summary
    total = sum(summary.counts.get(status, 0) for status in LISTED_STATUSES)
    columns = (N_("Contract"), N_("Answer"), N_("Regions"), N_("Direct supplier"), N_("Part and value"), N_("Ends"))
    return {
        "kind": "table",
        "caption": say.text("The surest {shown} of {total} contracts", shown=len(brief.shown), total=total),
        "columns": [say.text(column) for column in columns],
        "rows": [_row(one, brief) for one in brief.shown],
        "widths": [3, 0, 2, 2, 3, 0],
    }


def _row(one: Dependent, brief: Brief) -> list[str]:
    facts, unknown = one.facts, brief.say.text("not known")
    suppliers = ", ".join(map(brief.name, one.direct_suppliers or one.ask))
    return [
        _short(f"{facts.title or ''} ({facts.contract_id})".strip(), 70),
        brief.say.text(STATUS[one.status]),
        _short(", ".join(map(brief.name, facts.regions)), 60) or unknown,
        _short(suppliers, 60) or unknown,
        _short(exposed_words(one, brief.say), 90),
        facts.end or unknown,
    ]


def regions_of(found: Exposure) -> list[tuple[str, int]]:
    """Return regions and how many contracts of the three listed statuses they use, the most first."""
    counted = [
        (row.key, sum(row.counts.get(status, 0) for status in LISTED_STATUSES))
        for row in found.rollups.region
        if row.key
    ]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def _regions(brief: Brief) -> Iterator[Piece]:
    say = brief.say
    rows = regions_of(brief.found)
    if not rows:
        return
    words = [f"{brief.name(region)} {say.number(contracts)}" for region, contracts in rows[:REGIONS]]
    rest = len(rows) - len(words)
    listed = ", ".join(words)
    yield _paragraph(
        say.text("Contracts by region, the most first: {listed}, and {n} further regions.", listed=listed, n=rest)
        if rest > 0
        else say.text("Contracts by region, the most first: {listed}.", listed=listed)
    )


# --- what now, and how it is known -----------------------------------------------------------------------------------


def _next(brief: Brief) -> Iterator[Piece]:
    say, asked = brief.say, brief.asked
    if asked is None or not asked.suppliers:
        return
    yield _heading(say.text("Whom to ask first"))
    yield {
        "kind": "steps",
        "items": [_to_ask(one, brief) for one in asked.suppliers[:SUPPLIERS]],
    }
    if (rest := asked.suppliers_total - SUPPLIERS) > 0:
        yield _paragraph(say.text("{n} further suppliers are on the page of the incident, with letters.", n=rest))


def _to_ask(one: ToAsk, brief: Brief) -> str:
    """Return whom to ask and what for: contracts that are unclear, else known ones whose share becomes clearer."""
    say, behind = brief.say, one.behind
    name = brief.name(one.supplier_id) if one.supplier_id else say.text("our own procurement files")
    if not behind.contracts:
        return say.text("{name}: the answer makes {n} known contracts clearer", name=name, n=behind.narrows)
    return say.text(
        "{name}: {contracts} unclear contracts depend on the answer, {settles} of them on it alone",
        name=name,
        contracts=behind.contracts,
        settles=behind.settles,
    )


def _method(brief: Brief) -> Iterator[Piece]:
    yield _heading(brief.say.text("Method and limits"))
    yield {"kind": "list", "items": [brief.say.text(text) for text in _LIMITS]}
