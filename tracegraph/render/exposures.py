"""Every contract against every current incident, for a terminal: incidents, contracts, or what is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import LISTED_STATUSES, ContractFacts
from tracegraph.answer_exposure import KnownRevision
from tracegraph.answer_exposures import Cause, CauseKind, Change, Exposed, Exposures, IncidentReadings
from tracegraph.messages import N_
from tracegraph.model import Source
from tracegraph.render.incident_words import change_words, status_words
from tracegraph.render.shape import ARROW, DIM, DOT, following, grid, heading, lens_words, more, source_text, titled
from tracegraph.render.words import BASIS, STATUS, STATUS_STYLE
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

_ORDER: Final = {status: place for place, status in enumerate(Status)}
SOURCES_SHOWN: Final = 2
INCIDENTS_SHOWN: Final = 4  # of a status, beside one contract
Sources = Mapping[str, Source]


def exposures_shown(
    report: Exposures, sources: Sources, now: str, say: Translator, limit: int | None
) -> RenderableType:
    """Return the report.

    Parameters
    ----------
    report : Exposures
        From `tracegraph.services.exposures.exposures`.
    sources : mapping
        Documents behind the claims that made a difference, by id.
    now : str
        The present moment.
    limit : int or None
        Rows of a kind; None: all.
    """
    title = N_("Every contract against every current incident")
    if report.since is not None:
        title = N_("What is new: every contract against every incident")
    counts = (
        say.plural(N_("{n} contract"), N_("{n} contracts"), len(report.contracts)),
        say.plural(N_("{n} incident"), N_("{n} incidents"), len(report.incidents)),
    )
    parts: list[RenderableType] = [
        Text(say.text(title), style="bold"),
        Text(DOT.join((lens_words(report.lens, now, say), *counts)), style=DIM),
    ]
    if report.since is not None:
        parts.append(Text(say.text("compared with: {lens}", lens=lens_words(report.since, now, say)), style=DIM))
    parts += _changes(report, sources, say, limit) if report.changes is not None else _standing(report, say, limit)
    return Group(*parts, Text(), _next(report, now, say))


# --- as it stands ---


def _standing(report: Exposures, say: Translator, limit: int | None) -> Iterator[RenderableType]:
    yield from (Text(), heading(say.text("by incident")))
    if not report.incidents:
        yield Padding(Text(say.text("no incident exposes anything under this view")), (0, 0, 0, 2))
    listed = report.incidents[:limit]
    yield from (_incident(column, say) for column in listed)
    yield from _rest(len(listed), len(report.incidents), say)
    by_contract: dict[str, list[Exposed]] = {}
    for row in report.rows():
        by_contract.setdefault(row.facts.contract_id, []).append(row)
    ranked = sorted(by_contract.values(), key=_rank)
    if ranked:
        yield from (Text(), heading(say.text("by contract, the established first")))
    for rows in ranked[:limit]:
        yield _contract(rows, say)
    yield from _rest(len(ranked[:limit]), len(ranked), say)
    if free := len(report.contracts) - len(ranked):
        words = say.plural(N_("{n} contract without a link to any"), N_("{n} contracts without a link to any"), free)
        yield from (Text(), Padding(Text(words, style=DIM), (0, 0, 0, 2)))


def _incident(column: IncidentReadings, say: Translator) -> RenderableType:
    counts = Text()
    for status, count in column.counts.items():
        style = STATUS_STYLE[status] if count and status is not Status.NO_LINK else DIM
        counts.append(f"{say.text(STATUS[status])} {count}", style=style)
        counts.append("" if status is Status.NO_LINK else DOT)
    lines: list[RenderableType] = [_incident_name(column.incident, say), Padding(counts, (0, 0, 0, 2), expand=False)]
    if column.unmatched:
        names = ", ".join(selector.id for selector in column.unmatched)
        missing = say.text("nothing is recorded of {names}, so no route to it can be seen", names=names)
        lines.append(Padding(Text(missing, style="yellow"), (0, 0, 0, 2), expand=False))
    return Padding(Group(*lines), (0, 0, 0, 2))


def _incident_name(known: KnownRevision, say: Translator) -> RenderableType:
    revision = known.revision
    words = DOT.join((status_words(revision.status, say), say.text("recorded {day}", day=revision.recorded_at[:10])))
    return Group(titled(str(revision.incident_id), revision.title), Padding(Text(words, style=DIM), (0, 0, 0, 2)))


def _contract(rows: Sequence[Exposed], say: Translator) -> RenderableType:
    facts = rows[0].facts
    head = Text.assemble("  ", (facts.contract_id, "bold"), f"  {facts.title or ''}  ", (", ".join(facts.regions), DIM))
    lines: list[tuple[RenderableType, RenderableType]] = []
    for status in LISTED_STATUSES:
        names = [str(row.incident.revision.incident_id) for row in rows if row.reading.status is status]
        if names:
            rest = len(names) - INCIDENTS_SHOWN
            words = ", ".join(names[:INCIDENTS_SHOWN])
            words += say.text(" and {n} more", n=rest) if rest > 0 else ""
            lines.append((Text(say.text(STATUS[status]), style=STATUS_STYLE[status]), Text(words)))
    return Group(head, grid(lines, indent=4))


def _rank(rows: Sequence[Exposed]) -> tuple[list[int], str]:
    """Most established incidents first, then most possible ones, then most unmapped ones."""
    counts = [-sum(row.reading.status is status for row in rows) for status in LISTED_STATUSES]
    return counts, rows[0].facts.contract_id


def _rest(shown: int, total: int, say: Translator) -> Iterator[RenderableType]:
    rest = more(shown, total, say, say.text("--limit N or --all-rows shows them"))
    if rest is not None:
        yield Padding(rest, (0, 0, 0, 2))


# --- what is new ---


def _changes(report: Exposures, sources: Sources, say: Translator, limit: int | None) -> Iterator[RenderableType]:
    changes = report.changes or ()
    if not changes:
        yield from (Text(), Text(say.text("Nothing is new: every contract stands towards every incident as it did.")))
    worse = [change for change in changes if _after(change) < _before(change)]
    better = [change for change in changes if _after(change) > _before(change)]
    for title, listed in ((N_("closer than before: {n}"), worse), (N_("farther than before: {n}"), better)):
        if listed:
            groups = _alike(listed, sources, say)
            yield from (Text(), heading(say.text(title, n=len(listed))))
            yield from (_group(group, because, say, limit) for because, group in groups[:limit])
            yield from _rest(len(groups[:limit]), len(groups), say)


def _before(change: Change) -> int:
    return _ORDER[change.before.status] if change.before else len(_ORDER)


def _after(change: Change) -> int:
    return _ORDER[change.after.status] if change.after else len(_ORDER)


def _alike(changes: Sequence[Change], sources: Sources, say: Translator) -> list[tuple[str, list[Change]]]:
    """Return changes towards one incident, from and to the same, for the same reason, together with that reason."""
    groups: dict[tuple[object, ...], tuple[str, list[Change]]] = {}
    for change in changes:
        because = "; ".join(_cause(cause, change, sources, say) for cause in change.causes)
        key = (change.incident.revision.incident_id, _before(change), change.after, because)
        groups.setdefault(key, (because, []))[1].append(change)
    return list(groups.values())


def _group(changes: Sequence[Change], because: str, say: Translator, limit: int | None) -> RenderableType:
    first = changes[0]
    then = say.text(STATUS[first.before.status]) if first.before else say.text("not known")
    now = say.text(STATUS[first.after.status]) if first.after else say.text("no longer there")
    style = STATUS_STYLE[first.after.status] if first.after else DIM
    basis = first.after.basis if first.after else None
    stands = Text.assemble(then, ARROW, (now, style), f": {say.text(BASIS[basis])}" if basis else "")
    revision = first.incident.revision
    names = [_contract_name(change.facts) for change in changes[:limit]]
    rest = len(changes) - len(names)
    rows = (
        (say.text("status"), stands),
        (say.text("because"), Text(because)),
        (say.plural(N_("{n} contract"), N_("{n} contracts"), len(changes)), Text("\n".join(names))),
        *([("", Text(say.text("... and {n} more: {how}", n=rest, how="--all-rows"), style=DIM))] if rest else []),
    )
    head = Padding(titled(str(revision.incident_id), revision.title), (0, 0, 0, 2))
    return Group(head, grid([(Text(label, style=DIM), value) for label, value in rows], indent=4))


def _contract_name(facts: ContractFacts) -> str:
    regions = f"({', '.join(facts.regions)})" if facts.regions else ""
    return " ".join(part for part in (facts.contract_id, facts.title, regions) if part)


def _cause(cause: Cause, change: Change, sources: Sources, say: Translator) -> str:
    if cause.kind is CauseKind.INCIDENT:
        return say.text(
            "the incident: {change}, recorded {day}, revision {n}",
            change=change_words(change.incident.change, say),
            day=change.incident.revision.recorded_at[:10],
            n=change.incident.number,
        )
    if cause.kind is CauseKind.CONTRACT:
        return say.text(N_("the contract was not there then") if change.after else N_("the contract is there no more"))
    if cause.kind is CauseKind.OTHER_CLAIMS:
        return say.text(
            "changes in what is recorded of its chain: operators, owners, places, goods, or lists of sources"
        )
    cited = [source_text(sources.get(source), source, say) for source in cause.source_ids[:SOURCES_SHOWN]]
    one, many = (
        (N_("{n} claim on the way that did not count then"), N_("{n} claims on the way that did not count then"))
        if cause.kind is CauseKind.CLAIMS_NEW
        else (N_("{n} claim on the way that counts no more"), N_("{n} claims on the way that count no more"))
    )
    return f"{say.plural(one, many, cause.count)} ({'; '.join(cited)})"


# --- what to do next ---


def _next(report: Exposures, now: str, say: Translator) -> RenderableType:
    first = next(iter(report.changes or ()), None)
    worst = min(report.rows(), key=lambda row: _ORDER[row.reading.status], default=None)
    pair = first or worst
    lens, lines = report.lens, []
    flags = f" --valid-at {lens.valid_at}" if lens.valid_at != now[:10] else ""
    flags += f" --known-at {lens.known_at}" if lens.known_at < now else ""
    if pair is not None:
        lines.append(f"tracegraph incident exposure {pair.incident.revision.incident_id}{flags}")
        lines.append(f"tracegraph chain {pair.facts.contract_id}{flags}")
    if report.since is None:
        yesterday = date.fromisoformat(report.lens.known_at[:10]) - timedelta(days=1)
        lines.append(f"tracegraph exposures --since {yesterday}")
    return following(lines, say)
