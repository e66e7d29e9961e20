"""``incidents.toml``: revisions, and every way in which an entry can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.intake.support import FakeStore, places, read_with
from tracegraph.incidents import IncidentRevision, RegulatoryAction, Reply, incident_body, incident_from_body
from tracegraph.model import Selector, canonical_json
from tracegraph.vocabulary import Label, SelectorKind

FULL = """
# a comment
[[incident]]
incident_id = "inc-1"
recorded_at = 2019-02-19T09:00:00+01:00
title = "Reports on  glove plants"
kind = "forced_labour"
status = "alleged"
happened_from = 2018-12-06
happened_to = "2018-12-31"
severity = { scale = 4, scope = 3, irremediability = 2 }
indicators = ["debt_bondage", "excessive_overtime"]
sources = ["src-1"]
visibility = "region:SE-AB"
reply = "The company denies it."
note = "Second-hand."
[[incident.actions]]
authority = "Customs"
kind = "withhold_release_order"
effective = 2019-10-01
revoked = 2020-03-24
[[incident.scope]]
kind = "country"
id = "Malaysia"
products = ["gloves"]
[[incident.scope]]
kind = "group"
id = "s1"
countries = ["Malaysia", "TH"]
exclude = ["f1"]
services = false
[[incident]]
incident_id = "inc-1"
recorded_at = 2020-01-01
title = "Reports on glove plants"
kind = "forced_labour"
status = "corroborated"
scope = [{ kind = "factory", id = "f1" }]
"""
ENTRY = """[[incident]]
incident_id = "inc-1"
title = "A report"
kind = "forced_labour"
status = "alleged"
[[incident.scope]]
kind = "factory"
id = "f1"
"""


def entry(*lines: str, without: str = "") -> str:
    """The plain entry with lines before its scope, and without the line of a key."""
    kept = [line for line in ENTRY.splitlines() if not without or not line.startswith(without + " =")]
    return "\n".join([*kept[: kept.index("[[incident.scope]]")], *lines, *kept[kept.index("[[incident.scope]]") :], ""])


def test_all_of_an_entry(tmp_path: Path) -> None:
    reading = read_with(tmp_path, {"incidents.toml": FULL})
    assert reading.problems == []
    assert reading.counts["incidents"] == 2
    first, second = reading.change_set.incidents
    assert first == IncidentRevision(
        incident_id="inc-1",  # type: ignore[arg-type]
        title="Reports on glove plants",
        kind="forced_labour",
        status="alleged",
        scope=(
            Selector(SelectorKind.COUNTRY, "MY", products=("gloves",)),  # type: ignore[arg-type]
            Selector(SelectorKind.GROUP, "s1", countries=("MY", "TH"), exclude=("f1",), services=False),  # type: ignore[arg-type]
        ),
        recorded_at="2019-02-19T08:00:00Z",
        happened_from="2018-12-06",
        happened_to="2018-12-31",
        severity={"scale": 4, "scope": 3, "irremediability": 2},
        indicators=("debt_bondage", "excessive_overtime"),
        sources=("src-1",),  # type: ignore[arg-type]
        visibility="region:SE-AB",
        details={
            "reply": "The company denies it.",
            "note": "Second-hand.",
            "actions": [
                {
                    "authority": "Customs",
                    "kind": "withhold_release_order",
                    "effective": "2019-10-01",
                    "revoked": "2020-03-24",
                }
            ],
        },
    )
    assert (second.recorded_at, second.status) == ("2020-01-01T00:00:00Z", "corroborated")
    assert second.scope == (Selector(SelectorKind.FACTORY, "f1"),)


def test_what_is_left_out_is_not_stated(tmp_path: Path) -> None:
    (revision,) = read_with(tmp_path, {"incidents.toml": ENTRY}).change_set.incidents
    assert (revision.recorded_at, revision.visibility, revision.severity, revision.details) == ("", "network", None, {})


ERRORS: dict[str, tuple[str, tuple[object, ...]]] = {
    "toml": ("[[incident]\n", (1, None, None, "toml")),
    "toml-too-deep": ("a = " + "[" * 100_000, (None, None, None, "toml")),
    "unknown-table": ("[[incidents]]\n", (None, "incidents", None, "unknown-key")),
    "not-a-list": ('incident = "x"\n', (None, "incident", None, "wrong-type")),
    "unknown-key": (entry('titel = "x"'), (6, "titel", "x", "unknown-key")),
    "missing-key": (entry(without="title"), (1, "title", None, "missing-key")),
    "wrong-type": (entry("title = 3", without="title"), (5, "title", "3", "wrong-type")),
    "empty-text": (entry('title = " "', without="title"), (5, "title", " ", "wrong-type")),
    "id": (entry('incident_id = "inc 1"', without="incident_id"), (5, "incident_id", "inc 1", "id")),
    "status": (entry('status = "aledged"', without="status"), (5, "status", "aledged", "status")),
    "status-of-another-type": (entry("status = [1]", without="status"), (5, "status", "[1]", "status")),
    "time-without-offset": (
        entry("recorded_at = 2019-01-01T08:00:00"),
        (6, "recorded_at", "2019-01-01 08:00:00", "time"),
    ),
    "date": (entry("happened_from = 2019"), (6, "happened_from", "2019", "date")),
    "dates-reversed": (
        entry("happened_from = 2019-01-02", "happened_to = 2019-01-01"),
        (7, "happened_to", "2019-01-01", "dates-reversed"),
    ),
    "severity": (
        entry("severity = { scale = 6, scope = 3, irremediability = 3 }"),
        (6, "severity", "{'scale': 6, 'scope': 3, 'irremediability': 3}", "severity"),
    ),
    "severity-part-missing": (entry("severity = { scale = 1 }"), (6, "severity", "{'scale': 1}", "severity")),
    "severity-unknown-part": (entry("severity = { size = 1 }"), (6, "severity", "{'size': 1}", "unknown-key")),
    "indicator": (entry('indicators = ["debt"]'), (6, "indicators", "['debt']", "indicator")),
    "unknown-source": (entry('sources = ["src-9"]'), (6, "sources", "src-9", "unknown-id")),
    "visibility": (entry('visibility = "all"'), (6, "visibility", "all", "visibility")),
    "action-key": (
        entry("[[incident.actions]]", 'authority = "A"', 'kind = "other"', 'end = "x"'),
        (9, "actions[1].end", "x", "unknown-key"),
    ),
    "action-kind": (
        entry("[[incident.actions]]", 'authority = "A"', 'kind = "withhold_release"'),
        (8, "actions[1].kind", "withhold_release", "action-kind"),
    ),
    "action-dates": (
        entry(
            "[[incident.actions]]",
            'authority = "A"',
            'kind = "other"',
            "revoked = 2020-01-01",
            "effective = 2020-02-01",
        ),
        (9, "actions[1].revoked", "2020-01-01", "dates-reversed"),
    ),
    "action-country": (
        entry("[[incident.actions]]", 'authority = "A"', 'kind = "other"', 'countries = ["Malaisya"]'),
        (9, "actions[1].countries", "['Malaisya']", "country"),
    ),
    "action-source": (
        entry("[[incident.actions]]", 'authority = "A"', 'kind = "other"', 'source_id = "src-9"'),
        (9, "actions[1].source_id", "src-9", "unknown-id"),
    ),
    "reply-type": (entry("reply = 3"), (6, "reply", "3", "wrong-type")),
    "reply-empty-list": (entry("reply = []"), (6, "reply", "[]", "wrong-type")),
    "reply-without-text": (entry('reply = { by = "Demo One" }'), (6, "reply[1].text", None, "missing-key")),
    "reply-key": (
        entry("[incident.reply]", 'text = "No."', "day = 2019-01-01"),
        (8, "reply[1].day", "2019-01-01", "unknown-key"),
    ),
    "reply-date": (
        entry("[[incident.reply]]", 'text = "No."', "[[incident.reply]]", 'text = "Yes."', 'date = "May"'),
        (10, "reply[2].date", "May", "date"),
    ),
    "reply-source": (
        entry('reply = { text = "No.", source_id = "src-9" }'),
        (6, "reply[1].source_id", "src-9", "unknown-id"),
    ),
    "edition": (entry("indicators_edition = 25"), (6, "indicators_edition", "25", "year")),
    "edition-of-another-type": (entry('indicators_edition = "2012"'), (6, "indicators_edition", "2012", "year")),
    "change": (entry('change = "wider"'), (6, "change", "wider", "change")),
    "selector-kind": (
        ENTRY.replace('"factory"', '"plant"'),
        (7, "scope[1].kind", "plant", "selector-kind"),
    ),
    "selector-key": (ENTRY + "product = ['gloves']\n", (9, "scope[1].product", "['gloves']", "unknown-key")),
    "selector-without-id": (ENTRY.replace('id = "f1"\n', ""), (6, "scope[1].id", None, "missing-key")),
    "selector-country": (
        ENTRY.replace('"factory"', '"country"').replace('"f1"', '"Malaisya"'),
        (8, "scope[1].id", "Malaisya", "country"),
    ),
    "second-selector": (
        ENTRY + '[[incident.scope]]\nkind = "factory"\nid = "f 1"\n',
        (11, "scope[2].id", "f 1", "id"),
    ),
    "inline-selector": (
        entry('scope = [{ kind = "factory", id = "f 1" }]').partition("[[incident.scope]]")[0],
        (6, "scope[1].id", "f 1", "id"),
    ),
    "services": (ENTRY + 'services = "no"\n', (9, "scope[1].services", "no", "wrong-type")),
    "no-scope": (ENTRY.partition("[[incident.scope]]")[0], (1, "scope", None, "missing-key")),
    "empty-scope": (ENTRY.partition("[[incident.scope]]")[0] + "scope = []", (6, "scope", "[]", "wrong-type")),
    "revision-order": (
        entry("recorded_at = 2020-01-01") + entry("recorded_at = 2019-01-01"),
        (15, "recorded_at", "2019-01-01T00:00:00Z", "revision-order"),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_one_error_and_its_place(name: str, tmp_path: Path) -> None:
    text, expected = ERRORS[name]
    reading = read_with(tmp_path, {"incidents.toml": text})
    assert places(reading) == [("incidents.toml", *expected)]
    assert all(str(one.message) and str(one.remedy) for one in reading.problems)
    assert reading.change_set.incidents == []
    assert [bad.file for bad in reading.bad_incidents] == ["incidents.toml"]


def test_an_incident_is_never_half_taken(tmp_path: Path) -> None:
    other = ENTRY.replace("inc-1", "inc-2")
    text = entry("recorded_at = 2019-01-01") + other + entry("recorded_at = 2020-01-01", "nonsense = 1")
    reading = read_with(tmp_path, {"incidents.toml": text})
    assert [rule for *_, rule in places(reading)] == ["unknown-key"]
    assert [revision.incident_id for revision in reading.change_set.incidents] == ["inc-2"]


def test_the_same_entry_twice_is_one_revision(tmp_path: Path) -> None:
    other = ENTRY.replace("inc-1", "inc-2")
    reading = read_with(tmp_path, {"incidents.toml": ENTRY + other + ENTRY})
    assert places(reading) == []
    assert [revision.incident_id for revision in reading.change_set.incidents] == ["inc-1", "inc-2"]


def test_a_scope_that_names_nothing_known_is_a_warning(tmp_path: Path) -> None:
    text = ENTRY.replace('"f1"', '"f9"') + 'products = ["gloves", "socks"]\nexclude = ["s9"]\n'
    reading = read_with(tmp_path, {"incidents.toml": text})
    assert places(reading, "warning") == [
        ("incidents.toml", 8, "scope[1].id", "f9", "scope-unknown"),
        ("incidents.toml", 9, "scope[1].products", "socks", "scope-unknown"),
        ("incidents.toml", 10, "scope[1].exclude", "s9", "scope-unknown"),
    ]
    store = FakeStore({(Label.FACTORY, "f9"), (Label.PRODUCT, "socks"), (Label.SUPPLIER, "s9")})
    assert read_with(tmp_path, {"incidents.toml": text}, standing=store).problems == []


def test_a_source_of_the_store_will_do(tmp_path: Path) -> None:
    text = entry('sources = ["src-9"]')
    store = FakeStore({(Label.SOURCE, "src-9")})
    assert read_with(tmp_path, {"incidents.toml": text}, standing=store).problems == []


def test_a_source_whose_row_is_refused_will_not(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "sources.csv": "source_id,title,kind\nsrc-1,A,\nsrc-2,B,nonsense\n",
        "incidents.toml": entry('sources = ["src-2"]'),
    }
    reading = read_with(tmp_path, files)
    assert [rule for *_, rule in places(reading)] == ["unknown-id", "kind"]
    assert reading.change_set.incidents == []


# --- replies, actions, editions ---


def revisions(tmp_path: Path, text: str) -> list[IncidentRevision]:
    reading = read_with(tmp_path, {"incidents.toml": text})
    assert reading.problems == []
    return list(reading.change_set.incidents)


@pytest.mark.parametrize(
    ("lines", "kept", "replies"),
    [
        (['reply = "No."'], "No.", (Reply("No."),)),
        (
            ['reply = { text = "No.", by = "Demo One", date = 2019-03-01, source_id = "src-1" }'],
            [{"text": "No.", "by": "Demo One", "date": "2019-03-01", "source_id": "src-1"}],
            (Reply("No.", "Demo One", "2019-03-01", "src-1"),),
        ),
        (["[incident.reply]", 'text = "No."'], [{"text": "No."}], (Reply("No."),)),
        (
            ['reply = ["No.", { text = "Yes.", by = "Demo Two" }]'],
            [{"text": "No."}, {"text": "Yes.", "by": "Demo Two"}],
            (Reply("No."), Reply("Yes.", "Demo Two")),
        ),
    ],
)
def test_a_reply_is_a_text_or_a_table_or_several(
    lines: list[str], kept: object, replies: tuple[Reply, ...], tmp_path: Path
) -> None:
    (revision,) = revisions(tmp_path, entry(*lines))
    assert (revision.details["reply"], revision.replies) == (kept, replies)
    body = json.loads(canonical_json(incident_body(revision)))
    assert incident_from_body("inc-1", body, "").replies == replies


def test_an_action_has_all_its_keys(tmp_path: Path) -> None:
    keys = (
        'authority = "Demo Authority"',
        'kind = "finding"',
        'countries = ["Malaysia", "TH"]',
        "effective = 2020-01-01",
        "modified = 2020-02-01",
        "revoked = 2020-02-01",
        'reference = "1/2020"',
        'url = "https://example.org/1"',
        'source_id = "src-1"',
        'note = "Invented."',
    )
    (revision,) = revisions(tmp_path, entry("[[incident.actions]]", *keys))
    expected = RegulatoryAction(
        authority="Demo Authority",
        kind="finding",
        countries=("MY", "TH"),
        effective="2020-01-01",
        modified="2020-02-01",
        revoked="2020-02-01",
        reference="1/2020",
        url="https://example.org/1",
        source_id="src-1",
        note="Invented.",
    )
    assert revision.actions == (expected,)
    body = json.loads(canonical_json(incident_body(revision)))
    assert incident_from_body("inc-1", body, "").actions == (expected,)
    assert revision.all_sources == ("src-1",)


def test_the_edition_is_2025_unless_another_year_is_stated(tmp_path: Path) -> None:
    (plain,) = revisions(tmp_path, ENTRY)
    (older,) = revisions(tmp_path, entry("indicators_edition = 2012"))
    assert (plain.indicators_edition, older.indicators_edition) == (2025, 2012)
    assert "indicators_edition" not in incident_body(plain)
    assert incident_from_body("inc-1", incident_body(older), "").indicators_edition == 2012


# --- the word for what a revision changes ---

FACTORY = 'kind = "factory"\nid = "f1"'
COMPANY = 'kind = "supplier"\nid = "s1"'
GROUP = 'kind = "group"\nid = "s1"'


def pair(first: str, second: str, change: str | None, before: str = "alleged", status: str = "alleged") -> str:
    """Two revisions of one incident: their scopes, the word of the second, and their statuses."""
    one = entry("recorded_at = 2019-01-01", f'status = "{before}"', without="status").replace(FACTORY, first)
    said = [f'change = "{change}"'] if change else []
    two = entry("recorded_at = 2020-01-01", f'status = "{status}"', *said, without="status").replace(FACTORY, second)
    return one + two


@pytest.mark.parametrize(
    ("first", "second", "change", "statuses", "refused", "warned"),
    [
        (COMPANY, GROUP, "widened", (), 0, 0),
        (GROUP, COMPANY, "narrowed", (), 0, 0),
        (FACTORY, GROUP, "widened", (), 0, 0),  # selectors do not tell, so the word stands
        (FACTORY, GROUP, "narrowed", (), 0, 0),
        (FACTORY, COMPANY, "corrected", (), 0, 0),
        (GROUP, GROUP, "widened", (), 1, 0),
        (GROUP, COMPANY, "widened", (), 1, 0),
        (COMPANY, GROUP, "narrowed", (), 1, 0),
        (COMPANY, GROUP, "updated", (), 0, 1),
        (COMPANY, GROUP, None, (), 0, 0),
        (GROUP, GROUP, "reported", (), 1, 0),
        (GROUP, GROUP, "reported", ("withdrawn", "alleged"), 0, 0),
        (GROUP, GROUP, "withdrawn", (), 1, 0),
        (GROUP, GROUP, "withdrawn", ("alleged", "withdrawn"), 0, 0),
        (GROUP, GROUP, "updated", ("alleged", "withdrawn"), 1, 0),
        (GROUP, GROUP, "updated", ("withdrawn", "withdrawn"), 0, 0),
        (GROUP, GROUP, "disputed", ("alleged", "disputed"), 0, 0),
        (GROUP, GROUP, "disputed", ("officially_established", "officially_established"), 0, 1),
        (GROUP, GROUP, "remediation_claimed", ("officially_established", "officially_established"), 0, 1),
        (GROUP, GROUP, "remediation_verified", ("remediation_claimed", "remediation_claimed"), 0, 1),
        (GROUP, GROUP, "confirmed", ("alleged", "corroborated"), 0, 0),
        (GROUP, GROUP, "confirmed", ("alleged", "disputed"), 0, 1),
    ],
)
def test_a_stated_change_is_held_against_scope_and_status(
    first: str,
    second: str,
    change: str | None,
    statuses: tuple[str, ...],
    refused: int,
    warned: int,
    tmp_path: Path,
) -> None:
    reading = read_with(tmp_path, {"incidents.toml": pair(first, second, change, *statuses)})
    found = [(one.severity, one.column, one.value, one.line, one.rule) for one in reading.problems]
    line = 16  # the last key of the second entry
    assert (
        found
        == [("error", "change", change, line, "change")] * refused
        + [("warning", "change", change, line, "change")] * warned
    )
    assert len(reading.change_set.incidents) == (0 if refused else 2)
