"""Pages of imports, subscriptions, jobs, the audit log, administration and help: what they say and do, and for whom."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.importers import GOOD, Files
from tracegraph.access import LOCAL, Principal, Role
from tracegraph.services.anchors import keep_anchor
from tracegraph.services.import_jobs import HANDLERS
from tracegraph.services.working import Duties, Work, run
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_audit import AuditSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.pages.licences import installed, shipped
from tracegraph_api.policy import LOGGED_IN

NOW = "2024-06-01T08:00:00Z"
AB = Principal("user:ab", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-AB")
M = Principal("user:m", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-M")
READER = Principal("user:r", frozenset({Role.READER}), region="SE-AB")
BAD = {
    **GOOD,
    "supplies.csv": (
        "seller_id,buyer,product,source_id\nnobody-knows,fictional-wholesale,gloves-nitrile,se-ab-src-1\n"
    ),
}


@dataclass
class Reader:
    """Somebody who is logged in, looks at pages and sends their forms."""

    store: Store
    who: Principal = AB
    settings: ApiSettings = field(default_factory=lambda: ApiSettings(access=Access.PUBLIC))
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        app = create_app(self.settings, self.store)
        shared = context_of(app)
        shared.clock = lambda: NOW
        shared.parts[LOGGED_IN] = lambda: self.who
        self.client = app.test_client()

    def get(self, path: str, status: int = 200) -> str:
        """Return a page in English, its marks taken out of it."""
        response = self.client.get(path, headers={"Accept-Language": "en"})
        assert response.status_code == status, (path, response.status_code)
        return str(response.get_data(as_text=True))

    def main(self, path: str, status: int = 200) -> str:
        """Return what a page says between its menu and its footer."""
        return said(self.get(path, status))

    def send(self, page: str, action: str, files: Files | None = None, /, **typed: str) -> TestResponse:
        """Send the form of a page that goes to an address; `action` may be the end of that."""
        found = re.search(rf'<form method="post" action="([^"]*{re.escape(action)})".*?</form>', self.get(page), re.S)
        assert found, (page, action)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[0]))
        data: dict[str, object] = {**hidden, **typed}
        if files is not None:
            data["files"] = [(io.BytesIO(str(text).encode()), name) for name, text in files.items()]
        return self.client.post(
            found[1],
            data=data,
            content_type="multipart/form-data" if files is not None else None,
            headers={"Accept-Language": "en"},
        )

    def led(self, response: TestResponse) -> str:
        """Return where a form leads that was taken."""
        assert response.status_code == 303, said(response.get_data(as_text=True))
        return urlsplit(response.headers["Location"]).path

    def work(self) -> None:
        """Let a worker do what is due."""
        run(Work(self.store, "test", lambda: NOW), Duties(HANDLERS), once=True)


def said(page: str) -> str:
    """Return the text of a page's content."""
    content = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


@pytest.fixture
def ab(store: Store) -> Reader:
    return Reader(store)


# --- imports ---------------------------------------------------------------------------------------------------------


def test_an_import_with_errors_says_what_to_do_and_writes_nothing(ab: Reader) -> None:
    at = ab.led(ab.send("/imports", "/imports", BAD))
    assert "tracegraph worker" in ab.main(at), "nobody works, and the page says so"
    ab.work()
    page = ab.main(at)
    assert "cannot be written" in page
    assert "did you mean buyer_id?" in page
    assert re.search(r"buyer_id supplies.csv the column buyer_id is missing.*? buyer\b", page)
    assert "Write this" not in page
    errors = ab.client.get(f"{at}/errors.csv")
    assert errors.headers["Content-Disposition"] == 'attachment; filename="tracegraph-import-errors.csv"'
    assert errors.get_data(as_text=True).count("\r\n") == 1 + 3
    assert "Send corrected files" in page


def test_an_import_is_looked_at_written_and_undone_once(ab: Reader) -> None:
    at = ab.led(ab.send("/imports", "/imports", GOOD))
    ab.work()
    page = ab.main(at)
    assert "gloves-nitrile of demo-plant-klang goes to gloves-nitrile of fictional-wholesale new se-ab-src-1" in page
    assert "New 5" in page
    stale = ab.get(at)
    ab.led(ab.send(at, "/commit"))
    ab.work()
    assert "What was written New 5" in ab.main(at)
    assert ab.client.get("/suppliers/fictional-wholesale").status_code == 200
    form = re.search(rf'action="({at}/discard)".*?</form>', stale, re.S)
    assert form
    late = ab.client.post(form[1], data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])))
    assert late.status_code == 409, "the form of before it was written does nothing any more"
    ab.led(ab.send(at, "/undo"))
    ab.work()
    assert "Everything that this import recorded has ended on 2024-06-01." in ab.main(at)
    assert ab.client.get("/suppliers/fictional-wholesale").status_code == 404


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "choose one file or more"),
        ({"list.xlsx": "x"}, "is a workbook"),
        ({"suppliers.csv": "x", "SUPPLIERS.csv": "y"}, "was sent twice"),
    ],
)
def test_files_that_cannot_be_taken_are_refused_with_the_reason(ab: Reader, files: dict[str, str], why: str) -> None:
    response = ab.send("/imports", "/imports", files)
    assert response.status_code == 422
    assert why in said(response.get_data(as_text=True))


def test_the_columns_of_every_table_are_shown_and_given(ab: Reader) -> None:
    page = ab.main("/imports/columns")
    assert "suppliers.csv" in page
    assert "leverantör_id" in page
    given = ab.client.get("/imports/columns/suppliers.csv").get_data(as_text=True)
    assert given.startswith("\ufeffsupplier_id,")
    ab.main("/imports/columns/nothing.csv", 422)


def test_who_only_reads_imports_nothing(ab: Reader) -> None:
    ab.who = READER
    ab.main("/imports", 403)
    assert 'href="/imports"' not in ab.get("/")


#: Names of columns that no table has; one is near to what it means.
OWN_NAMES = {
    **GOOD,
    "suppliers.csv": "nummer;name;source_id;anm\nfictional-wholesale;Fictional Wholesale;se-ab-src-1;x\n",
    "supplies.csv": str(BAD["supplies.csv"]).replace("nobody-knows", "demo-plant-klang"),
}
CHOSEN = {"column-0-0": "supplier_id", "column-0-1": "-", "column-1-0": "buyer_id"}


def chosen_in(page: str) -> dict[str, str]:
    """Return what the selects of a page hold."""
    selects = re.findall(r'<select id="(column-\d-\d)".*?</select>', page, re.S)
    values = [re.search(r'value="([^"]*)" selected', one) for one in re.findall(r"<select.*?</select>", page, re.S)]
    return dict(zip(selects, [one[1] if one else "" for one in values], strict=True))


def test_columns_are_chosen_and_what_was_chosen_is_suggested_until_it_is_forgotten(ab: Reader) -> None:
    at = ab.led(ab.send("/imports", "/imports", OWN_NAMES))
    ab.work()
    assert chosen_in(ab.get(at)) == {"column-0-0": "", "column-0-1": "", "column-1-0": "buyer_id"}
    half = ab.send(at, "/columns", **{**CHOSEN, "column-0-1": ""})
    assert half.status_code == 422
    assert "choose what the column anm of suppliers.csv is" in said(half.get_data(as_text=True))
    assert chosen_in(half.get_data(as_text=True)) == {**CHOSEN, "column-0-1": ""}, "what was typed stays"
    twice = ab.send(at, "/columns", **{**CHOSEN, "column-0-1": "supplier_id"})
    assert "two columns of suppliers.csv are said to be supplier_id" in said(twice.get_data(as_text=True))
    ab.led(ab.send(at, "/columns", **CHOSEN))
    ab.work()
    page = ab.main(at)
    assert "New 5" in page
    assert "suppliers.csv: the column nummer was read as supplier_id, as chosen" in page
    assert "suppliers.csv: the column anm was left out, as chosen" in page
    ab.led(ab.send(at, "/commit"))
    ab.work()
    assert "What was written New 5" in ab.main(at)
    again = ab.led(ab.send("/imports", "/imports", {**OWN_NAMES, "supplies.csv": GOOD["supplies.csv"]}))
    ab.work()
    assert chosen_in(ab.get(again)) == {"column-0-0": "supplier_id", "column-0-1": "-"}
    assert "Filled in as it was chosen on 2024-06-01" in ab.main(again)
    for who in (M, replace(AB, grants=frozenset({"region:SE-M"}))):
        seen = Reader(ab.store, who)
        assert ("nummer" in seen.main("/imports/columns")) == (who.region == "SE-AB")
    ab.led(ab.send("/imports/columns", "/forget"))
    ab.led(ab.send("/imports/columns", "/forget"))
    assert "nummer" not in ab.main("/imports/columns")
    assert chosen_in(ab.get(again)) == {"column-0-0": "", "column-0-1": ""}


def test_a_choice_is_told_to_nobody_who_sees_less_than_who_made_it(ab: Reader) -> None:
    ab.who = replace(AB, grants=frozenset({"region:SE-M"}))
    at = ab.led(ab.send("/imports", "/imports", OWN_NAMES))
    ab.work()
    ab.led(ab.send(at, "/columns", **CHOSEN))
    form = re.search(r'action="(/imports/columns/\w+/forget)"', ab.get("/imports/columns"))
    assert form
    ab.who = AB
    assert "nummer" not in ab.main("/imports/columns")
    theirs = ab.led(ab.send("/imports", "/imports", OWN_NAMES))
    ab.work()
    assert chosen_in(ab.get(theirs)) == {"column-0-0": "", "column-0-1": "", "column-1-0": "buyer_id"}
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', ab.get(theirs))
    assert ab.client.post(form[1], data=dict(hidden)).status_code == 404


# --- subscriptions and jobs ------------------------------------------------------------------------------------------


def test_something_is_watched_and_no_longer(ab: Reader) -> None:
    typed = {"kind": "factory", "id": "demo-plant-klang", "channel": "email", "address": "name@region.example"}
    wrong = ab.send("/subscriptions", "/subscriptions", **{**typed, "id": "demo-plant-klong"})
    assert wrong.status_code == 422
    assert "demo-plant-klang" in said(wrong.get_data(as_text=True)), "near ids are named, and what was typed stays"
    assert 'value="name@region.example"' in wrong.get_data(as_text=True)
    assert ab.led(ab.send("/subscriptions", "/subscriptions", **typed)) == "/subscriptions"
    assert "a plant: Demo Plant Klang (demo-plant-klang) name@region.example once a day" in ab.main("/subscriptions")
    ab.who = M
    assert "demo-plant-klang" not in ab.main("/subscriptions")
    ab.who = AB
    ab.led(ab.send("/subscriptions", "/end"))
    assert "You watch nothing yet" in ab.main("/subscriptions")


def test_other_pages_lead_to_what_is_to_be_watched(ab: Reader) -> None:
    page = ab.get("/subscriptions?kind=contract&id=demo-c-0007")
    assert '<option value="contract" selected>' in page
    assert 'value="demo-c-0007"' in page


def test_a_job_is_cancelled_by_its_own_region(ab: Reader) -> None:
    at = ab.led(ab.send("/imports", "/imports", GOOD))
    assert f'href="{at}">Check of an import' in ab.get("/jobs")
    ab.who = M
    assert "No job" in ab.main("/jobs")
    ab.who = AB
    ab.led(ab.send("/jobs", "/cancel"))
    assert "cancelled" in ab.main("/jobs?state=cancelled")
    assert "No job" in ab.main("/jobs?state=running")


# --- the audit log and administration --------------------------------------------------------------------------------


def test_the_audit_log_tells_who_did_what_and_gives_it_as_a_file(ab: Reader) -> None:
    ab.send("/imports", "/imports", GOOD)
    assert "person ab sent an import" in ab.main("/audit?action=dataset.send")
    assert "No rows" in ab.main("/audit?action=key.create")
    rows = ab.client.get("/audit/rows.csv?action=dataset.send").get_data(as_text=True)
    assert rows.count("\r\n") == 2
    assert f"{NOW},user:ab,dataset.send,import:imp-" in rows
    ab.who = M
    assert "dataset.send" not in ab.client.get("/audit/rows.csv").get_data(as_text=True)
    ab.main("/audit/verification", 403)


def test_the_log_is_held_against_kept_check_numbers(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "anchors.ndjson"
    settings = ApiSettings(access=Access.LOCAL, audit=AuditSettings(audit_anchor=str(path)))
    keeper = Reader(store, LOCAL, settings)
    keeper.send("/imports", "/imports", GOOD)
    assert keep_anchor(store, path, NOW)
    page = keeper.main("/audit/verification")
    assert "Yes: every row is as it was written." in page
    assert "all are covered" in page
    count = '"count": 1'
    assert count in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(count, '"count": 9'), encoding="utf-8")
    assert "the end of the log was cut off" in keeper.main("/audit/verification")


def test_a_key_is_shown_once_and_may_no_more_than_its_maker(ab: Reader) -> None:
    beyond = ab.send("/administration/keys", "/keys", label="x", role="reader", region="SE-M")
    assert beyond.status_code == 422
    assert "cannot give away more" in said(beyond.get_data(as_text=True))
    made = ab.send("/administration/keys", "/keys", label="fictional-sync", role="reader")
    found = re.search(r'class="secret">(tg_[^<]+)<', made.get_data(as_text=True))
    assert found
    assert made.headers["Cache-Control"] == "no-store, private"
    page = ab.get("/administration/keys")
    assert found[1] not in page
    assert "fictional-sync reader SE-AB can be used" in said(page)
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert ab.client.get("/tracegraph/v1/me", headers=headers).get_json()["region"] == "SE-AB"
    ab.led(ab.send("/administration/keys", "/revoke"))
    assert "revoked, serves no longer" in ab.main("/administration/keys")
    ab.who = M
    assert "fictional-sync" not in ab.main("/administration/keys")


def test_the_secret_of_an_address_is_shown_once(ab: Reader) -> None:
    at = "/administration/webhooks"
    assert ab.send(at, at, url="http://plain.example/x").status_code == 422
    made = ab.send(at, at, url="https://hooks.region.example/x")
    found = re.search(r'class="secret">(whsec_[^<]+)<', made.get_data(as_text=True))
    assert found
    assert found[1] not in ab.get(at)
    assert "https://hooks.region.example/x" in ab.get("/subscriptions")
    ab.send(at, "/rotate")
    assert "2" in ab.main(at)
    ab.led(ab.send(at, "/remove"))
    assert "No address" in ab.main(at)


def test_settings_are_for_who_keeps_the_service_and_say_what_is_in_force(store: Store, ab: Reader) -> None:
    ab.main("/administration/settings", 403)
    page = Reader(store, LOCAL, ApiSettings(access=Access.LOCAL)).main("/administration/settings")
    assert "TRACEGRAPH_ACCESS local" in page
    assert "TRACEGRAPH_SESSION_SECRET not set" in page


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_is_open_to_who_is_not_logged_in(store: Store) -> None:
    closed = create_app(ApiSettings(access=Access.PRIVATE, contact_email="access@region.example"), store).test_client()
    for path in ("/help", "/accessibility", "/privacy", "/licences"):
        assert closed.get(path).status_code == 200
    assert "mailto:access@region.example" in closed.get("/accessibility").get_data(as_text=True)


def test_the_licence_of_every_piece_is_told() -> None:
    own, *others = installed()
    assert own.name == "tracegraph"
    assert {"Flask", "networkx", "typst"} <= {one.name for one in others}
    assert "pytest" not in {one.name for one in others}
    assert [one.name for one in (*others, *shipped()) if not one.licence] == []
