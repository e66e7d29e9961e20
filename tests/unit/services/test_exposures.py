"""Every contract against every current incident; what is new since, and why."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from tests.contract.build import LATER, LENS, change_set, delivered, describes, incident, lens, operated, supplies
from tests.contract.build import contract as contract_node
from tests.library import imported, opened
from tests.oracle.dataset import write_dataset
from tests.strategies import random_tables
from tests.unit.demo_world import NOW, demo_store
from tracegraph.answer import LISTED_STATUSES, Question
from tracegraph.answer_exposures import CauseKind, Change, Exposures
from tracegraph.errors import IncidentWithdrawn, InvalidInput, UnknownNode
from tracegraph.exchange.exposures import exposures_body, write_exposures
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.model import Selector, SourceId
from tracegraph.render.exposures import exposures_shown
from tracegraph.services.dependents import dependents
from tracegraph.services.exposures import Asked, exposures
from tracegraph.services.incidents import list_incidents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, SelectorKind, Status

ROOT = Path(__file__).resolve().parents[3]
BETWEEN = "2024-01-15T00:00:00Z"  # after NOW, before LATER
THEN = replace(LENS, known_at=BETWEEN)
EARLIER = replace(LENS, known_at="2023-12-31T23:59:59Z")  # before anything was known
Seen = tuple[str, str, str | None, str | None, tuple[str, ...]]


def about(incident_id: str, *ids: str, **more: object) -> IncidentRevision:
    """Return an incident about factories and suppliers."""
    scope = tuple(Selector(SelectorKind.FACTORY if i.startswith("f") else SelectorKind.SUPPLIER, i) for i in ids)
    return replace(incident(incident_id), scope=scope, **more)  # type: ignore[arg-type]  # fields of a revision


def world(tmp_path: Path, *incidents: IncidentRevision) -> Store:
    """The demo world with incidents: c1 depends on f1, f2 and t1; nothing depends on f9."""
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(incidents=incidents), NOW)
    return store


def ask(store: Store, since: Lens | None = THEN, now: Lens = LENS, **more: tuple[str, ...]) -> Exposures:
    return exposures(Asked(now, since, **more), store, Portfolios(store))


def seen(report: Exposures) -> list[Seen]:
    """Return the changes as plain values."""
    return [
        (
            change.facts.contract_id,
            str(change.incident.revision.incident_id),
            change.before.status.value if change.before else None,
            change.after.status.value if change.after else None,
            tuple(cause.kind.value for cause in change.causes),
        )
        for change in report.changes or ()
    ]


def test_every_contract_against_every_incident(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-plant", "f1"), about("i-gone", "f1", status="withdrawn"), about("i-none", "f9"))
    report = ask(store, since=None)
    assert [facts.contract_id for facts in report.contracts] == ["c1", "c2"]
    found = {str(c.incident.revision.incident_id): [r.status.value for r in c.readings] for c in report.incidents}
    assert found == {"i-none": ["unmapped", "unmapped"], "i-plant": ["established", "unmapped"]}
    assert [selector.id for selector in report.incidents[0].unmatched] == ["f9"]
    assert report.changes is None
    assert len(list(report.rows())) == 4
    (only,) = ask(store, since=None, now=replace(LENS, min_grade=Grade.VERIFIED), incidents=("i-plant",)).incidents
    assert only.counts[Status.NO_LINK] == 0  # of a chain that nobody sees, nobody can tell


def test_an_incident_that_was_recorded_is_the_cause(tmp_path: Path) -> None:
    store = world(tmp_path)
    store.apply(change_set(incidents=[about("i-1", "f1")]), LATER)
    assert seen(ask(store)) == [
        ("c1", "i-1", None, "established", ("incident",)),
        ("c2", "i-1", None, "unmapped", ("incident",)),
    ]


def test_a_wider_incident_is_the_cause_and_its_revision_is_named(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f9"))
    store.apply(change_set(incidents=[about("i-1", "f9", "f1", recorded_at=LATER)]), LATER)
    report = ask(store)
    assert seen(report) == [("c1", "i-1", "unmapped", "established", ("incident",))]
    (change,) = report.changes or ()
    assert (change.incident.number, change.incident.change) == (2, "widened")


def test_a_withdrawn_incident_leaves(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f1"))
    store.apply(change_set(incidents=[about("i-1", "f1", status="withdrawn", recorded_at=LATER)]), LATER)
    assert seen(ask(store)) == [
        ("c1", "i-1", "established", None, ("incident",)),
        ("c2", "i-1", "unmapped", None, ("incident",)),
    ]
    with pytest.raises(IncidentWithdrawn):
        ask(store, since=None, incidents=("i-1",))
    assert ask(store, incidents=("i-1",)).incidents == ()


def test_a_new_claim_is_the_cause_and_is_named(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f8"))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", source_id=SourceId("src-1"))), LATER)
    report = ask(store)
    assert seen(report) == [("c1", "i-1", "unmapped", "established", ("claims_new",))]
    (change,) = report.changes or ()
    (cause,) = change.causes
    assert (cause.count, len(cause.claim_ids), cause.source_ids) == (1, 1, ("src-1",))


def test_a_retracted_claim_is_the_cause_and_is_named(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f1"))
    answer = dependents(Question((Selector(SelectorKind.FACTORY, "f1"),), LENS), store, Portfolios(store))
    (route,) = [d.route for d in answer.dependents if d.route]
    store.retract(LATER, claim_ids=[claim.claim_id for claim in route[0].claims])
    report = ask(store)
    assert [change[:4] for change in seen(report)] == [("c1", "i-1", "established", "unmapped")]
    (change,) = report.changes or ()
    assert [cause.kind for cause in change.causes] == [CauseKind.CLAIMS_GONE]
    assert change.causes[0].claim_ids == tuple(claim.claim_id for claim in route[0].claims)


def test_a_claim_that_begins_to_hold_is_new_although_it_was_known(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f8"))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", valid_from="2024-05-01")), NOW)
    then = replace(THEN, valid_at="2024-04-30")
    assert seen(ask(store, since=then)) == [("c1", "i-1", "unmapped", "established", ("claims_new",))]


def test_both_an_incident_and_claims_may_be_the_cause(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f8"))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", grade=Grade.INFERRED)), LATER)
    store.apply(change_set(incidents=[about("i-1", "f8", "f1", recorded_at=LATER)]), LATER)
    assert seen(ask(store)) == [("c1", "i-1", "unmapped", "established", ("incident", "claims_new"))]


def test_what_is_not_on_a_route_is_a_cause_too(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "m7"))
    store.apply(change_set(operated("f1", "m7")), LATER)
    (change,) = [change for change in seen(ask(store)) if change[0] == "c1"]
    assert change == ("c1", "i-1", "unmapped", "established", ("other_claims",))


def test_a_new_contract_is_told(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f1"))
    store.apply(
        change_set(describes(contract_node("c3"), "src-2", {"title": "New"}), delivered("f1/gloves", "c3")), LATER
    )
    assert seen(ask(store)) == [("c3", "i-1", None, "established", ("contract", "claims_new"))]


def test_a_reader_who_may_not_see_a_claim_gets_nothing_new(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f8"))
    before = exposures_body(ask(store))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", visibility="region:SE-AB")), LATER)
    assert exposures_body(ask(store)) == before
    own, then = lens("SE-AB"), replace(lens("SE-AB"), known_at=BETWEEN)
    assert seen(ask(store, since=then, now=own)) == [("c1", "i-1", "unmapped", "established", ("claims_new",))]


def test_regions_and_incidents_narrow_and_mistakes_are_named(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f1"), about("i-2", "t1"))
    assert [f.contract_id for f in ask(store, since=None, regions=("SE-M",)).contracts] == ["c2"]
    assert len(ask(store, since=None, incidents=("i-2",)).incidents) == 1
    with pytest.raises(InvalidInput, match="SE-XX"):
        ask(store, regions=("SE-XX",))
    with pytest.raises(UnknownNode, match="did you mean"):
        ask(store, incidents=("i-3",))
    with pytest.raises(InvalidInput, match="not before"):
        ask(store, since=LENS)


@pytest.mark.parametrize("seed", range(4))
def test_changes_are_those_of_two_walks(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    tables = random_tables(chance, "small")
    with opened(f"sqlite:///{tmp_path}/store.db") as store:
        rows = tables["supplies"]
        part = dict(tables, supplies=rows[: len(rows) // 2])
        imported(store, write_dataset(part, tmp_path / "a"), NOW)
        scopes = [about(f"i-{n}", f"f{n}", f"s{n}") for n in range(1, 6)]
        store.apply(change_set(incidents=scopes), NOW)
        imported(store, write_dataset(tables, tmp_path / "b"), LATER)
        store.apply(change_set(incidents=[about("i-1", "f1", "s1", "s2", recorded_at=LATER)]), LATER)
        for grade in (Grade.INFERRED, Grade.REPORTED):
            then, now = (Lens("2020-01-01", known, min_grade=grade) for known in (BETWEEN, LENS.known_at))
            before, after = walked(store, then), walked(store, now)
            moved = {pair for pair, _ in before.items() ^ after.items()}
            expected = {pair for pair in moved if {before.get(pair), after.get(pair)} & set(LISTED_STATUSES)}
            changes = ask(store, since=then, now=now).changes or ()
            assert {(c.facts.contract_id, str(c.incident.revision.incident_id)) for c in changes} == expected
            assert all(change.causes for change in changes)
            assert list(map(rank, changes)) == sorted(map(rank, changes))


def rank(change: Change) -> int:
    return list(Status).index(change.after.status) if change.after else 9


def walked(store: Store, seen_by: Lens) -> dict[tuple[str, str], Status]:
    """Return the status of every contract towards every incident, by one walk an incident."""
    return {
        (d.facts.contract_id, str(view.current.incident_id)): d.status
        for view in list_incidents(store, seen_by)
        for d in dependents(Question(view.current.scope, seen_by), store, Portfolios(store)).dependents
    }


def test_json_obeys_the_schema_and_csv_has_the_same_rows(tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f1"), about("i-2", "f9", "f8"))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", source_id=SourceId("src-1"))), LATER)
    schema = json.loads((ROOT / "docs/schemas/exposures.json").read_text(encoding="utf-8"))
    for since in (None, THEN, EARLIER):
        report = ask(store, since=since)
        body = json.loads(json.dumps(exposures_body(report, with_no_link=True)))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(body)] == []
        path = tmp_path / "rows.csv"
        count = write_exposures(report, path, with_no_link=True)
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert count == len(rows) == len(body["exposures"] if body["changes"] is None else body["changes"])
        pairs = [(row["contract_id"], row["incident_id"]) for row in rows]
        if since is None:
            assert pairs == [(row["contract_id"], row["incident_id"]) for row in body["exposures"]]
        else:
            told = [(row["contract"]["contract_id"], row["incident"]["incident_id"]) for row in body["changes"]]
            assert pairs == told


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_the_words_name_the_incident_the_status_and_the_reason(lang: str, tmp_path: Path) -> None:
    store = world(tmp_path, about("i-1", "f8"))
    store.apply(change_set(supplies("f8/gloves", "t1/gloves", source_id=SourceId("src-1"))), LATER)
    say = Translator(lang)
    text = shown(ask(store), say)
    assert "i-1" in text
    assert say.text("unmapped") + " -> " + say.text("established") in text
    assert "c1 Examination gloves (SE-AB)" in text
    assert say.text("{n} claim on the way that did not count then", n=1) in text
    quiet = shown(ask(store, since=replace(LENS, known_at="2024-05-01T00:00:00Z")), say)
    assert say.text("Nothing is new: every contract stands towards every incident as it did.") in quiet
    assert "i-1" in shown(ask(store, since=None), say)


def shown(report: Exposures, say: Translator) -> str:
    """Return what a person reads, on a wide screen."""
    out = StringIO()
    Console(file=out, width=200).print(exposures_shown(report, {}, LENS.known_at, say, 20))
    return out.getvalue()
