"""The history of settings and what is said of the accessibility, on both stores."""

from __future__ import annotations

import pytest

from tracegraph.errors import StaleWrite, UnknownNode
from tracegraph.services.feedback import deleted, feedback_kept, new_feedback
from tracegraph.services.settings_history import note_settings, settings_history
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside

FIRST, SECOND = "2024-06-01T08:00:00Z", "2024-06-02T08:00:00Z"


def test_a_start_is_kept_where_it_differs_from_the_one_before(store: Store) -> None:
    assert note_settings(store, "api", {"A": "1", "B": "x"}, "1.0", FIRST)
    assert not note_settings(store, "api", {"A": "1", "B": "x"}, "1.0", SECOND)
    assert note_settings(store, "api", {"A": "2", "C": "y"}, "1.0", SECOND)
    newest, first = settings_history(store)
    assert dict(newest.changed) == {"A": ("1", "2"), "B": ("x", None), "C": (None, "y")}
    assert (newest.at, newest.is_first, first.at, first.is_first) == (SECOND, False, FIRST, True)


def test_what_is_said_is_kept_newest_first_until_it_is_deleted_in_the_version_that_was_read(store: Store) -> None:
    for text, moment in (("one", FIRST), ("two\n<b>åäö</b>", SECOND)):
        store.commit(Beside([new_feedback(store, text, "", moment)]), moment)
    newest, oldest = feedback_kept(store)
    assert (newest.text, newest.at, oldest.text) == ("two\n<b>åäö</b>", SECOND, "one")
    with pytest.raises(StaleWrite):
        store.commit(Beside([deleted(store, newest.id, newest.version + 1)]), SECOND)
    store.commit(Beside([deleted(store, newest.id, newest.version)]), SECOND)
    assert [one.text for one in feedback_kept(store)] == ["one"]
    with pytest.raises(UnknownNode):
        deleted(store, newest.id, newest.version)
