"""What rows may say, by who sends them: whom they are for, and which of them change what all others see too.

Claims carry their visibility, so that nobody's rows reach another's claims that are hidden from them. Reference data
has none: products, regions and categories are the same for everybody, and a source's id is one for all. Only the
administrator changes them; others may repeat them as they are, and describe sources under ids of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.intake.claims import Claims
from tracegraph.intake.references import id_of, records_of
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.messages import N_
from tracegraph.model import ReferenceRecord, Statement
from tracegraph.vocabulary import NETWORK, Label

_LABELS: Final[Mapping[str, Label]] = {
    "sources": Label.SOURCE,
    "products": Label.PRODUCT,
    "regions": Label.REGION,
    "categories": Label.CATEGORY,
}

#: Returns the reference records of a label, of those ids that the sender sees.
Stored = Callable[[Label, Collection[str]], Sequence[ReferenceRecord]]

#: Returns, by claim key, the ids of others' claims that statements would replace.
Theirs = Callable[[Sequence[Statement]], Mapping[str, str]]

#: Returns, by claim key, what is wrong with statements that would show a document to people who do not see it.
Undisclosed = Callable[[Sequence[Statement]], Mapping[str, Refusal]]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What rows may say.

    Attributes
    ----------
    recorded_at : bool
        Whether they may say when they became known.
    visibility : str
        What an empty cell, or no column, means.
    visibilities : sequence of str or None
        For whom rows may be; None: for anybody.
    stored : callable or None
        Reference data that may be repeated as it is; None: reference data may be changed.
    own_sources : str
        How ids of sources begin that may be described.
    incidents : bool
        Whether incidents may be recorded so.
    theirs : callable or None
        Others' claims, which may be said again and not otherwise; None: every claim may be replaced.
    undisclosed : callable or None
        Documents that not all who will read the rows see; None: any may be named.
    """

    recorded_at: bool = True
    visibility: str = NETWORK
    visibilities: Sequence[str] | None = None
    stored: Stored | None = None
    own_sources: str = ""
    incidents: bool = True
    theirs: Theirs | None = None
    undisclosed: Undisclosed | None = None


#: Who keeps the store may say everything.
ADMINISTRATOR: Final = Allowed()


def check_allowed(
    all_rows: Sequence[Rows], incidents: Sequence[tuple[str, bool]], allowed: Allowed, problems: Problems
) -> None:
    """Refuse what rows may not say, and fill in whom they are for where they do not say.

    Parameters
    ----------
    all_rows : sequence of Rows
        The rows of all files.
    incidents : sequence of (str, bool)
        Incident files, and whether they hold any.
    allowed : Allowed
        What is allowed.
    problems : Problems
        Where problems are noted.
    """
    for rows in all_rows:
        if "visibility" in rows.values:
            _check_visibility(rows, allowed, problems)
        if allowed.stored is not None and rows.table.name in _LABELS:
            _check_reference(rows, allowed, allowed.stored, problems)
    for file, holds_any in incidents:
        if holds_any and not allowed.incidents:
            problems.add(_no_incidents(), file)


def check_theirs(claims: Claims, allowed: Allowed, problems: Problems) -> None:
    """Refuse rows that would replace what others recorded."""
    if allowed.theirs is None:
        return
    theirs = allowed.theirs(claims.statements)
    for position, key in enumerate(claims.keys):
        if key in theirs and not claims.refused(position):
            claims.refuse(position, None, _theirs(theirs[key]), problems)


def check_disclosed(claims: Claims, allowed: Allowed, problems: Problems) -> None:
    """Refuse rows that would show a document to people who do not see it."""
    if allowed.undisclosed is None:
        return
    refusals = allowed.undisclosed(claims.statements)
    for position, key in enumerate(claims.keys):
        if key in refusals and not claims.refused(position):
            claims.refuse(position, "source_id", refusals[key], problems)


def _check_visibility(rows: Rows, allowed: Allowed, problems: Problems) -> None:
    if allowed.visibility != NETWORK:
        is_stated = [bool(rows.cell(number, "visibility")) for number in range(len(rows))]
        given = rows.values["visibility"]
        rows.values["visibility"] = [
            value if stated else allowed.visibility for value, stated in zip(given, is_stated, strict=True)
        ]
    if allowed.visibilities is None:
        return
    for number, value in enumerate(rows.values["visibility"]):
        if value is not None and value not in allowed.visibilities:
            rows.refuse(number, "visibility", _not_yours(value, allowed.visibilities), problems)


def _check_reference(rows: Rows, allowed: Allowed, stored: Stored, problems: Problems) -> None:
    label = _LABELS[rows.table.name]
    stated = [
        (number, record)
        for number, record in records_of(rows)
        if label is not Label.SOURCE or not id_of(rows, number).startswith(allowed.own_sources)
    ]
    known = set(stored(label, [id_of(rows, number) for number, _ in stated])) if stated else set()
    for number, record in stated:
        if record in known:
            continue
        column = rows.table.columns[0].name
        refusal = _not_your_source(allowed.own_sources) if label is Label.SOURCE else _reference_data(rows.table.name)
        rows.refuse(number, column, refusal, problems)


def _not_yours(value: str, visibilities: Sequence[str]) -> Refusal:
    return Refusal(
        "visibility-not-yours",
        N_("you cannot write what is seen by {value}"),
        N_("write one of {visibilities}, or leave the cell empty"),
        value=value,
        visibilities=", ".join(visibilities),
    )


def _theirs(claim_id: str) -> Refusal:
    return Refusal(
        "claim-not-yours",
        N_("another region recorded {value}, and it says otherwise"),
        N_("name your own source, or let who has the permission review decide"),
        value=claim_id,
    )


def _not_your_source(prefix: str) -> Refusal:
    return Refusal(
        "source-not-yours",
        N_("ids of sources that you describe begin with {prefix}"),
        N_("give it an id like {prefix}report-1, here and where it is named; sources that are there need no row"),
        prefix=prefix,
    )


def _reference_data(table: str) -> Refusal:
    return Refusal(
        "reference-data",
        N_("what {table}.csv says is the same for everybody, and only an administrator changes it"),
        N_("remove the row, or send it to the administrator"),
        table=table,
    )


def _no_incidents() -> Refusal:
    return Refusal(
        "incidents-elsewhere",
        N_("incidents are not recorded by sending files"),
        N_("record them at /tracegraph/v1/incidents, and leave the file out"),
    )
