"""Whether the data is sound: what contradicts itself, what is missing, what nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator

from tracegraph.answer_check import CheckReport, Finding, FindingKind, Severity
from tracegraph.exchange.ndjson import stored_claims
from tracegraph.lens import Lens
from tracegraph.messages import N_, Message
from tracegraph.model import Claim
from tracegraph.services.check_claims import ClaimRules
from tracegraph.services.check_nodes import Seen, node_findings
from tracegraph.store.port import GraphReader, StoreKeeper
from tracegraph.vocabulary import UNSOURCED, Label
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.visible import visible_claims

_SEVERITIES = list(Severity)


def check(reader: GraphReader, lens: Lens, keeper: StoreKeeper | None = None) -> CheckReport:
    """Check the integrity of the data.

    Parameters
    ----------
    reader : GraphReader
        The store.
    lens : Lens
        What is looked at: rules on nodes see what the lens shows.
    keeper : StoreKeeper, optional
        The administrator's side of the store: with it, rules on single claims look at every claim, whoever may see it.

    Returns
    -------
    CheckReport
        All findings; `found_errors` when one of them is an error.

    Notes
    -----
    Reads everything once (with `keeper` twice): seconds for hundreds of thousands of claims, which are held at once.
    """
    version = reader.version(lens)
    visible = list(visible_claims(reader, lens))
    rules = ClaimRules()
    found = list(rules.findings(stored_claims(keeper) if keeper else visible))
    found += node_findings(Seen(visible, reader.catalogue(), lambda: _inferred(reader, lens)))
    found += _unknown_sources(visible, reader)
    if keeper is not None:
        found += _unfinished(keeper)
    found.sort(key=lambda finding: (_SEVERITIES.index(finding.severity), finding.rule, finding.id))
    return CheckReport(lens, tuple(found), rules.seen, keeper is not None, version)


def _inferred(reader: GraphReader, lens: Lens) -> Iterator[tuple[str, str]]:
    """Yield the inferred steps between items."""
    portfolio = Portfolio(reader.portfolio(lens), reader.catalogue(), infers=lens.infers)
    ids, steps = portfolio.items.ids, portfolio.inferred
    yield from ((ids[s], ids[e]) for s, e in zip(steps.start.tolist(), steps.end.tolist(), strict=True))


def _unknown_sources(visible: list[Claim], reader: GraphReader) -> Iterator[Finding]:
    named = {claim.source_id for claim in visible} - {UNSOURCED}
    known = {getattr(record, "source_id", "") for record in reader.references(Label.SOURCE, sorted(named))}
    for source in sorted(named - known):
        yield Finding(
            "source-not-described",
            Severity.WARNING,
            FindingKind.NODE,
            source,
            Message(N_("claims name the source {id}, but sources does not have it"), {"id": source}),
            Message(N_("add it to sources, with its title and publisher"), {"id": source}),
        )


def _unfinished(keeper: StoreKeeper) -> Iterator[Finding]:
    for entry in keeper.info().imports:
        if entry.state != "finished":
            values = {"id": str(entry.change_set), "description": entry.description}
            yield Finding(
                "import-interrupted",
                Severity.ERROR,
                FindingKind.IMPORT,
                str(entry.change_set),
                Message(N_("import {id} ({description}) was cut short; no reader sees any of it"), values),
                Message(N_("run the same import again, or discard it with tracegraph retract --import {id}"), values),
            )
