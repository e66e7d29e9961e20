"""From what a person writes to a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.incidents import incident_body, incident_from_body
from tracegraph.model import Selector
from tracegraph.services.asking import Asked, day, lens_of, moment, reader_name, scope_of
from tracegraph.services.incidents import find_incident, list_incidents
from tracegraph.store.rows import Record
from tracegraph.vocabulary import Grade, SelectorKind

NOW = "2026-01-02T03:04:05Z"
LENS = lens_of(NOW)
BODY = {
    "title": "Reports",
    "kind": "forced_labour",
    "status": "alleged",
    "scope": [{"kind": "country", "id": "MY", "products": ["gloves"], "countries": None, "exclude": ["f9"]}],
}


class Records:
    """Revisions of incidents, as a store keeps them."""

    def __init__(self, *records: Record) -> None:
        self.kept = records

    def records(self, kind: str, record_id: str | None = None) -> list[Record]:
        return [r for r in self.kept if r.kind == kind and record_id in (None, r.id)]


def revision(version: int, recorded_at: str, visibility: str = "network", **changed: object) -> Record:
    return Record("incident", "inc-1", version, {**BODY, **changed}, recorded_at, visibility)


def test_what_is_not_said_is_now_and_all_regions() -> None:
    assert (LENS.valid_at, LENS.known_at, LENS.visible_to, LENS.min_grade) == (
        "2026-01-02",
        NOW,
        ("network", "public"),
        Grade.INFERRED,
    )


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2019-02-19", "2019-02-19T23:59:59Z"),
        ("2019-02-19T12:00:00Z", "2019-02-19T12:00:00Z"),
        ("2019-02-19T00:30:00+01:00", "2019-02-18T23:30:00Z"),
        ("2019-02-19T12:00:00.999Z", "2019-02-19T12:00:00Z"),
    ],
)
def test_moments(text: str, time: str) -> None:
    assert moment(text, "--known-at") == time


@pytest.mark.parametrize("text", ["2019-02-19T12:00:00", "20190219", "2019-W08", "", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InvalidInput, match="--known-at is"):
        moment(text, "--known-at")


@pytest.mark.parametrize("text", ["20190219", "2019-2-19", "2019-02-30", "2019-02-19T00:00:00Z", "٢٠١٩-٠٢-١٩"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(InvalidInput, match="--valid-at is"):
        day(text, "--valid-at")


def test_readers() -> None:
    assert [reader_name(text) for text in ("public", "network", "se-ab")] == ["public", "network", "SE-AB"]
    with pytest.raises(InvalidInput, match="--as is"):
        reader_name("SE")


def test_selectors_combine_and_options_apply_to_all() -> None:
    asked = Asked(
        factories=["f1"],
        groups=["g1"],
        countries_named=["malaysia"],
        incidents=["inc-1"],
        products=["gloves-nitrile"],
        countries=["MY,Thailand", "SE"],
        exclude=["f2"],
        services=False,
    )
    scope = scope_of(asked, Records(revision(1, "2019-02-19T08:00:00Z")), LENS)
    assert [(s.kind, s.id) for s in scope] == [
        (SelectorKind.FACTORY, "f1"),
        (SelectorKind.GROUP, "g1"),
        (SelectorKind.COUNTRY, "MY"),
        (SelectorKind.COUNTRY, "MY"),
    ]
    assert {s.products for s in scope} == {("gloves-nitrile",)}
    assert {s.countries for s in scope} == {("MY", "TH", "SE")}
    assert [s.exclude for s in scope] == [("f2",), ("f2",), ("f2",), ("f9", "f2")]
    assert {s.services for s in scope} == {False}


def test_what_is_not_said_leaves_an_incidents_own_options() -> None:
    (selector,) = scope_of(Asked(incidents=["inc-1"]), Records(revision(1, "2019-02-19T08:00:00Z")), LENS)
    assert (selector.products, selector.exclude, selector.services) == (("gloves",), ("f9",), True)


def test_the_same_selector_twice_is_one() -> None:
    assert scope_of(Asked(factories=["f1", "f1"]), Records(), LENS) == (Selector(SelectorKind.FACTORY, "f1"),)


def test_nothing_named_is_an_error_with_a_hint() -> None:
    with pytest.raises(InvalidInput, match="--factory ID, --supplier ID"):
        scope_of(Asked(), Records(), LENS)


def test_countries_are_never_guessed() -> None:
    with pytest.raises(InvalidInput, match="did you mean Malaysia"):
        scope_of(Asked(countries_named=["Malaisya"]), Records(), LENS)
    with pytest.raises(InvalidInput, match="write a code like MY"):
        scope_of(Asked(countries_named=["Xyzzyland"]), Records(), LENS)


# --- a scope from a file ---


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_scope_from_a_file(tmp_path: Path) -> None:
    file = written(
        tmp_path / "scope.toml",
        """
        [[scope]]
        kind = "group"
        id = "g1"
        countries = ["Malaysia"]
        products = ["gloves"]
        exclude = ["f2"]
        services = false
        [[incident]]
        [[incident.scope]]
        kind = "country"
        id = "Thailand"
        """,
    )
    one, two = scope_of(Asked(scope_files=[file]), Records(), LENS)
    assert (one.kind, one.countries, one.products, one.exclude, one.services) == (
        SelectorKind.GROUP,
        ("MY",),
        ("gloves",),
        ("f2",),
        False,
    )
    assert (two.kind, two.id) == (SelectorKind.COUNTRY, "TH")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[scope", "is not TOML"),
        ("title = 'x'", "names nothing"),
        ("scope = 3", "names nothing"),
        ("[[scope]]\nkind = 'plant'\nid = 'f1'", "needs kind"),
        ("[[scope]]\nkind = 'factory'", "needs kind"),
        ("[[scope]]\nkind = 'factory'\nid = 'f1'\nproduct = 'x'", "has no 'product'"),
        ("[[scope]]\nkind = 'factory'\nid = 'f1'\nproducts = 'x'", "products is a list"),
        ("[[scope]]\nkind = 'factory'\nid = 'f1'\nservices = 'no'", "services is true or false"),
    ],
)
def test_a_file_that_is_no_scope(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        scope_of(Asked(scope_files=[written(tmp_path / "scope.toml", text)]), Records(), LENS)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        scope_of(Asked(scope_files=[str(tmp_path / "none.toml")]), Records(), LENS)


# --- incidents under a lens ---

STORE = Records(
    revision(1, "2019-02-19T08:00:00Z"),
    revision(2, "2020-07-15T08:00:00Z", status="officially_indicated"),
    revision(3, "2021-03-29T08:00:00Z", "region:SE-AB", status="officially_established"),
)


@pytest.mark.parametrize(
    ("known_at", "reader", "status", "seen"),
    [
        ("2019-12-31", "network", "alleged", 1),
        ("2020-12-31", "network", "officially_indicated", 2),
        ("2021-12-31", "network", "officially_indicated", 2),
        ("2021-12-31", "SE-AB", "officially_established", 3),
    ],
)
def test_the_newest_revision_that_was_known_and_visible(known_at: str, reader: str, status: str, seen: int) -> None:
    view = find_incident(STORE, "inc-1", lens_of(NOW, known_at=known_at, reader=reader))
    assert (view.current.status, len(view.revisions)) == (status, seen)


def test_an_incident_that_nobody_may_see_does_not_exist() -> None:
    early = lens_of(NOW, known_at="2018-12-31")
    assert list_incidents(STORE, early) == []
    with pytest.raises(UnknownNode, match="incident list"):
        find_incident(STORE, "inc-1", early)
    with pytest.raises(UnknownNode, match="did you mean inc-1"):
        find_incident(STORE, "inc-11", LENS)


def test_a_retracted_revision_is_not_seen() -> None:
    gone = Record("incident", "inc-1", 2, BODY, "2020-07-15T08:00:00Z", "network", "2020-08-01T00:00:00Z")
    store = Records(revision(1, "2019-02-19T08:00:00Z"), gone)
    assert len(find_incident(store, "inc-1", LENS).revisions) == 1
    assert len(find_incident(store, "inc-1", lens_of(NOW, known_at="2020-07-20")).revisions) == 2


def test_incident_bodies_come_back_as_they_were() -> None:
    incident = incident_from_body("inc-1", BODY, "2019-02-19T08:00:00Z")
    assert incident_body(incident)["scope"][0]["exclude"] == ["f9"]
