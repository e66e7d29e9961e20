"""What to ask next: figures by hand on the small world, and against taking open ends away one by one on random ones."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.contract.build import LENS, contract, delivered, describes, item, link, offers, supplies
from tests.unit.demo_world import filled
from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.answer_ask import AskNext, AskQuestion
from tracegraph.change_set import ChangeSet
from tracegraph.errors import InvalidInput
from tracegraph.graph.ask_order import in_order
from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, NodeRef, Scope, Selector, Statement, holder_of
from tracegraph.services.ask_next import ask_next
from tracegraph.services.assuming import imported as assume
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Grade, Label, SelectorKind, Status
from tracegraph.vocabulary import RelationshipType as T
from tracegraph.walk.overlay import OverlayReader

ORIGIN = {"attributes": {"sourcing": "origin"}}


def said(contract_id: str, value: int | None = None, region: str = "SE-AB") -> Statement:
    says: dict[str, AttributeValue] = {"title": contract_id.upper(), "regions": [region], "category": "gloves"}
    return describes(contract(contract_id), "src-2", says | ({"value_sek": value} if value else {}))


def chains() -> list[Statement]:
    """c1 and c2 hang on s1 and its trader t1, c2 on s2 too; c3 on t1 by s3; c4 has no delivery; f9 touches none."""
    return [
        *(said("c1", 100), said("c2", 200), said("c3", None, "SE-M"), said("c4", 400)),
        supplies("t1/gloves", "s1/gloves", share_low=1.0),
        supplies("t1/gloves", "s3/gloves", share_low=1.0),
        delivered("s1/gloves", "c1"),
        *(delivered("s1/gloves", "c2", share_low=0.5, share_high=0.5), delivered("s2/gloves", "c2")),
        delivered("s3/gloves", "c3"),
        offers("f9/gloves"),
    ]


def asked(path: Path, **more: object) -> AskNext:
    store = filled(path / "store.db", *chains())
    question = AskQuestion(LENS, (Selector(SelectorKind.FACTORY, "f9"),), **more)  # type: ignore[arg-type]
    return ask_next(question, store, Portfolios(store))


def test_each_open_end_tells_what_lies_behind_it(tmp_path: Path) -> None:
    found = asked(tmp_path)
    assert (found.unclear, found.unclear_value_sek, found.unclear_without_value) == (4, 700, 1)
    ends = {end.id: (end.behind.contracts, end.behind.settles, end.behind.takes_part) for end in found.open_ends}
    assert ends == {"t1/gloves": (3, 2, 1), "c4": (1, 1, 0), "s2/gloves": (1, 0, 1)}
    first = found.open_ends[0]
    assert first.id == "t1/gloves"
    assert first.ask == ("s1", "s3")
    assert (first.behind.value_sek, first.behind.without_value) == (300, 1)
    assert first.behind.regions == ("SE-AB", "SE-M")


def test_each_supplier_gets_its_own_list(tmp_path: Path) -> None:
    found = {to_ask.supplier_id: to_ask for to_ask in asked(tmp_path).suppliers}
    assert set(found) == {"s1", "s2", "s3", None}
    assert [(q.id, q.settles, q.contracts) for q in found["s1"].questions] == [("t1/gloves", 1, ("c1", "c2"))]
    assert {id: one.behind.settles for id, one in found.items()} == {"s1": 1, "s2": 0, "s3": 1, None: 1}
    assert [facts.contract_id for facts in found["s1"].contracts] == ["c1", "c2"]
    assert [q.id for q in found[None].questions] == ["c4"]


def test_the_order_says_how_many_are_settled(tmp_path: Path) -> None:
    steps = [(step.ids, step.settles, step.settled) for step in asked(tmp_path).order]
    assert steps == [(("t1/gloves",), 2, 2), (("s2/gloves",), 1, 3), (("c4",), 1, 4)]


def test_a_report_is_narrowed(tmp_path: Path) -> None:
    found = asked(tmp_path, regions=("SE-M",))
    assert [(end.id, end.behind.settles) for end in found.open_ends] == [("t1/gloves", 1)]


def test_one_supplier_is_asked_only_what_it_can_tell(tmp_path: Path) -> None:
    found = asked(tmp_path, direct_suppliers=("s2",))
    assert [end.id for end in found.open_ends] == ["s2/gloves"]
    assert [to_ask.supplier_id for to_ask in found.suppliers] == ["s2"]


@pytest.mark.parametrize(
    "narrowing", [{"regions": ("SE-X",)}, {"categories": ("nothing",)}, {"direct_suppliers": ("t1",)}]
)
def test_a_value_that_nobody_knows_is_told(narrowing: dict[str, tuple[str, ...]], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as told:
        asked(tmp_path, **narrowing)
    assert told.value.message.values["value"] in ("SE-X", "nothing", "t1")


def test_rows_cut_lists_and_no_counts(tmp_path: Path) -> None:
    found = asked(tmp_path, rows=1)
    assert (len(found.open_ends), found.open_ends_total) == (1, 3)
    assert (len(found.suppliers), found.suppliers_total) == (1, 4)


# --- random worlds -------------------------------------------------------------------------------------------------


def answered(ends: Collection[str], store: Store, lens: Lens) -> OverlayReader:
    """Return the world in which some open ends are answered: nothing upstream of interest there, on best authority."""
    certain = {"grade": Grade.VERIFIED, "visibility": "public"}
    items = sorted(end for end in ends if "/" in end)
    holdings = store.items_of(sorted({holder_of(item) for item in items}), lens)
    labels = {found.holder_id: found.label for found in holdings} | {"known": Label.SUPPLIER}
    said = [
        link("items", T.OFFERS, NodeRef(labels[holder_of(i)], holder_of(i)), item(i), **ORIGIN, **certain)
        for i in [*items, "known/known"]
    ]
    for end in sorted(set(ends) - set(items)):
        said.append(link("deliveries", T.DELIVERED_UNDER, item("known/known"), contract(end), **certain))
        said.append(describes(contract(end), "src-known", {"sourcing": "origin"}, **certain))
    change = ChangeSet("answers", tuple(said), labels)
    return OverlayReader(store, assume(change, store, lens))


def unmapped(reader: GraphReader, scope: Scope, lens: Lens) -> set[str]:
    answer = dependents(Question(scope, lens), reader, Portfolios(reader))
    return {d.facts.contract_id for d in answer.dependents if d.status is Status.UNMAPPED}


def questions() -> Iterator[tuple[Store, Scope, Lens]]:
    for seed in range(6):
        with random_world(seed, size="small" if seed % 2 else "medium", lenses=2) as (store, lenses):
            for lens in (replace(lens, known_at="2030-01-01T00:00:00Z") for lens in lenses):
                factories = sorted({row.holder_id for row in store.portfolio(lens).items if row.is_factory})
                for factory in factories[seed % 3 :: 4]:
                    yield store, (Selector(SelectorKind.FACTORY, factory),), lens


def test_taking_open_ends_away_settles_what_was_said() -> None:
    looked_at = settled = 0
    for store, scope, lens in questions():
        before = unmapped(store, scope, lens)
        found = ask_next(AskQuestion(lens, scope, rows=None), store, Portfolios(store))
        assert found.unclear == len(before)
        every = {end.id for end in found.open_ends}
        assert before.isdisjoint(unmapped(answered(every, store, lens), scope, lens))
        for end in found.open_ends[:6]:
            alone = before - unmapped(answered({end.id}, store, lens), scope, lens)
            assert len(alone) == end.behind.settles, (scope, end)
            without = unmapped(answered(every - {end.id}, store, lens), scope, lens)
            assert len(before & without) == end.behind.contracts, (scope, end)
            looked_at, settled = looked_at + 1, settled + len(alone)
        asked_so_far: set[str] = set()
        for step in found.order[:3]:
            asked_so_far.update(step.ids)
            assert len(before - unmapped(answered(asked_so_far, store, lens), scope, lens)) == step.settled
        for to_ask in found.suppliers[:2]:
            gone = before - unmapped(answered({q.id for q in to_ask.questions}, store, lens), scope, lens)
            own = {c.contract_id for c in to_ask.contracts}
            assert to_ask.behind.settles <= len(gone & own)
    assert looked_at > 50
    assert settled > 10


# --- the order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_order_counts_what_it_settles(seed: int) -> None:
    chance = random.Random(seed)
    needs = [frozenset(chance.sample(range(8), chance.randint(1, 4))) for _ in range(chance.randint(1, 15))]
    asked_so_far: set[int] = set()
    settled = 0
    for bundle in in_order(needs, 20):
        settled += bundle.settles
        asked_so_far |= set(bundle.ends)
        assert settled == sum(need <= asked_so_far for need in needs)
        assert bundle.settles > 0
    assert settled == len(needs)


def test_the_first_step_is_the_best_ratio_of_any_bundle_of_a_contract() -> None:
    needs = [frozenset({0, 1}), frozenset({0, 1}), frozenset({1}), frozenset({2}), frozenset({3, 4, 5})]
    first = next(in_order(needs, 1))
    assert (first.ends, first.settles) == ((0, 1), 3)


def test_greedy_may_miss_the_best() -> None:
    """Questions 0, 1 and 2 settle three contracts; the first three questions of the order settle two."""
    needs = [frozenset(pair) for pair in combinations((0, 1, 2), 2)] + [frozenset({9})]
    steps = list(in_order(needs, 3))
    assert [(s.ends, s.settles) for s in steps] == [((9,), 1), ((0, 1), 1), ((2,), 2)]
