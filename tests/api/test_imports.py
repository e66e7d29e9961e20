"""Datasets over HTTP: sent, checked, corrected, committed, seen by whom they are for, undone; each effect once."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.api.callers import PRINCIPALS
from tests.api.checked import checked
from tests.api.importers import GOOD, Files, Importers
from tracegraph.access import Permission
from tracegraph.change_set import ChangeSet
from tracegraph.composition import open_store
from tracegraph.errors import ImportInterrupted, StoreUnavailable, UnknownImport
from tracegraph.resources import resource_folder
from tracegraph.services import import_jobs
from tracegraph.services.events import EVENT
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.services.jobs import KEPT_S, new_job
from tracegraph.services.pieces import UPLOAD
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_limits import LimitSettings, Rates
from tracegraph.store import sqlite_apply
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

NEW = "fictional-c-1"
BAD_ID = "supplier_id,name,source_id\n=cmd|' /C calc'!A0,Fictional,se-ab-src-1\nfictional-wholesale,OK,se-ab-src-1\n"


@pytest.fixture
def who(store: Store) -> Importers:
    """Callers on a demo of their own."""
    return Importers(store)


def audited(store: Store) -> list[str]:
    """Return what the audit trail says of datasets."""
    actions = [record.body["action"] for record in store.records(AUDIT)]
    return [action for action in actions if str(action).startswith("dataset.")]


def events(store: Store) -> set[str]:
    """Return who may learn of the claims that changed."""
    return {record.visibility for record in store.records(EVENT) if record.body["event"] == "claims.changed"}


def archive(files: Files) -> bytes:
    """Return files as a ZIP archive, in a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.mkdir("data")
        for name, data in files.items():
            zipped.writestr(f"data/{name}", data)
    return packed.getvalue()


def ndjson(files: Files) -> str:
    """Return CSV files as rows."""
    lines = []
    for name, data in files.items():
        assert isinstance(data, str)
        rows = csv.DictReader(io.StringIO(data))
        lines += [json.dumps({"table": name.removesuffix(".csv"), **row}) for row in rows]
    return "\n".join(lines) + "\n"


# --- the round -------------------------------------------------------------------------------------------------------


def test_a_dataset_with_errors_is_corrected_committed_and_undone(who: Importers) -> None:
    store = who.store
    bad = who.checked("ab", {**GOOD, "suppliers.csv": BAD_ID})
    shown = who.shown("ab", bad)
    assert (shown["state"], shown["errors"], shown["preview"]) == ("rejected", 1, None)
    assert shown["rows"]["suppliers"] == {"rows": 2, "refused": 1}
    assert who.step("ab", bad, "commit").status_code == 409
    (error,) = [row for row in who.items("ab", f"/imports/{bad}/errors") if row["severity"] == "error"]
    assert (error["file"], error["line"], error["column"], error["rule"]) == ("suppliers.csv", 2, "supplier_id", "id")
    assert error["value"] == "=cmd|' /C calc'!A0"

    good = who.checked("ab", GOOD)
    shown = who.shown("ab", good)
    assert shown["state"] == "checked"
    assert shown["preview"]["new"] > 0
    assert shown["visibilities"] == ["region:SE-AB"]
    assert (shown["change_set"], NEW in who.dependents("ab")) == (None, False)
    job = who.stepped("ab", good, "commit")
    assert (job["state"], job["kind"], job["error"]) == ("succeeded", "commit", None)
    shown = who.shown("ab", good)
    assert shown["committed"] == {name: shown["preview"][name] for name in shown["committed"]}
    assert [NEW in who.dependents(one) for one in ("ab", "ab-too", "m", "lead", None)] == [True, True, *[False] * 3]
    assert events(store) == {"region:SE-AB"}
    assert [record for record in store.records(UPLOAD) if bad in record.id]
    assert not [record for record in store.records(UPLOAD) if good in record.id]

    assert who.stepped("ab-too", good, "undo")["state"] == "succeeded"
    assert (who.shown("ab", good)["state"], NEW in who.dependents("ab")) == ("undone", False)
    assert who.step("ab", good, "undo").status_code == 409
    assert who.stepped("ab", bad, "discard")["state"] == "succeeded"
    assert who.shown("ab", bad)["state"] == "discarded"
    assert audited(store) == [
        *("dataset.send", "dataset.send", "dataset.commit.ask", "dataset.commit"),
        *("dataset.undo.ask", "dataset.undo", "dataset.discard.ask", "dataset.discard"),
    ]


def test_the_errors_as_a_file_hold_no_formula(who: Importers) -> None:
    name = who.checked("ab", {**GOOD, "suppliers.csv": BAD_ID})
    response = who.get("ab", f"/imports/{name}/errors", accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0]["value"] == "'=cmd|' /C calc'!A0"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert response.headers["Content-Disposition"] == 'attachment; filename="tracegraph-errors.csv"'


def test_errors_are_told_in_the_callers_language(who: Importers) -> None:
    name = who.checked("ab", {**GOOD, "suppliers.csv": BAD_ID})
    english, swedish = (
        who.client.get(
            f"/tracegraph/v1/imports/{name}/errors", headers={"Authorization": "Bearer ab", "Accept-Language": lang}
        ).get_json()["items"][0]["detail"]
        for lang in ("en", "sv")
    )
    assert "is not an id" in english
    assert english != swedish


def test_bad_rows_can_be_left_out(who: Importers) -> None:
    name = who.checked("ab", {**GOOD, "suppliers.csv": BAD_ID}, skip_bad_rows=True)
    shown = who.shown("ab", name)
    assert (shown["state"], shown["errors"], shown["rows"]["suppliers"]["refused"]) == ("checked", 1, 1)
    assert who.stepped("ab", name, "commit")["state"] == "succeeded"
    assert NEW in who.dependents("ab")


@pytest.mark.parametrize("form", ["archive", "rows"])
def test_the_same_dataset_in_other_forms_is_the_same(who: Importers, form: str) -> None:
    first = who.shown("ab", who.committed("ab", GOOD))
    assert first["form"] == "files"
    sent = who.send("ab", {"my data.zip": archive(GOOD)}) if form == "archive" else who.send_rows("ab", ndjson(GOOD))
    assert sent.status_code == 202, sent.get_json()
    who.work()
    again = who.shown("ab", sent.get_json()["import_id"])
    assert (again["form"], again["digest"]) == (form, first["digest"])
    assert again["preview"]["nothing_changed"]
    assert again["preview"]["unchanged"] == first["preview"]["new"]
    assert who.stepped("ab", again["import_id"], "commit")["state"] == "succeeded"
    assert who.stepped("ab", again["import_id"], "undo")["state"] == "succeeded"
    assert NEW in who.dependents("ab")


def test_the_same_rows_sent_thrice_shuffled_and_split_are_one_effect(who: Importers) -> None:
    files = {**GOOD, "suppliers.csv": str(GOOD["suppliers.csv"]) + "fictional-two,Fictional Two,se-ab-src-1\n"}
    assert isinstance(files["suppliers.csv"], str)
    header, *rows = files["suppliers.csv"].splitlines()
    shuffled = {**files, "suppliers.csv": "\n".join([header, *reversed(rows), ""])}
    who.committed("ab", files)
    before = sorted(claim["claim_id"] for claim in _claims(who.store))
    for again in (files, shuffled, {name: files[name] for name in ("sources.csv", "suppliers.csv")}):
        shown = who.shown("ab", who.committed("ab", again))
        assert shown["committed"]["nothing_changed"]
    assert sorted(claim["claim_id"] for claim in _claims(who.store)) == before


def _claims(store: Store) -> list[dict[str, Any]]:
    return [line for line in store.stream() if line["line"] == "claim"]


def test_rows_that_are_not_in_the_files_stay(who: Importers) -> None:
    who.committed("ab", GOOD)
    less = {name: data for name, data in GOOD.items() if name != "contracts.csv"}
    who.committed("ab", {**less, "suppliers.csv": "supplier_id,name,source_id\nfictional-two,F,se-ab-src-1\n"})
    assert NEW in who.dependents("ab")


def test_on_neo4j_too(neo4j_url: str) -> None:
    opened = open_store(neo4j_url)
    try:
        seeds = resource_folder("seeds")
        write_reading(opened, read_checked(opened, [seeds / "reference", seeds / "demo"]), "2024-01-01T00:00:00Z")
        test_a_dataset_with_errors_is_corrected_committed_and_undone(Importers(opened))
    finally:
        opened.close()


# --- who may write what ----------------------------------------------------------------------------------------------


def rules(who: Importers, caller: str, files: Files) -> set[str]:
    """Return the rules that files break."""
    name = who.checked(caller, files)
    return {row["rule"] for row in who.items(caller, f"/imports/{name}/errors") if row["severity"] == "error"}


def test_rows_are_for_whom_the_sender_may_write(who: Importers) -> None:
    def seen_by(visibility: str) -> Files:
        return {
            **GOOD,
            "suppliers.csv": f"supplier_id,name,source_id,visibility\nfictional-wholesale,F,se-ab-src-1,{visibility}\n",
        }

    assert rules(who, "ab", seen_by("region:SE-M")) == {"visibility-not-yours"}
    for visibility in ("public", "network", "region:SE-AB", ""):
        assert rules(who, "ab", seen_by(visibility)) == set()
    own = {name: str(data).replace("se-ab-", "national-") for name, data in GOOD.items()}
    assert who.shown("lead", who.checked("lead", own))["visibilities"] == ["network"]
    assert rules(who, "granted", {**own, "suppliers.csv": own["suppliers.csv"]}) == set()


def test_rows_name_no_document_to_more_people_than_see_it(who: Importers) -> None:
    """One's own may be named to whom one likes; what all regions share is not for another to make public."""

    def named(supplier: str, visibility: str) -> Files:
        return {
            "suppliers.csv": f"supplier_id,name,source_id,visibility\n{supplier},F,se-ab-src-1,{visibility}\n",
        }

    assert who.committed("ab", {"sources.csv": GOOD["sources.csv"], **named("fictional-one", "network")})
    assert rules(who, "m", named("fictional-two", "public")) == {"document-less-visible"}
    assert rules(who, "m", named("fictional-two", "network")) == set()
    assert rules(who, "ab", named("fictional-two", "public")) == set()


def test_reference_data_and_moments_are_the_keepers(who: Importers) -> None:
    product = {"products.csv": "product_id,name_en\nfictional-good,Fictional good\n"}
    moment = {"suppliers.csv": "supplier_id,name,source_id,recorded_at\nf,F,unsourced,2020-01-01T00:00:00Z\n"}
    source = {"sources.csv": "source_id,title\nsrc-1,Fictional\n"}
    incident = {
        "incidents.toml": (
            '[[incident]]\nincident_id = "fictional-1"\nkind = "labour"\ntitle = "Fictional"\nhappened = 2024-01-01\n'
            'change = "reported"\nrecorded_at = 2024-01-02T00:00:00Z\nscope = [{ factory = "demo-plant-klang" }]\n'
        )
    }
    assert rules(who, "ab", product) == {"reference-data"}
    assert rules(who, "ab", moment) == {"recorded-at-not-allowed"}
    assert rules(who, "ab", source) == {"source-not-yours"}
    assert "incidents-elsewhere" in rules(who, "ab", incident)
    assert rules(who, "keeper", {**product, **source, **moment}) == set()
    assert "incidents-elsewhere" not in rules(who, "keeper", incident)


def test_reference_data_may_be_repeated_as_it_is(who: Importers) -> None:
    seeds = resource_folder("seeds") / "reference"
    files = {name: (seeds / name).read_bytes() for name in ("products.csv", "categories.csv", "regions.csv")}
    shown = who.shown("ab", who.checked("ab", {**files, **GOOD}))
    assert (shown["state"], shown["preview"]["references_changed"]) == ("checked", 1)


def test_a_source_that_is_seen_may_be_repeated_and_not_changed(who: Importers) -> None:
    who.committed("keeper", {**_public(GOOD)})
    same = {
        "sources.csv": str(_public(GOOD)["sources.csv"]),
        "suppliers.csv": "supplier_id,name,source_id\nf,F,src-1\n",
    }
    assert rules(who, "m", same) == set()
    assert rules(who, "m", {**same, "sources.csv": "source_id,title\nsrc-1,Another\n"}) == {"source-not-yours"}


def _public(files: Files) -> dict[str, str]:
    return {name: str(data).replace("se-ab-src-1", "src-1") for name, data in files.items()}


def test_what_another_region_recorded_for_all_is_not_replaced_by_a_file(who: Importers) -> None:
    link = "seller_id,buyer_id,product,source_id,visibility,share\n"
    link += "demo-plant-klang,demo-wholesale-01,gloves,demo-src-daily-gloves,network,"
    assert who.shown("ab", who.committed("ab", {"supplies.csv": f"{link}0.4\n"}))["committed"]["new"] == 1
    name = who.checked("m", {"supplies.csv": f"{link}0.1\n"})
    (error,) = [one for one in who.items("m", f"/imports/{name}/errors") if one["severity"] == "error"]
    assert (error["rule"], error["file"], error["line"]) == ("claim-not-yours", "supplies.csv", 2)
    again = who.committed("ab", {"supplies.csv": f"{link}0.5\n"})  # their own region may
    assert who.shown("ab", again)["committed"]["changed"] == 1


def test_an_import_is_its_tenants_and_the_keepers(who: Importers) -> None:
    name = who.committed("ab", GOOD)
    granted = who.checked("granted", {n: str(d).replace("se-ab-", "national-") for n, d in GOOD.items()})
    unknown = who.get("m", "/imports/imp-000000000000000000000000")
    for path in (f"/imports/{name}", f"/imports/{name}/errors"):
        other = who.get("m", path)
        assert (other.status_code, other.get_json()["code"]) == (404, unknown.get_json()["code"])
    for caller in ("m", "lead"):
        assert who.items(caller, "/imports") == []
        assert who.step(caller, name, "undo").status_code == 404
    assert who.get("lead", f"/imports/{granted}").status_code == 404
    assert [row["import_id"] for row in who.items("ab-too", "/imports", state="committed")] == [name]
    assert who.items("ab-too", "/imports", state="checked") == []
    assert {row["import_id"] for row in who.items("keeper", "/imports")} == {name, granted}
    assert who.shown("keeper", name)["change_set"] > 0
    assert who.stepped("keeper", name, "undo")["state"] == "succeeded"
    assert who.shown("ab", name)["state"] == "undone"
    assert who.get("keeper", "/imports/imp-1").status_code == 404


def test_readers_and_strangers_send_nothing(who: Importers) -> None:
    assert who.send("reader", GOOD).status_code == 403
    assert who.send(None, GOOD).status_code == 401


# --- what is hidden stays hidden -------------------------------------------------------------------------------------


def told(who: Importers, files: Files) -> tuple[Any, Any, Any]:
    """Return all that is told of an import to another region, up to its commit; without ids and moments."""
    name = who.checked("ab", files)
    shown = who.shown("ab", name)
    errors = who.items("ab", f"/imports/{name}/errors", limit=200)
    for part in ("import_id", "_links", "created_at", "checked_at", "expires_at"):
        del shown[part]
    return shown, errors, who.dependents("ab")


def test_what_another_region_hides_changes_no_answer(who: Importers) -> None:
    hidden = {
        "sources.csv": "source_id,title\nse-m-src,Hidden\n",
        "suppliers.csv": "supplier_id,name,source_id\nhidden-co,Hidden,se-m-src\nfictional-wholesale,Hidden,se-m-src\n",
        "supplies.csv": str(GOOD["supplies.csv"]).replace("se-ab-src-1", "se-m-src"),
    }
    names = {
        **GOOD,
        "items.csv": "holder_id,product,source_id\nfictional-wholesale,gloves,se-m-src\nhidden-co,gloves,unsourced\n",
    }
    ask = [
        GOOD,
        {**GOOD, "supplies.csv": str(GOOD["supplies.csv"]) + "hidden-co,fictional-wholesale,gloves-nitrile,se-m-src\n"},
        names,
    ]
    before = [told(who, files) for files in ask]
    who.committed("m", hidden)
    assert [told(who, files) for files in ask] == before
    assert any(row["rule"] == "unknown-id" for _, errors, _ in before for row in errors)


def test_an_id_that_is_hidden_and_of_another_kind_is_not_named(who: Importers) -> None:
    factory = {"factories.csv": "factory_id,country,source_id\nhidden-plant,SE,se-m-src\n"}
    who.committed("m", {**factory, "sources.csv": "source_id,title\nse-m-src,Hidden\n"})
    files = {**GOOD, "suppliers.csv": str(GOOD["suppliers.csv"]) + "hidden-plant,F,se-ab-src-1\n"}
    name = who.checked("ab", files)
    assert who.shown("ab", name)["state"] == "checked"
    job = who.stepped("ab", name, "commit")
    assert (job["state"], job["error"]["code"]) == ("failed", "invalid-input")
    assert "hidden-plant" not in job["error"]["detail"]
    assert "actory" not in job["error"]["detail"]
    assert (who.shown("ab", name)["state"], NEW in who.dependents("ab")) == ("checked", False)
    keeper = who.checked("keeper", _public({**GOOD, "sources.csv": "source_id,title\nsrc-1,F\n"}))
    assert who.shown("keeper", keeper)["state"] == "checked"


# --- exactly what was checked, exactly once --------------------------------------------------------------------------


def test_a_preview_that_is_not_true_any_more_is_not_committed(who: Importers) -> None:
    first, second = who.checked("ab", GOOD), who.checked("ab-too", GOOD)
    assert who.stepped("ab", first, "commit")["state"] == "succeeded"
    stale = who.shown("ab", second)
    job = who.stepped("ab", second, "commit")
    assert (job["state"], job["error"]["code"]) == ("failed", "preview-changed")
    shown = who.shown("ab", second)
    assert (shown["state"], shown["preview"]["new"], shown["preview"]["unchanged"]) == (
        "checked",
        0,
        stale["preview"]["new"],
    )
    assert who.stepped("ab", second, "commit")["state"] == "succeeded"


def test_what_can_no_longer_be_written_is_rejected_at_commit(who: Importers) -> None:
    owners = who.committed("ab", GOOD)
    rests = {"items.csv": "holder_id,product,source_id\nfictional-wholesale,gloves-nitrile,unsourced\n"}
    name = who.checked("ab", rests)
    assert who.shown("ab", name)["state"] == "checked"
    who.stepped("ab", owners, "undo")
    assert who.stepped("ab", name, "commit")["error"]["code"] == "preview-changed"
    assert who.shown("ab", name)["state"] == "rejected"


def test_an_import_of_somebody_who_may_more_is_not_committed_by_who_may_less(who: Importers) -> None:
    name = who.checked("ab-lead", GOOD)
    refused = who.step("ab", name, "commit")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert who.shown("ab", name)["state"] == "checked"
    assert who.stepped("ab-lead", name, "commit")["state"] == "succeeded"


def test_a_step_names_the_version_and_has_one_effect_for_a_key(who: Importers) -> None:
    name = who.checked("ab", GOOD)
    assert who.post("ab", f"/imports/{name}/commit", {}).status_code == 428
    assert who.post("ab", f"/imports/{name}/commit", {}, If_Match='"1"').status_code == 412
    tag = who.get("ab", f"/imports/{name}").headers["ETag"]
    replies = [
        who.post("ab", f"/imports/{name}/commit", {}, If_Match=tag, Idempotency_Key="one-key-for-both")
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [202, 202]
    assert replies[0].get_json() == replies[1].get_json()
    assert who.step("ab", name, "discard").status_code == 409  # it is being worked on
    who.work()
    assert who.shown("ab", name)["state"] == "committed"
    assert len([one for one in audited(who.store) if one == "dataset.commit"]) == 1


def test_an_upload_has_one_effect_for_a_key(who: Importers) -> None:
    first, again = (who.send("ab", GOOD, key="the-same-upload") for _ in range(2))
    assert first.get_json()["import_id"] == again.get_json()["import_id"]
    assert who.send("ab", {**GOOD, "suppliers.csv": BAD_ID}, key="the-same-upload").status_code == 422
    assert len(who.items("ab", "/imports")) == 1


def test_files_that_are_gone_cannot_be_committed(who: Importers) -> None:
    name = who.checked("ab", GOOD)
    who.work(KEPT_S + 60)
    job = who.stepped("ab", name, "commit")
    assert (job["state"], job["error"]["code"]) == ("failed", "wrong-state")
    assert who.items("ab", f"/imports/{name}/errors") == []


def test_a_check_can_be_cancelled_and_its_import_discarded(who: Importers) -> None:
    sent = who.send("ab", GOOD).get_json()
    cancelled = who.post("ab", f"/jobs/{sent['job_id']}/cancellation", {})
    assert cancelled.get_json()["state"] == "cancelled"
    who.work()
    assert who.shown("ab", sent["import_id"])["state"] == "received"
    assert who.items("ab", f"/imports/{sent['import_id']}/errors") == []
    assert who.stepped("ab", sent["import_id"], "discard")["state"] == "succeeded"


# --- large imports, and those that were cut short --------------------------------------------------------------------


def large(rows: int) -> Files:
    """Return so many fictional suppliers, and one more thing that is there only once all is written."""
    lines = [f"fictional-{number},Fictional {number},se-ab-src-1" for number in range(rows)]
    wholesale = str(GOOD["suppliers.csv"])
    return {**GOOD, "suppliers.csv": wholesale + "\n".join([*lines, ""])}


class Cut:
    """A store that goes away when the first batch of an import is written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def apply(self, change_set: ChangeSet, now: str, **more: Any) -> Any:
        """Write a batch, then go away."""

        def gone(done: int, total: int) -> None:
            if done:
                raise StoreUnavailable("gone")

        return self._store.apply(change_set, now, **{**more, "progress": None if more.get("dry_run") else gone})


@pytest.fixture
def cut_short(who: Importers, monkeypatch: pytest.MonkeyPatch) -> tuple[Importers, str]:
    """An import of which a part is written, with callers on a store that is whole again."""
    monkeypatch.setattr(sqlite_apply, "BATCH", 3_000)
    name = who.checked("ab", large(6_000))
    whole = who.store
    assert who.step("ab", name, "commit").status_code == 202
    who.store = Cut(whole)
    who.work()
    who.store = whole
    assert whole.info().imports[0].state == "open"
    return who, name


def test_an_import_that_was_cut_short_is_taken_up_and_others_wait(
    cut_short: tuple[Importers, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who, name = cut_short
    monkeypatch.setattr(sqlite_apply, "BATCH", 1_000)
    assert (who.shown("ab", name)["state"], NEW in who.dependents("ab")) == ("checked", False)
    other = who.send("m", {"suppliers.csv": "supplier_id,name,source_id\nm-co,M,unsourced\n"}).get_json()
    who.work()
    job = who.get("m", f"/jobs/{other['job_id']}").get_json()
    assert (job["state"], job["attempts"], job["error"]) == ("queued", 0, None)
    who.work(5)
    assert who.shown("ab", name)["state"] == "committed"
    assert NEW in who.dependents("ab")
    who.work(5)
    assert who.shown("m", other["import_id"])["state"] == "checked"


def test_an_import_that_was_given_up_holds_up_nobody(cut_short: tuple[Importers, str]) -> None:
    who, name = cut_short
    job = who.shown("ab", name)["_links"]["job"]["href"].rpartition("/")[2]
    assert who.post("ab", f"/jobs/{job}/cancellation", {}).status_code == 200
    mine = who.send("m", {"suppliers.csv": "supplier_id,name,source_id\nm-co,M,unsourced\n"}).get_json()["import_id"]
    who.work()
    who.work(5)
    assert who.shown("m", mine)["state"] == "checked"
    assert who.stepped("m", mine, "commit")["state"] == "succeeded"
    assert NEW not in who.dependents("ab")
    assert [entry.state for entry in who.store.info().imports].count("open") == 0


def test_what_was_written_of_an_import_is_taken_back_when_it_is_discarded(cut_short: tuple[Importers, str]) -> None:
    who, name = cut_short
    job = who.shown("ab", name)["_links"]["job"]["href"].rpartition("/")[2]
    who.post("ab", f"/jobs/{job}/cancellation", {})
    assert who.stepped("ab", name, "discard")["state"] == "succeeded"
    assert [entry.state for entry in who.store.info().imports].count("open") == 0
    assert NEW not in who.dependents("ab")


def test_who_makes_way_is_not_troubled_by_who_did_so_before(cut_short: tuple[Importers, str]) -> None:
    who, name = cut_short
    job = who.shown("ab", name)["_links"]["job"]["href"].rpartition("/")[2]
    import_jobs.make_way(who.store, who.now)  # its job will finish it
    assert who.store.info().imports[0].state == "open"
    who.post("ab", f"/jobs/{job}/cancellation", {})
    for error in (UnknownImport("gone"), ImportInterrupted("taken up")):
        import_jobs.make_way(Away(who.store, error), who.now)
    import_jobs.make_way(who.store, who.now)
    assert [entry.state for entry in who.store.info().imports].count("open") == 0


class Away(Cut):
    """A store in which somebody else was quicker."""

    def __init__(self, store: Store, error: Exception) -> None:
        super().__init__(store)
        self._error = error

    def retract(self, *_: Any, **__: Any) -> Any:
        """Find that it is done already."""
        raise self._error


def test_a_job_whose_import_is_anothers_fails(who: Importers) -> None:
    name = who.checked("ab", GOOD)
    given = {"import": f"region:SE-AB/{name}", "import_id": name}
    write = new_job(PRINCIPALS["ab"], "commit", Permission.WRITE, given, who.now)
    who.store.commit(Beside([write]), who.now)
    who.work()
    job = who.get("ab", f"/jobs/{write.id.rpartition('/')[2]}").get_json()
    assert (job["state"], job["error"]["code"]) == ("failed", "wrong-state")
    assert who.shown("ab", name)["state"] == "checked"


def test_sending_has_a_rate_and_what_follows_has_none(store: Store, tmp_path: Path) -> None:
    limits = LimitSettings(rates=Rates("", "", "2/hour"), run_dir=str(tmp_path))
    who = Importers(store)
    app = create_app(ApiSettings(access=Access.PUBLIC, limits=limits), store)
    context_of(app).clock = lambda: who.now
    context_of(app).parts[AUTHENTICATE] = context_of(who.client.application).parts[AUTHENTICATE]
    who.client = checked(app)
    name = who.checked("ab", GOOD)
    assert who.stepped("ab", name, "commit")["state"] == "succeeded"
    assert who.stepped("ab", name, "undo")["state"] == "succeeded"
    assert who.send("ab-too", GOOD).status_code == 202
    refused = who.send("ab", GOOD)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate-exceeded")
    assert who.send("m", GOOD).status_code == 202


# --- what is felt first ----------------------------------------------------------------------------------------------


def test_the_job_of_a_rejected_import_says_so_and_leads_to_what_is_wrong(who: Importers) -> None:
    sent = who.send("ab", {**GOOD, "suppliers.csv": BAD_ID})
    path = sent.headers["Location"].removeprefix("/tracegraph/v1")
    assert (sent.get_json()["outcome"], "errors" in sent.get_json()["_links"]) == (None, False)
    who.work()
    job = who.get("ab", path).get_json()
    assert (job["state"], job["outcome"]) == ("succeeded", "rejected")
    errors = job["_links"]["errors"]["href"].removeprefix("/tracegraph/v1")
    assert who.items("ab", errors)[0]["file"] == "suppliers.csv"
    committed = who.stepped("ab", who.checked("ab", GOOD), "commit")
    assert (committed["outcome"], "errors" in committed["_links"]) == ("committed", False)


@pytest.mark.parametrize("as_rows", [False, True])
def test_a_preview_names_the_rows_of_its_examples(who: Importers, as_rows: bool) -> None:
    if as_rows:
        name = str(who.send_rows("ab", ndjson(GOOD)).get_json()["import_id"])
        who.work()
    else:
        name = who.checked("ab", GOOD)
    examples = who.shown("ab", name)["preview"]["examples"]
    rows = {(one["row"]["file"], one["row"]["line"]) for one in examples}
    files = [row for table in ("suppliers", "supplies", "contracts") for row in [f"{table}.csv"]]
    assert examples
    if as_rows:
        assert rows <= {("suppliers.ndjson", 2), ("supplies.ndjson", 3), ("contracts.ndjson", 4)}
    else:
        assert rows <= {(file, 2) for file in files}
    assert len(rows) > 1


@pytest.mark.parametrize("name", ["leverantörer.xlsx", "data.zip", "packed.zip"])
def test_a_workbook_is_named_in_its_refusal_with_the_remedy(who: Importers, name: str) -> None:
    packed = io.BytesIO()
    inner = {"packed.zip": ("suppliers.csv", "my/Suppliers.XLSX")}.get(name, ("[Content_Types].xml", "xl/workbook.xml"))
    with zipfile.ZipFile(packed, "w") as zipped:
        for entry in inner:
            zipped.writestr(entry, "fictional")
    refused = who.send("ab", {name: packed.getvalue()})
    detail = refused.get_json()["detail"]
    assert (refused.status_code, name in detail, "CSV" in detail) == (422, True, True)
    assert ("Suppliers.XLSX" in detail) == (name == "packed.zip")
