"""Two answers side by side: movements, causes that are computed and not guessed, wider scopes, and what-ifs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.build import (
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    offers,
    operated,
    owned,
    supplies,
)
from tests.unit.demo_world import demo_store, filled
from tests.unit.exchange.test_schemas import differences as schema_differences
from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.answer_compare import CauseKind, Comparison, Movement, Preview, Unseen, WhatIf, Widening
from tracegraph.errors import InvalidInput, UnknownClaim, UnknownNode
from tracegraph.exchange.compare import comparison_body, preview_body, whatif_body
from tracegraph.lens import Lens, visible_to
from tracegraph.model import ProductId, Selector, SourceId
from tracegraph.services.asking import Asked
from tracegraph.services.comparing import Pair, compare
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import sources_of
from tracegraph.services.pairing import Pairing, questions
from tracegraph.services.previewing import preview
from tracegraph.services.whatif import Suppositions, assume, what_if
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, SelectorKind, Status

EARLY, LATE = "2023-01-01T00:00:00Z", "2023-06-01T00:00:00Z"
PLANT = Selector(SelectorKind.FACTORY, "f1")
C1 = contract("c1")


def at(known_at: str) -> Lens:
    return replace(LENS, known_at=known_at)


def compared(store: Store, before: Lens, after: Lens = LENS, scope: tuple[Selector, ...] = (PLANT,)) -> Comparison:
    return compare(Pair(Question(scope, before), Question(scope, after)), store, max_documents=40)


def only(found: Comparison) -> tuple[Movement, list[tuple[str, ...]]]:
    (difference,) = found.differences
    return difference.movement, [cause.source_ids for cause in found.causes.by_contract[difference.contract_id]]


def said(source: str, known: str) -> dict[str, object]:
    return {"source_id": SourceId(source), "recorded_at": known}


def chain(path: Path, *more: object) -> Store:
    """f1 -> s1 -> c1: the delivery is known early, the rest is given."""
    always = (
        describes(C1, "src-0", {"title": "Gloves"}, recorded_at=EARLY),
        delivered("s1/gloves", "c1", **said("src-0", EARLY)),
        offers("s1/gloves", attributes={"sourcing": "complete", "source_count": 1}, **said("src-0", EARLY)),
        supplies("f2/gloves", "s1/gloves", **said("src-0", EARLY)),
        offers("f1/gloves", **said("src-0", EARLY)),
        offers("f3/gloves", **said("src-0", EARLY)),
    )
    return filled(path / "store.db", *always, *more)  # type: ignore[arg-type]


def test_the_document_that_made_the_difference(tmp_path: Path) -> None:
    store = chain(
        tmp_path,
        supplies("f1/gloves", "s1/gloves", **said("src-1", LATE)),
        supplies("f9/gloves", "s9/gloves", **said("src-2", LATE)),  # new, and about something else
        describes(holder("f1"), "src-3", {"name": "Plant"}, recorded_at=LATE),
    )
    found = compared(store, at("2023-03-01T00:00:00Z"))
    assert only(found) == (Movement.ENTERED, [("src-1",)])
    (cause,) = found.causes.by_contract["c1"]
    assert (cause.kind, cause.verified, cause.without) == (CauseKind.DOCUMENT, True, Status.NO_LINK)
    assert [(change.is_new, change.unseen) for change in cause.changes] == [(True, Unseen.NOT_YET_KNOWN)]


def test_two_documents_that_are_both_needed_are_both_named(tmp_path: Path) -> None:
    store = chain(
        tmp_path,
        supplies("f1/gloves", "t1/gloves", **said("src-1", LATE)),
        supplies("t1/gloves", "s1/gloves", **said("src-2", LATE)),
    )
    assert only(compared(store, at(EARLY))) == (Movement.ENTERED, [("src-1",), ("src-2",)])


def test_two_documents_of_which_one_is_enough_are_named_together(tmp_path: Path) -> None:
    store = chain(
        tmp_path,
        supplies("f1/gloves", "s1/gloves", **said("src-1", LATE)),
        supplies("f1/gloves", "s1/gloves", **said("src-2", LATE)),
    )
    found = compared(store, at(EARLY))
    (cause,) = found.causes.by_contract["c1"]
    assert (cause.kind, set(cause.source_ids), cause.verified) == (CauseKind.DOCUMENTS, {"src-1", "src-2"}, True)


def test_a_document_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = supplies("f1/gloves", "s1/gloves", valid_to="2020-01-01", **said("src-1", EARLY))
    store = chain(tmp_path, gone)
    found = compared(store, replace(LENS, valid_at="2019-06-01"))
    assert only(found) == (Movement.LEFT, [("src-1",)])
    (cause,) = found.causes.by_contract["c1"]
    assert cause.changes[0].unseen is Unseen.NO_LONGER_VALID
    assert cause.without is Status.ESTABLISHED


def test_a_list_that_becomes_complete_is_a_cause_too(tmp_path: Path) -> None:
    store = filled(
        tmp_path / "store.db",
        describes(C1, "src-0", {"title": "Gloves"}, recorded_at=EARLY),
        delivered("s1/gloves", "c1", **said("src-0", EARLY)),
        supplies("f2/gloves", "s1/gloves", **said("src-0", EARLY)),
        offers("f1/gloves", **said("src-0", EARLY)),
        offers("s1/gloves", attributes={"sourcing": "complete", "source_count": 1}, **said("src-4", LATE)),
    )
    found = compared(store, at(EARLY))
    assert only(found) == (Movement.LEFT, [("src-4",)])
    assert found.causes.by_contract["c1"][0].without is Status.UNMAPPED


def test_a_sale_elsewhere_that_shows_that_the_plant_makes_the_goods_is_a_cause(tmp_path: Path) -> None:
    """Nothing upstream of the contract is new; but the plant is now known to have an item, which its operator sells."""
    store = chain(
        tmp_path,
        operated("f4", "s1", **said("src-0", EARLY)),
        offers("f4/masks", **said("src-0", EARLY)),
        supplies("f4/gloves", "x1/gloves", **said("src-5", LATE)),
    )
    found = compared(store, at(EARLY), scope=(Selector(SelectorKind.FACTORY, "f4"),))
    assert only(found) == (Movement.CHANGED, [("src-5",)])


def test_nothing_new_upstream_is_no_cause_by_its_date(tmp_path: Path) -> None:
    """A widened scope makes the difference; a new document beside it does not, and is not named."""
    store = chain(
        tmp_path, supplies("f1/gloves", "s1/gloves", **said("src-1", EARLY)), owned("m1", "m2", **said("src-2", LATE))
    )
    first, second = (Question((Selector(SelectorKind.FACTORY, f),), at(t)) for f, t in (("f3", EARLY), ("f1", LATE)))
    found = compare(Pair(first, second), store, max_documents=40)
    assert [cause.kind for cause in found.causes.by_contract["c1"]] == [CauseKind.SCOPE]


def test_the_limit_on_documents_is_said(tmp_path: Path) -> None:
    store = chain(
        tmp_path,
        supplies("f1/gloves", "t1/gloves", **said("src-1", LATE)),
        supplies("t1/gloves", "s1/gloves", **said("src-2", LATE)),
    )
    question = Question((PLANT,), LENS)
    found = compare(Pair(replace(question, lens=at(EARLY)), question), store, max_documents=1)
    assert (found.causes.tested, found.causes.left_out) == (1, 1)


def test_another_reader(tmp_path: Path) -> None:
    store = chain(tmp_path, supplies("f1/gloves", "s1/gloves", visibility="region:SE-AB", **said("src-1", EARLY)))
    found = compared(store, LENS, replace(LENS, visible_to=visible_to("SE-AB")))
    (cause,) = found.causes.by_contract["c1"]
    assert cause.changes[0].unseen is Unseen.NOT_VISIBLE


@pytest.mark.parametrize("seed", range(5))
def test_every_verified_cause_holds_and_every_difference_has_one(seed: int) -> None:
    """On random worlds: each difference is explained, and what is verified names a document that changed."""
    with random_world(seed, "small", lenses=1) as (store, (lens,)):
        scope = tuple(Selector(SelectorKind.FACTORY, f"f{n}") for n in range(1, 4))
        found = compare(
            Pair(Question(scope, replace(lens, known_at="2019-03-01T00:00:00Z")), Question(scope, lens)),
            store,
            max_documents=40,
        )
        assert found.causes.by_contract.keys() == {d.contract_id for d in found.differences}
        body = comparison_body(found, sources_of(["src-1", "src-2", "src-3"], store))
        assert schema_differences("compare", body) == []
        for causes in found.causes.by_contract.values():
            for cause in causes:
                assert cause.kind is not CauseKind.NOT_FOUND
                assert cause.verified
                assert cause.total >= len(cause.changes) > 0


# --- from words to a pair --------------------------------------------------------------------------------------------


def with_revisions(path: Path) -> Store:
    store = chain(
        path, supplies("f1/gloves", "s1/gloves", **said("src-1", EARLY)), offers("f3/gloves", **said("src-1", EARLY))
    )
    first = replace(
        incident("inc-1"), scope=(Selector(SelectorKind.FACTORY, "f3"),), recorded_at="2023-02-01T00:00:00Z"
    )
    second = replace(first, scope=(PLANT,), recorded_at="2023-03-01T00:00:00Z")
    third = replace(second, status="disputed", recorded_at="2023-04-01T00:00:00Z")
    fourth = replace(second, status="withdrawn", recorded_at="2023-05-01T00:00:00Z")
    for revision in (first, second, third, fourth):
        store.apply(change_set(incidents=[revision]), NOW)
    return store


def paired(store: Store, before: str, after: str, *revisions: int) -> Comparison:
    pairing = Pairing(Asked(incidents=("inc-1",)), (at(before), at(after)), revisions)
    return compare(questions(pairing, Question((), LENS), store), store, max_documents=40)


def test_the_revision_that_widened_the_scope_is_named_not_the_newest(tmp_path: Path) -> None:
    found = paired(with_revisions(tmp_path), "2023-02-02T00:00:00Z", "2023-04-02T00:00:00Z")
    assert [known.number for known in found.scope_changes] == [2]
    assert [(d.contract_id, d.movement) for d in found.differences] == [("c1", Movement.ENTERED)]
    assert found.causes.by_contract["c1"][0].kind is CauseKind.SCOPE


def test_before_it_was_known_and_after_it_was_withdrawn_nothing_is_exposed(tmp_path: Path) -> None:
    store = with_revisions(tmp_path)
    found = paired(store, "2023-01-02T00:00:00Z", "2023-04-02T00:00:00Z")
    assert (found.before.answer.dependents, found.differences[0].movement) == ((), Movement.ENTERED)
    gone = paired(store, "2023-04-02T00:00:00Z", "2023-06-02T00:00:00Z")
    assert ([known.number for known in gone.scope_changes], gone.differences[0].movement) == ([4], Movement.LEFT)
    assert schema_differences("compare", comparison_body(gone, {})) == []


def test_two_revisions_under_one_lens(tmp_path: Path) -> None:
    store = with_revisions(tmp_path)
    found = paired(store, LATE, LATE, 1, 2)
    assert [(d.contract_id, d.movement) for d in found.differences] == [("c1", Movement.ENTERED)]
    with pytest.raises(InvalidInput):
        paired(store, LATE, LATE, 1, 9)
    with pytest.raises(InvalidInput):
        paired(store, LATE, LATE, 1)
    with pytest.raises(UnknownNode):
        paired(store, "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")


# --- wider scopes ----------------------------------------------------------------------------------------------------


def widened(store: Store, widening: Widening, *scope: Selector) -> Preview:
    store.apply(change_set(incidents=[replace(incident("inc-1"), scope=scope)]), NOW)
    view = find_incident(store, "inc-1", LENS)
    found = preview(view, Question(scope, LENS), widening, store)
    assert schema_differences("incident-preview", preview_body(found)) == []
    return found


def test_a_plant_is_widened_to_the_top_of_its_group(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    store.apply(
        change_set(owned("m1", "g1"), owned("g1", "g2"), owned("g1", "g3", attributes={"owned_share": 0.2})), NOW
    )
    found = widened(store, Widening.GROUP, PLANT)
    assert found.widened[0].wider == (Selector(SelectorKind.GROUP, "g2"),)
    assert found.widened[0].partly_owned == ("g3",)


def test_owners_in_a_circle_end(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(owned("m1", "g1"), owned("g1", "g2"), owned("g2", "g1")), NOW)
    assert widened(store, Widening.GROUP, PLANT).widened[0].wider == (Selector(SelectorKind.GROUP, "g1"),)


def test_a_plant_is_widened_to_its_country_for_the_same_goods(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    found = widened(
        store, Widening.COUNTRY, Selector(SelectorKind.SUPPLIER, "m1"), Selector(SelectorKind.COUNTRY, "TH")
    )
    goods = (ProductId("gloves"), ProductId("latex"))
    assert found.widened[0].wider == (Selector(SelectorKind.COUNTRY, "MY", products=goods),)
    assert found.widened[1].wider == ()


def test_goods_are_widened_to_broader_ones_and_then_to_all(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    narrow = replace(PLANT, products=(ProductId("nitrile"),))
    broader = widened(store, Widening.PRODUCT, narrow).widened[0].wider
    assert broader == (replace(PLANT, products=(ProductId("gloves"),)),)
    assert widened(store, Widening.PRODUCT, *broader).widened[0].wider == (PLANT,)
    assert widened(store, Widening.PRODUCT, PLANT).widened[0].wider == ()


def test_a_preview_says_what_enters_and_whom_to_call(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    before = list(store.stream())
    nowhere = replace(Selector(SelectorKind.SUPPLIER, "m1"), products=(ProductId("steel"),))
    found = widened(store, Widening.PRODUCT, nowhere)
    moved = {d.contract_id: d.movement for d in found.comparison.differences}
    assert moved == {"c1": Movement.CHANGED}
    assert found.call == ("s1",)
    claims = [line for line in store.stream() if line["line"] == "claim"]
    assert claims == [line for line in before if line["line"] == "claim"]


# --- what-if ---------------------------------------------------------------------------------------------------------


def supposed(store: Store, suppositions: Suppositions, scope: tuple[Selector, ...] = (PLANT,)) -> WhatIf:
    before = list(store.stream())
    assumed, overlay = assume(suppositions, store, LENS)
    found = what_if(Question(scope, LENS), assumed, store, overlay)
    assert list(store.stream()) == before
    assert schema_differences("whatif", whatif_body(found)) == []
    return found


def test_without_a_source_its_dependency_is_gone(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    found = supposed(store, Suppositions(without_sources=("src-1",)))
    assert [(d.contract_id, d.after and d.after.status) for d in found.comparison.differences] == [
        ("c1", Status.UNMAPPED)
    ]
    with pytest.raises(UnknownNode):
        supposed(store, Suppositions(without_sources=("src-3",)))  # a region's private paper


def test_without_a_claim(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    (claim,) = (c for c in store.closure(["f1/gloves"], "downstream", LENS, 1).claims if c.end == "t1/gloves")
    found = supposed(store, Suppositions(without_claims=(claim.claim_id,)))
    assert [d.contract_id for d in found.comparison.differences] == ["c1"]
    with pytest.raises(UnknownClaim):
        supposed(store, Suppositions(without_claims=("clm-00000000000000000000",)))


def test_a_closed_plant_delivers_nothing(tmp_path: Path) -> None:
    found = supposed(demo_store(tmp_path / "store.db"), Suppositions(closed=("f1",)))
    assert {claim.start.id for claim in found.supposed.hidden} == {"f1", "f1/gloves"}
    assert [d.after and d.after.status for d in found.comparison.differences] == [Status.UNMAPPED]
    with pytest.raises(UnknownNode):
        supposed(demo_store(tmp_path / "other.db"), Suppositions(closed=("s1",)))


def test_a_file_taken_for_true(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    (tmp_path / "deliveries.csv").write_text("contract_id,supplier_id,product\nc2,t1,gloves\n", encoding="utf-8")
    found = supposed(store, Suppositions(files=(tmp_path / "deliveries.csv",)))
    assert [(d.contract_id, d.after and d.after.status) for d in found.comparison.differences] == [
        ("c2", Status.ESTABLISHED)
    ]


def test_nothing_assumed_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        supposed(demo_store(tmp_path / "store.db"), Suppositions())


def test_grades_compete_as_stored(tmp_path: Path) -> None:
    """A claim taken back still competes by its grade and time: what was verified decides again."""
    store = chain(
        tmp_path,
        supplies("f1/gloves", "s1/gloves", share_low=0.4, share_high=0.4, grade=Grade.VERIFIED, **said("src-1", EARLY)),
        supplies("f1/gloves", "s1/gloves", share_low=0.6, share_high=0.6, **said("src-2", EARLY)),
    )
    found = supposed(store, Suppositions(without_sources=("src-1",)))
    shares = [
        next(d.share for d in side.answer.dependents) for side in (found.comparison.before, found.comparison.after)
    ]
    assert [share and share.low for share in shares] == [0.4, 0.6]
