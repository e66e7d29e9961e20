"""What a chained trail shows of attacks on it, alone and with an anchor kept elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.contract.build import LATER, NOW
from tracegraph.store.audit_chain import Anchor, audit_id, chained, verify
from tracegraph.store.rows import Record

TRAIL = chained([{"n": n} for n in range(1, 7)], None, NOW)
END = verify(TRAIL).end


def renumbered(records: Sequence[Record]) -> list[Record]:
    """Return records under the numbers of their places."""
    return [replace(record, id=audit_id(number)) for number, record in enumerate(records, 1)]


FORGED = chained([{"n": 9}], TRAIL[2], NOW)[0]
ATTACKS: dict[str, tuple[list[Record], int, str]] = {
    "edit": ([*TRAIL[:2], replace(TRAIL[2], body={**TRAIL[2].body, "n": 0}), *TRAIL[3:]], 3, "edited"),
    "edit of the time": ([*TRAIL[:2], replace(TRAIL[2], recorded_at=LATER), *TRAIL[3:]], 3, "edited"),
    "hidden": ([*TRAIL[:2], replace(TRAIL[2], retracted_at=LATER), *TRAIL[3:]], 3, "edited"),
    "no hash": ([replace(TRAIL[0], body={}), *TRAIL[1:]], 1, "edited"),
    "swap": (renumbered([*TRAIL[:2], TRAIL[3], TRAIL[2], *TRAIL[4:]]), 3, "reordered"),
    "out of order": ([*TRAIL[:2], TRAIL[1], *TRAIL[2:]], 3, "reordered"),
    "insert": (renumbered([*TRAIL[:3], FORGED, *TRAIL[3:]]), 5, "reordered"),
    "insert between": ([*TRAIL[:3], replace(FORGED, id="0000000000035"), *TRAIL[3:]], 4, "inserted"),
    "insert before": ([replace(TRAIL[0], id=audit_id(0)), *TRAIL], 1, "inserted"),
    "replace": ([*TRAIL[:3], FORGED, *TRAIL[4:]], 5, "inserted"),
    "delete": ([*TRAIL[:2], *TRAIL[3:]], 3, "missing"),
    "delete the first": (TRAIL[1:], 1, "missing"),
    "close up": (renumbered([*TRAIL[:2], *TRAIL[3:]]), 3, "reordered"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_past_shows(attack: str) -> None:
    records, place, reason = ATTACKS[attack]
    verdict = verify(records)
    assert (verdict.broken_at, verdict.reason, verdict.end.count) == (place, reason, place - 1)


def test_an_attack_on_the_end_needs_an_anchor() -> None:
    anchors = [Anchor(2, TRAIL[1].body["hash"]), END]
    grown = [*TRAIL, *chained([{"n": 7}], TRAIL[-1], LATER)]
    assert verify(grown, anchors).anchored == 6
    assert verify(grown, anchors).is_intact

    def broken(records: Sequence[Record]) -> tuple[int | None, str | None, int]:
        assert verify(records).is_intact
        verdict = verify(records, anchors)
        return verdict.broken_at, verdict.reason, verdict.anchored

    assert broken(TRAIL[:-1]) == (6, "truncated", 2)
    assert broken([]) == (1, "truncated", 0)
    anew = chained([{"n": 0}, *({"n": n} for n in range(2, 7))], None, NOW)
    assert broken(anew) == (2, "rechained", 0)
    tail = chained([{"n": 0}, {"n": 5}, {"n": 6}], TRAIL[2], NOW)
    assert broken([*TRAIL[:3], *tail]) == (6, "rechained", 2)


def test_an_anchor_of_another_beginning_fits_no_trail() -> None:
    verdict = verify(TRAIL, [Anchor(0, "another")])
    assert (verdict.broken_at, verdict.reason, verdict.end) == (1, "rechained", Anchor())


def test_a_row_does_not_say_how_it_is_chained() -> None:
    for word in ("prev", "hash"):
        with pytest.raises(ValueError, match=word):
            chained([{"n": 1, word: "x"}], None, NOW)
