"""What is told of a revision that breaks no rule and is doubtful."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.build import incident
from tracegraph.incidents import COMMON_KINDS, IncidentRevision
from tracegraph.intake.incident_stated import IncidentReading
from tracegraph.model import SourceId
from tracegraph.render.incident_words import KIND
from tracegraph.services.incident_doubts import with_doubts

NOW = "2024-06-01T08:00:00Z"
SOUND = replace(incident("inc-1"), kind="forced_labour", sources=(SourceId("src-1"),), recorded_at=NOW)


def doubts(*revisions: IncidentRevision) -> list[tuple[str, str | None]]:
    reading = with_doubts(IncidentReading(revisions, (), "incidents.toml"), NOW)
    assert reading.errors == 0
    return [(one.rule, one.column) for one in reading.problems]


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        (SOUND, []),
        (replace(SOUND, happened_from="2024-06-01"), []),
        (replace(SOUND, happened_from="2024-06-02"), [("day-to-come", "happened_from")]),
        (replace(SOUND, recorded_at="2024-06-01T08:00:01Z"), [("day-to-come", "recorded_at")]),
        (replace(SOUND, kind="something_else"), [("uncommon-kind", "kind")]),
        (replace(SOUND, sources=(SourceId("unsourced"),)), [("no-source", "sources")]),
        (replace(SOUND, sources=(SourceId("unsourced"), SourceId("src-1"))), []),
        (replace(SOUND, sources=(), status="withdrawn"), []),
    ],
)
def test_each_doubt_is_told_with_its_place(revision: IncidentRevision, told: list[tuple[str, str]]) -> None:
    assert doubts(revision) == told


def test_what_many_revisions_share_is_told_once() -> None:
    assert doubts(replace(SOUND, sources=()), replace(SOUND, sources=(), title="More")) == [("no-source", "sources")]


def test_common_kinds_are_those_that_have_words() -> None:
    assert set(COMMON_KINDS) == set(KIND)
