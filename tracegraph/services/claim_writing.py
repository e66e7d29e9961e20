"""Claims in, as rows that a program states: checked under the lens of who writes.

Who writes sees what every answer would show them. What is hidden from them is not there: it is in no message, and
nothing of it is replaced, for a claim's visibility is part of what makes it the same claim.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tracegraph.access import Permission, Principal
from tracegraph.change_set import ChangeSet
from tracegraph.errors import DatasetRejected, InvalidInput, Problem, StaleWrite
from tracegraph.intake.allowed import Allowed
from tracegraph.intake.known import AsksStanding
from tracegraph.intake.stated_rows import RowsReading, StatedRow, read_stated_rows
from tracegraph.intake.tables import TABLES
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Claim, Statement
from tracegraph.services.authorship import authorship_write
from tracegraph.services.claim_standing import current_claims, theirs_of
from tracegraph.services.claim_words import in_words
from tracegraph.services.document_readers import undisclosed_of
from tracegraph.services.documents import Brought, brought
from tracegraph.services.events import event_write
from tracegraph.services.seen_standing import standing_seen
from tracegraph.store.port import Store
from tracegraph.store.rows import ApplyReport, Beside, RecordWrite, Standing
from tracegraph.vocabulary import Label

CHANGED: Final = "claims.changed"
_SOURCE_KEYS: Final = TABLES["supplies"].by_name["source_id"].headers


@dataclass(frozen=True, slots=True)
class RowsSent:
    """Rows on their way in.

    Attributes
    ----------
    table : str
        One of `tracegraph.intake.stated_rows.CLAIM_TABLES`.
    rows : sequence of mapping
        The rows, by column.
    tenant : str
        Whose they are.
    documents : sequence of mapping
        Documents that are brought along; rows name them by their ``ref``.
    """

    table: str
    rows: Sequence[StatedRow]
    tenant: str
    documents: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class PlannedClaims:
    """What is to be recorded.

    Attributes
    ----------
    change_set : ChangeSet
        All of it.
    keys : tuple of tuple of str
        The claim keys of each row.
    replaced : tuple of Claim
        Claims that say otherwise so far, and end.
    warnings : tuple of Problem
        What is worth a look.
    """

    change_set: ChangeSet
    keys: tuple[tuple[str, ...], ...]
    replaced: tuple[Claim, ...]
    warnings: tuple[Problem, ...]

    @property
    def visibilities(self) -> list[str]:
        """Who sees any of it, sorted."""
        return sorted({statement.visibility for statement in self.change_set.statements})

    def ids_by_row(self, report: ApplyReport) -> list[list[str]]:
        """Return the claims that say each row, once it is applied."""
        keys = (str(statement.claim_key) for statement in self.change_set.statements)
        ids = dict(zip(keys, report.claim_ids, strict=True))
        return [[ids[key] for key in dict.fromkeys(keys)] for keys in self.keys]


def plan_claims(
    store: Store, lens: Lens, who: Principal, sent: RowsSent, *, limit: Callable[[Statement], Statement] | None = None
) -> PlannedClaims:
    """Return what is to be recorded of rows.

    Parameters
    ----------
    store, lens, who
        The store, and who writes: as of now, with all that they see.
    sent : RowsSent
        What they say. A row without visibility is for their region alone, or for all regions if they have none.
    limit : callable, optional
        What becomes of each statement that they make.

    Raises
    ------
    DatasetRejected
        Something breaks a rule; each problem's `column` is a JSON pointer.
    """
    lens = replace(lens, visible_to=who.writes_to)  # what a grant shows is not theirs to tell others of
    documents = brought(sent.documents, sent.tenant)
    _refuse(documents.problems)
    rows = [_naming(row, documents) for row in sent.rows]
    ids = {str(source.source_id) for source in documents.by_ref.values()}
    reading = read_stated_rows(
        sent.table, rows, _with_sources(standing_seen(store, lens), ids), allowed_for(store, lens, who, ids)
    )
    _refuse(reading.problems, reading.errors)
    change_set = _change_set(reading, sent.table, documents, limit)
    current = current_claims(store, change_set.statements, lens)
    replaced = tuple(
        current[s.claim_key] for s in change_set.statements if current.get(s.claim_key, s).digest != s.digest
    )
    warnings = tuple(map(in_words, reading.warnings))
    return PlannedClaims(change_set, reading.keys, replaced, warnings)


def allowed_for(store: Store, lens: Lens, who: Principal, own: Collection[str]) -> Allowed:
    """Return what somebody's rows may say who brings documents along."""
    return Allowed(
        recorded_at=who.may(Permission.SYSTEM),
        visibility=who.home,
        visibilities=who.writes_to,
        incidents=False,
        theirs=theirs_of(store, lens, who),
        undisclosed=undisclosed_of(store, lens, who, own),
    )


def record_claims(store: Store, plan: PlannedClaims, now: str, beside: Callable[[ApplyReport], Beside]) -> ApplyReport:
    """Record what was planned, with what goes beside it.

    Raises
    ------
    StaleWrite
        Meanwhile somebody else recorded another of these claims, which would be replaced unseen.
    InvalidInput
        An id stands for something else, which who writes does not see.
    """

    def checked(report: ApplyReport) -> Beside:
        if report.changed > len(plan.replaced):
            raise StaleWrite(N_("some of these claims were changed meanwhile: read them again, then repeat"))
        return beside(report)

    try:
        return store.apply(plan.change_set, now, beside=checked)
    except InvalidInput as error:
        id = error.message.values.get("id", "?")
        raise InvalidInput(N_("{id} cannot be used here: give it another id"), id=id) from error


def records_beside(plan: PlannedClaims, report: ApplyReport, tenant: str, now: str) -> list[RecordWrite]:
    """Return the records of a change set: whose it is, and what happened, for all who may learn of it."""
    if report.change_set is None:
        return []
    facts = {"change_set": report.change_set}
    subject = f"change-set:{report.change_set}"
    events = [event_write(CHANGED, subject, visibility, now, facts) for visibility in plan.visibilities]
    return [authorship_write(report.change_set, tenant), *events]


def _change_set(
    reading: RowsReading, table: str, documents: Brought, limit: Callable[[Statement], Statement] | None
) -> ChangeSet:
    statements = reading.change_set.statements
    if limit is not None:
        statements = [limit(statement) for statement in statements]
    named = {statement.source_id for statement in statements}
    sources = [source for source in documents.by_ref.values() if source.source_id in named]
    return replace(reading.change_set, description=f"claims: {table}", statements=statements, references=sources)


def _naming(row: StatedRow, documents: Brought) -> StatedRow:
    """Return a row that names documents by their ids."""
    named = {key: documents.id_of(row[key]) for key in _SOURCE_KEYS if isinstance(row.get(key), str)}
    return {**row, **named}


def _with_sources(ask: AsksStanding, ids: set[str]) -> AsksStanding:
    """Return what answers for ids, these documents among them."""

    def asked(holders: Any, nodes: Any, ends: Any) -> Standing:
        found = ask(holders, nodes, ends)
        return Standing({*found.labels, *((Label.SOURCE, id) for id in ids)}, found.claims)

    return asked


def _refuse(problems: Sequence[Problem], errors: int | None = None) -> None:
    count = len(problems) if errors is None else errors
    if count:
        raise DatasetRejected(N_("nothing was written; problems: {n}"), [*map(in_words, problems)], n=count)
