"""What a wider scope would add to an incident, before anyone is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracegraph.answer import Question
from tracegraph.answer_compare import Preview, Widened, Widening
from tracegraph.decide import decide_owned_share
from tracegraph.graph.owners import top_owners
from tracegraph.lens import Lens
from tracegraph.model import Claim, ProductId, Scope, Selector, holder_of, product_of
from tracegraph.services.comparing import answered, side, without_causes
from tracegraph.services.exposure import known_revision
from tracegraph.services.incidents import IncidentView
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import UNSPECIFIED, RelationshipType, SelectorKind
from tracegraph.walk.scope import MAJORITY, resolve_scope

T = RelationshipType


def preview(view: IncidentView, asked: Question, widening: Widening, reader: GraphReader) -> Preview:
    """Answer what a wider scope would add to an incident's.

    Parameters
    ----------
    view : IncidentView
        The incident, as seen under the lens of `asked`.
    asked : Question
        Lens and limits; its scope is the incident's.
    widening : Widening
        ``group``: the groups of the selected plants and companies, up to the top owner that is seen. ``country``: the
        countries of the selected plants, the same goods. ``product``: the next broader goods, or all where there are
        none broader.

    Notes
    -----
    The scope of today is kept beside the wider one, so that no contract can leave.
    """
    widened = tuple(_WIDER[widening](selector, reader, asked.lens) for selector in asked.scope)
    wider: Scope = tuple(dict.fromkeys((*asked.scope, *(s for found in widened for s in found.wider))))
    known = (known_revision(view),)
    now, then = (side(answered(replace(asked, scope=scope), reader), known) for scope in (asked.scope, wider))
    return Preview(
        widening=widening,
        widened=widened,
        comparison=without_causes(now, then),
        call=_more((d.direct_suppliers for d in s.answer.dependents) for s in (now, then)),
        ask=_more((d.ask for d in s.answer.dependents) for s in (now, then)),
    )


def _more(sides: Iterable[Iterable[Sequence[str]]]) -> tuple[str, ...]:
    """Return, sorted, what the second of two sides names and the first does not."""
    now, then = ({name for names in found for name in names} for found in sides)
    return tuple(sorted(then - now))


# --- to the group --------------------------------------------------------------------------------------------------


def _to_group(selector: Selector, reader: GraphReader, lens: Lens) -> Widened:
    if selector.kind is SelectorKind.COUNTRY:
        return Widened(selector, ())
    companies = {selector.id}
    if selector.kind is SelectorKind.FACTORY:
        companies = {claim.end.id for claim in reader.links_of([selector.id], [T.OPERATED_BY], "downstream", lens)}
    tops, partly = _owners(companies, reader, lens)
    groups = (replace(selector, kind=SelectorKind.GROUP, id=top) for top in tops)
    return Widened(selector, tuple(group for group in groups if group != selector), partly)


def _owners(companies: Iterable[str], reader: GraphReader, lens: Lens) -> tuple[list[str], tuple[str, ...]]:
    """Return the top owners of companies, and the owners of less than half, which are not followed."""
    known: set[str] = set()
    waiting = set(companies)
    owned: set[tuple[str, str]] = set()
    partly: set[str] = set()
    while waiting:
        known |= waiting
        pairs: dict[tuple[str, str], list[Claim]] = {}
        for claim in reader.links_of(sorted(waiting), [T.OWNED_BY], "downstream", lens):
            pairs.setdefault((claim.start.id, claim.end.id), []).append(claim)
        shares = {pair: decide_owned_share(claims) for pair, claims in pairs.items()}
        more = {pair for pair, share in shares.items() if share is None or share >= MAJORITY}
        partly |= {owner for _, owner in pairs.keys() - more}
        owned |= more
        waiting = {owner for _, owner in more} - known
    return top_owners(known, owned), tuple(sorted(partly - known))


# --- to the country ------------------------------------------------------------------------------------------------


def _to_country(selector: Selector, reader: GraphReader, lens: Lens) -> Widened:
    if selector.kind is SelectorKind.COUNTRY:
        return Widened(selector, ())
    touched = resolve_scope((replace(selector, services=False),), reader, lens, reader.catalogue()).affected
    located = reader.links_of(sorted({holder_of(item) for item in touched}), [T.LOCATED_IN], "downstream", lens)
    plants = {claim.start.id for claim in located}
    countries = sorted({claim.end.id for claim in located} & set(selector.countries or {c.end.id for c in located}))
    made = {ProductId(product_of(item)) for item in touched if holder_of(item) in plants} - {ProductId(UNSPECIFIED)}
    goods = selector.products or tuple(sorted(made)) or None
    return Widened(
        selector,
        tuple(replace(selector, kind=SelectorKind.COUNTRY, id=c, products=goods, countries=None) for c in countries),
    )


# --- to broader goods ----------------------------------------------------------------------------------------------


def _to_product(selector: Selector, reader: GraphReader, _lens: Lens) -> Widened:
    if selector.products is None:
        return Widened(selector, ())
    listed = reader.catalogue().products
    broader = [listed[p].broader if p in listed else () for p in selector.products]
    goods = tuple(dict.fromkeys(p for found in broader for p in found)) if all(broader) else None
    return Widened(selector, (replace(selector, products=goods),))


_WIDER = {Widening.GROUP: _to_group, Widening.COUNTRY: _to_country, Widening.PRODUCT: _to_product}
