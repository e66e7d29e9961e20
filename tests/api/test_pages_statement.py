"""The accessibility statement and its form without a name; settings, and what they were before."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.api.test_pages_administration import AB, NOW, Reader, said
from tracegraph.access import ANONYMOUS, LOCAL
from tracegraph.composition import open_store
from tracegraph.errors import SettingsInvalid
from tracegraph.services import feedback
from tracegraph.services.settings_history import SETTINGS, note_settings, settings_history
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_pages import PageSettings, load_page_settings
from tracegraph.store.port import AUDIT, Store
from tracegraph_api.serving import note_start

TOLD = "The drawing has no names.\n<b>Not</b> for me: åäö & co"
PUBLIC = ApiSettings(access=Access.PUBLIC, contact_email="access@region.example")


@pytest.fixture
def public(store: Store) -> Reader:
    return Reader(store, ANONYMOUS, PUBLIC)


@pytest.fixture
def keeper(store: Store) -> Reader:
    return Reader(store, LOCAL, ApiSettings(access=Access.LOCAL))


def tell(reader: Reader, text: str = TOLD, **typed: str) -> TestResponse:
    return reader.send("/accessibility", "/accessibility#tell", text=text, **typed)


# --- the form without a name -----------------------------------------------------------------------------------------


def test_who_is_logged_in_sends_without_a_name_too(store: Store) -> None:
    """The log of a region would tell its administrator who said it, if it had their id beside the moment."""
    assert tell(Reader(store, AB, PUBLIC)).status_code == 303
    kept = [row for row in map(repr, store.stream()) if "feedback" in row]
    assert len(kept) == 2  # what was said, and the row of the log
    assert not [row for row in kept if AB.id in row or "SE-AB" in row]


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.PRIVATE, Access.LOCAL])
def test_who_is_not_logged_in_tells_and_the_keeper_reads_and_deletes(
    store: Store, keeper: Reader, access: Access
) -> None:
    reader = Reader(store, ANONYMOUS, replace(PUBLIC, access=access))
    answered = tell(reader, place="The map")
    assert reader.led(answered) == "/accessibility"
    assert "Thank you." in reader.main("/accessibility?sent=true")
    page = keeper.get("/administration/feedback")
    assert "1 message, the newest first" in said(page)
    assert "The drawing has no names." in page
    assert "<b>Not</b>" not in page
    assert "<b>Not</b> for me: åäö & co The map" in said(page)
    assert keeper.led(keeper.send("/administration/feedback", "/delete")) == "/administration/feedback"
    assert "Nothing was said" in keeper.main("/administration/feedback")
    assert store.page(feedback.FEEDBACK) == []


def test_the_log_has_that_something_was_said_and_not_what(store: Store, public: Reader, keeper: Reader) -> None:
    tell(public)
    (row,) = store.page(AUDIT)
    assert (row.body["actor"], row.body["action"]) == ("anonymous", "feedback.send")
    assert row.body["facts"] == {"characters": len(TOLD)}
    keeper.send("/administration/feedback", "/delete")
    assert [one.body["action"] for one in store.page(AUDIT)] == ["feedback.send", "feedback.delete"]
    assert "deleted what was said of the accessibility" in keeper.main("/audit")


def test_nobody_but_the_keeper_reads_or_deletes_what_was_said(store: Store, public: Reader) -> None:
    tell(public)
    (kept,) = store.page(feedback.FEEDBACK)
    for who in (ANONYMOUS, AB):
        reader = Reader(store, who, PUBLIC)
        assert reader.client.get("/administration/feedback").status_code in (401, 403)
        token = re.search(r'name="form_token" value="(\w+)"', reader.get("/accessibility"))
        assert token
        typed = {"form_token": token[1], "form_key": "x" * 20, "version": "1"}
        answered = reader.client.post(f"/administration/feedback/{kept.id}/delete", data=typed)
        assert answered.status_code in (401, 403)
    assert "administration/feedback" not in Reader(store, AB, PUBLIC).get("/administration")
    assert len(store.page(feedback.FEEDBACK)) == 1


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [("", "write what is wrong"), (" \n ", "write what is wrong"), ("x" * 4_001, "4,000"), ("x" * 300_000, "")],
)
def test_what_is_not_taken_is_kept_in_the_form(store: Store, public: Reader, text: str, said_of_it: str) -> None:
    answered = tell(public, text=text)
    assert answered.status_code in (413, 422)
    assert said_of_it in said(answered.get_data(as_text=True))
    assert store.page(feedback.FEEDBACK) == []


def test_a_form_has_one_effect_and_comes_from_a_page_of_ours(store: Store, public: Reader) -> None:
    page = public.get("/accessibility")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    for _ in range(2):
        assert public.client.post("/accessibility", data={**hidden, "text": "Once"}).status_code == 303
    assert public.client.post("/accessibility", data={"text": "Forged"}).status_code == 403
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert public.client.post("/accessibility", data={**hidden, "text": "x"}, headers=elsewhere).status_code == 403
    assert [one.body["text"] for one in store.page(feedback.FEEDBACK)] == ["Once"]


def test_what_was_said_is_not_driven_out_by_more(store: Store, public: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST", 2)
    assert tell(public, "one").status_code == tell(public, "two").status_code == 303
    answered = tell(public, "three")
    assert answered.status_code == 409
    page = answered.get_data(as_text=True)
    assert "2 messages wait to be read already: write an e-mail instead" in said(page)
    assert ">three</textarea>" in page
    assert {one.text for one in feedback.feedback_kept(store)} == {"one", "two"}


# --- the statement ---------------------------------------------------------------------------------------------------


def test_the_statement_has_its_dates_and_says_where_they_are_not_stated(store: Store, public: Reader) -> None:
    page = public.main("/accessibility")
    assert page.count("not stated by") == 3
    assert "remains to be done by" in page
    assert 'href="https://www.digg.se/tdosanmalan"' in public.get("/accessibility")
    pages = PageSettings(
        accessibility_published="2025-01-02",
        accessibility_assessed="2025-03-04",
        accessibility_assessed_by="Demo Review AB (fictional)",
        accessibility_reviewed="2025-05-06",
    )
    page = Reader(store, ANONYMOUS, replace(PUBLIC, pages=pages)).main("/accessibility")
    for stated in (
        "2025-01-02",
        "2025-03-04",
        "2025-05-06",
        "This service was assessed by Demo Review AB (fictional).",
    ):
        assert stated in page
    assert "not stated by" not in page
    assert "remains to be done" not in page


def test_days_of_the_statement_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_ACCESSIBILITY_REVIEWED", "2025-05-06")
    assert load_page_settings().accessibility_reviewed == "2025-05-06"
    monkeypatch.setenv("TRACEGRAPH_ACCESSIBILITY_ASSESSED", "i våras")
    with pytest.raises(SettingsInvalid, match="TRACEGRAPH_ACCESSIBILITY_ASSESSED"):
        load_page_settings()


# --- settings and their history --------------------------------------------------------------------------------------


def test_a_start_with_other_settings_is_shown_with_what_changed(
    store: Store, keeper: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No start is written down yet" in keeper.main("/administration/settings")
    own = keeper.settings
    note_start(store, own, "api", NOW)
    note_start(store, own, "api", "2024-06-02T08:00:00Z")
    assert len(store.page(SETTINGS)) == 1
    monkeypatch.setenv("TRACEGRAPH_AUDIT_READS", "off")
    monkeypatch.setenv("TRACEGRAPH_SESSION_SECRET", "s" * 40)
    monkeypatch.setenv("TRACEGRAPH_SMTP_PASSWORD", "hidden-word")
    note_start(store, own, "api", "2024-06-03T08:00:00Z")
    note_start(store, own, "worker", "2024-06-04T08:00:00Z")
    page = keeper.get("/administration/settings")
    text = said(page)
    assert "TRACEGRAPH_AUDIT_READS: on became off" in text
    assert "TRACEGRAPH_SESSION_SECRET: not set became ***" in text
    assert "what works in the background" in text
    assert text.count("the first start that is kept") == 2
    assert "s" * 40 not in page
    assert "hidden-word" not in page
    assert f"Where it is {store.info().url}" in text
    actions = [row.body for row in store.page(AUDIT)]
    assert [one["action"] for one in actions] == ["settings.change"] * 3
    assert actions[1]["facts"]["settings"] == sorted(actions[1]["facts"]["settings"])
    assert "TRACEGRAPH_AUDIT_READS" in actions[1]["facts"]["settings"]
    assert "started with other settings" in keeper.main("/audit")


def test_a_folder_that_is_made_at_each_start_is_no_change(
    store: Store, keeper: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("TRACEGRAPH_RUN_DIR", str(folder))
        monkeypatch.setenv("TRACEGRAPH_RUN_DIR_MADE", str(folder))
        note_start(store, keeper.settings, "api", NOW)
    assert len(store.page(SETTINGS)) == 1


def test_the_oldest_starts_go_and_each_kind_of_process_has_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracegraph.services.settings_history.MOST", 3)
    for number in range(5):
        assert note_settings(store, "api", {"A": str(number)}, "1", f"2024-06-0{number + 1}T08:00:00Z")
    assert note_settings(store, "worker", {"A": "4"}, "1", "2024-06-01T09:00:00Z")
    assert note_settings(store, "api", {"A": "4"}, "2", "2024-06-06T08:00:00Z"), "another version is a change"
    assert not note_settings(store, "api", {"A": "4"}, "2", "2024-06-07T08:00:00Z")
    found = settings_history(store)
    assert [(one.process, one.is_first, dict(one.changed)) for one in found] == [
        ("api", False, {}),
        ("api", False, {"A": ("3", "4")}),
        ("api", True, {}),
        ("worker", True, {}),
    ]


def test_two_processes_that_start_at_once_write_one_start(store: Store) -> None:
    class Late:
        """A store in which another process wrote between the look and the commit."""

        def __init__(self) -> None:
            self.was_looked_at = False

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def commit(self, *given: object) -> object:
            if not self.was_looked_at:
                self.was_looked_at = True
                assert note_settings(store, "api", {"A": "1"}, "1", NOW)
            return store.commit(*given)  # type: ignore[arg-type]

    late = Late()
    assert not note_settings(late, "api", {"A": "1"}, "1", NOW)  # type: ignore[arg-type]
    assert late.was_looked_at
    assert len(store.page(SETTINGS)) == 1


def test_a_store_that_does_not_answer_does_not_stop_a_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "gone.db"
    opened = open_store(f"sqlite:///{path}")
    opened.close()
    path.unlink()
    note_start(opened, ApiSettings(access=Access.LOCAL), "api", NOW)
    assert "not written down" in caplog.text
