"""What one revision changes in the one before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegraph.incidents import IncidentRevision, RegulatoryAction, Reply
from tracegraph.incidents_history import (
    Difference,
    ScopeChange,
    change_of,
    covers,
    derived_change,
    differences,
    scope_change,
)
from tracegraph.model import IncidentId, Selector, SourceId
from tracegraph.vocabulary import ActionState, IncidentStatus, SelectorKind

FACTORY, SUPPLIER, GROUP, COUNTRY = SelectorKind


def revision(**said: Any) -> IncidentRevision:
    plain: dict[str, Any] = {"title": "Demo report", "kind": "forced_labour", "status": "alleged"}
    return IncidentRevision(
        incident_id=IncidentId("inc-1"), scope=said.pop("scope", (Selector(SUPPLIER, "s1"),)), **plain | said
    )


def goods(*products: str) -> Selector:
    return Selector(SUPPLIER, "s1", products=products)  # type: ignore[arg-type]


# --- wider or narrower ---


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([goods("gloves")], [goods("gloves")], ScopeChange.SAME),
        ([goods("gloves", "masks")], [goods("masks", "gloves")], ScopeChange.SAME),
        ([goods("gloves")], [goods("gloves", "masks")], ScopeChange.WIDER),
        ([goods("gloves")], [Selector(SUPPLIER, "s1")], ScopeChange.WIDER),
        ([goods("gloves")], [goods("masks")], ScopeChange.OTHER),
        ([Selector(SUPPLIER, "s1")], [Selector(GROUP, "s1")], ScopeChange.WIDER),
        ([Selector(GROUP, "s1")], [Selector(SUPPLIER, "s1")], ScopeChange.NARROWER),
        ([Selector(SUPPLIER, "s1")], [Selector(GROUP, "s2")], ScopeChange.OTHER),
        (
            [Selector(GROUP, "s1", countries=("MY",))],
            [Selector(GROUP, "s1", countries=("MY", "TH"))],
            ScopeChange.WIDER,
        ),
        ([Selector(GROUP, "s1")], [Selector(GROUP, "s1", countries=("MY",))], ScopeChange.NARROWER),
        ([Selector(GROUP, "s1")], [Selector(GROUP, "s1", exclude=("f1",))], ScopeChange.NARROWER),  # type: ignore[arg-type]
        ([Selector(GROUP, "s1")], [Selector(GROUP, "s1", services=False)], ScopeChange.NARROWER),
        ([Selector(FACTORY, "f1")], [Selector(FACTORY, "f1"), Selector(COUNTRY, "MY")], ScopeChange.WIDER),
        ([Selector(FACTORY, "f1"), Selector(FACTORY, "f2")], [Selector(FACTORY, "f2")], ScopeChange.NARROWER),
        ([Selector(FACTORY, "f1")], [Selector(FACTORY, "f2")], ScopeChange.OTHER),
        ([Selector(SUPPLIER, "s1"), Selector(GROUP, "s1")], [Selector(GROUP, "s1")], ScopeChange.SAME),
    ],
)
def test_a_scope_is_wider_or_narrower_by_its_selectors(
    before: list[Selector], after: list[Selector], change: ScopeChange
) -> None:
    assert scope_change(tuple(before), tuple(after)) is change


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


SELECTORS = st.builds(
    Selector,
    st.sampled_from([SUPPLIER, GROUP]),
    st.sampled_from(["s1", "s2"]),
    products=st.none() | some(["gloves", "masks"]),
    countries=st.none() | some(["MY", "TH"]),
    exclude=some(["f1", "f2"]),
    services=st.booleans(),
)
SCOPES = st.lists(SELECTORS, min_size=1, max_size=3).map(tuple)


@given(SCOPES, SCOPES)
def test_wider_one_way_is_narrower_the_other(one: Any, other: Any) -> None:
    mirror = {ScopeChange.WIDER: ScopeChange.NARROWER, ScopeChange.NARROWER: ScopeChange.WIDER}
    found = scope_change(one, other)
    assert scope_change(other, one) is mirror.get(found, found)
    assert scope_change(one, (*one, *other)) in (ScopeChange.SAME, ScopeChange.WIDER)


@given(SELECTORS, SELECTORS, SELECTORS)
def test_covering_is_reflexive_and_goes_on(one: Selector, two: Selector, three: Selector) -> None:
    assert covers(one, one)
    assert not (covers(one, two) and covers(two, three)) or covers(one, three)


# --- the word ---


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("alleged", "alleged", "updated"),
        ("alleged", "corroborated", "confirmed"),
        ("disputed", "officially_indicated", "confirmed"),
        ("officially_established", "corroborated", "updated"),
        ("remediation_claimed", "officially_established", "confirmed"),
        ("corroborated", "alleged", "updated"),
        ("alleged", "disputed", "disputed"),
        ("disputed", "refuted", "refuted"),
        ("alleged", "remediation_claimed", "remediation_claimed"),
        ("remediation_claimed", "remediation_verified", "remediation_verified"),
        ("alleged", "withdrawn", "withdrawn"),
        ("withdrawn", "withdrawn", "updated"),
        ("withdrawn", "alleged", "reported"),
    ],
)
def test_the_word_follows_the_status_where_the_scope_stays(before: str, after: str, word: str) -> None:
    assert derived_change(revision(status=after), revision(status=before)) == word


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ([Selector(SUPPLIER, "s1"), Selector(SUPPLIER, "s2")], [Selector(GROUP, "g", countries=("MY",))], "widened"),
        ([Selector(COUNTRY, "MY")], [Selector(FACTORY, "f1"), Selector(GROUP, "g")], "narrowed"),
        ([Selector(FACTORY, "f1")], [Selector(FACTORY, "f2")], "corrected"),
        ([goods("gloves")], [goods("masks")], "corrected"),
        ([Selector(SUPPLIER, "s1")], [Selector(SUPPLIER, "s1"), Selector(FACTORY, "f2")], "widened"),
    ],
)
def test_the_scope_goes_before_the_status(before: list[Selector], after: list[Selector], word: str) -> None:
    old = revision(scope=tuple(before))
    assert derived_change(revision(scope=tuple(after), status="corroborated"), old) == word
    assert derived_change(revision(scope=tuple(after), status="withdrawn"), old) == "withdrawn"


def test_the_first_revision_reports_and_a_stated_word_stands() -> None:
    assert change_of(revision(), None) == "reported"
    assert change_of(revision(change="confirmed"), revision()) == "confirmed"


@given(
    st.sampled_from([*IncidentStatus, "of-another-version"]), st.sampled_from([*IncidentStatus, "of-another-version"])
)
def test_there_is_a_word_for_every_status(before: str, after: str) -> None:
    assert change_of(revision(status=after), revision(status=before))


# --- the differences ---


def action(**said: Any) -> RegulatoryAction:
    return RegulatoryAction(authority="Demo Authority", kind="finding", **said)


def test_every_difference_is_told_once() -> None:
    before = revision(
        scope=(Selector(SUPPLIER, "s1"), Selector(SUPPLIER, "s2")),
        severity={"scale": 1, "scope": 1, "irremediability": 1},
        indicators=("debt_bondage",),
        sources=("src-1",),
        details={
            "reply": "No.",
            "actions": [
                {"authority": "Demo Authority", "kind": "finding", "effective": "2020-01-01"},
                {"authority": "Demo Authority", "kind": "penalty"},
            ],
        },
    )
    after = replace(
        before,
        recorded_at="2021-01-01T00:00:00Z",
        change="widened",
        status="disputed",
        title="Another title",
        scope=(goods("gloves"), Selector(GROUP, "g")),
        severity={"scale": 2, "scope": 1, "irremediability": 1},
        indicators=("debt_bondage", "deception"),
        indicators_edition=2012,
        sources=(SourceId("src-2"),),
        happened_to="2020-12-31",
        visibility="public",
        details={
            "reply": ["No.", {"text": "Yes.", "by": "Demo Two"}],
            "note": "Invented.",
            "actions": [
                {
                    "authority": "Demo Authority",
                    "kind": "finding",
                    "effective": "2020-01-01",
                    "revoked": "2021-01-01",
                    "countries": ["MY"],
                }
            ],
        },
    )
    changed = action(effective="2020-01-01", revoked="2021-01-01", countries=("MY",))
    assert differences(before, after) == (
        Difference("status", "alleged", "disputed"),
        Difference("scope", Selector(SUPPLIER, "s1"), goods("gloves")),
        Difference("scope", Selector(SUPPLIER, "s2"), None),
        Difference("scope", None, Selector(GROUP, "g")),
        Difference("action", action(effective="2020-01-01"), changed),
        Difference("action", RegulatoryAction(authority="Demo Authority", kind="penalty"), None),
        Difference("reply", None, Reply("Yes.", "Demo Two")),
        Difference("title", "Demo report", "Another title"),
        Difference("happened_to", None, "2020-12-31"),
        Difference("severity", before.severity, after.severity),
        Difference("indicators_edition", 2025, 2012),
        Difference("indicator", None, "deception"),
        Difference("source", "src-1", None),
        Difference("source", None, "src-2"),
        Difference("note", None, "Invented."),
        Difference("visibility", "network", "public"),
    )
    assert differences(after, replace(after, recorded_at="", change=None)) == ()


# --- an action on a day ---


@pytest.mark.parametrize(
    ("dates", "states"),
    [
        ({}, ["unknown"] * 4),
        ({"effective": "2020-01-01"}, ["not_yet", "in_force", "in_force", "in_force"]),
        ({"effective": "2020-01-01", "modified": "2020-02-01"}, ["not_yet", "in_force", "modified", "modified"]),
        (
            {"effective": "2020-01-01", "modified": "2020-02-01", "revoked": "2020-03-01"},
            ["not_yet", "in_force", "modified", "revoked"],
        ),
        ({"revoked": "2020-02-01"}, ["unknown", "unknown", "revoked", "revoked"]),
    ],
)
def test_the_state_of_an_action_on_a_day(dates: dict[str, str], states: list[str]) -> None:
    days = ("2019-12-31", "2020-01-01", "2020-02-01", "2020-03-01")
    assert [action(**dates).state_at(day) for day in days] == [ActionState(state) for state in states]
