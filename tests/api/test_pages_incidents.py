"""The pages of incidents: what is written down, who sees it, what it touches, and what goes out about it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.api.callers import PRINCIPALS
from tests.contract.build import change_set, contract, describes
from tracegraph.access import Principal
from tracegraph.model import Source, SourceId
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import LOGGED_IN

API = "/tracegraph/v1"
KNOWN = "demo-inc-gloves-and-debts"
WIDENED = "demo-inc-order"
KLANG = '{"id":"demo-plant-klang","kind":"factory"}'
REPORT: Mapping[str, Any] = {
    "title": "Demo Daily on hours (fictional)",
    "kind": "forced_labour",
    "status": "alleged",
    "visibility": "region:SE-AB",
    "selector": [KLANG],
    "goods": ["gloves"],
    "happened_from": "2019-01-01",
    "note": "“Sixteen hours” <b>fictional</b>",
    "source_1_title": "Demo Daily on hours (fictional)",
    "source_1_publisher": "Demo Daily",
    "source_1_published": "2019-02-19",
    "source_1_url": "https://example.org/hours",
    "reply_text": "All hours are paid (fictional).",
    "reply_by": "Demo Plant Klang",
    "reply_date": "2019-02-20",
    "severity_scale": "4",
    "severity_scope": "3",
    "severity_irremediability": "2",
    "indicators": ["excessive_overtime"],
}


@dataclass
class Reader:
    """Somebody who is logged in, and what they send."""

    client: FlaskClient
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept-Language": "en"})

    def get(self, path: str, status: int = 200) -> str:
        """Return a page as text, with its entities resolved."""
        response = self.open(path)
        assert response.status_code == status, (path, response.status_code, response.get_data(as_text=True)[-800:])
        return unescape(response.get_data(as_text=True))

    def open(self, path: str) -> TestResponse:
        """Return what an address gives."""
        return self.client.get(path, headers=self.headers)

    def send(self, path: str, page: str, **values: Any) -> TestResponse:
        """Send the form of a page."""
        shown = self.open(page).get_data(as_text=True)
        names = ("form_token", "form_key", "version")
        hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', shown) for name in names}
        data = MultiDict({name: found[1] for name, found in hidden.items() if found})
        for name, value in values.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(path, data=data, headers=self.headers)

    def report(self, **changed: Any) -> str:
        """Write down a report; return its id."""
        response = self.send("/incidents/new", "/incidents/new", **{**REPORT, **changed}, do="publish")
        assert response.status_code == 303, unescape(response.get_data(as_text=True))
        return response.headers["Location"].rpartition("/")[2]


class Readers:
    """Several readers of one store."""

    def __init__(self, store: Store) -> None:
        self.app = create_app(ApiSettings(access=Access.PUBLIC), store)
        self.who: Principal | None = None
        context_of(self.app).parts[LOGGED_IN] = lambda: self.who

    def __call__(self, who: str) -> Reader:
        """Log somebody in."""
        self.who = PRINCIPALS[who]
        return Reader(self.app.test_client())


@pytest.fixture
def readers(store: Store) -> Readers:
    return Readers(store)


@pytest.fixture(scope="module")
def local(read_store: Store) -> Reader:
    return Reader(create_app(ApiSettings(access=Access.LOCAL), read_store).test_client())


# --- written down ----------------------------------------------------------------------------------------------------


def test_a_report_is_shown_as_it_was_written_down(readers: Readers) -> None:
    reader = readers("ab")
    page = reader.get(f"/incidents/{reader.report()}")
    for text in ("Demo Daily on hours (fictional)", "alleged", "All hours are paid (fictional).", "Demo Plant Klang"):
        assert text in page
    for text in ("“Sixteen hours” <b>fictional</b>", "2019-01-01", "severity", "excessive overtime", "2019-02-19"):
        assert text.casefold() in page.casefold()
    assert 'href="https://example.org/hours"' in page
    assert "Region Stockholm alone" in page


def test_a_region_s_own_report_is_nowhere_for_another(readers: Readers) -> None:
    reader = readers("ab")
    id = reader.report()
    contract = re.findall(r'class="soft">(demo-c-\d+)<', reader.get(f"/incidents/{id}"))[0]
    other = readers("m")
    around = (
        "",
        "/letters",
        "/letters.zip",
        "/letters/demo-wholesale-01",
        "/wider",
        "/edit",
        "/follow-up",
        "/brief.pdf",
    )
    files = (
        "/contracts.csv",
        "/contracts.xlsx",
        "/contracts.pdf",
        "/contracts.graphml",
        "/contracts.geojson",
        "/evidence.zip",
        f"/follow-up/{contract}",
    )
    for path in (*around, *files):
        assert other.open(f"/incidents/{id}{path}").status_code in (403, 404), path
    assert "Demo Daily on hours" not in other.get("/incidents?which=all&limit=200")
    assert "Demo Daily on hours" not in other.get("/incidents.csv?which=all")
    assert other.open(f"/incidents/{id}/follow-up.csv").status_code == 404
    assert "Demo Daily on hours" in readers("ab").get("/incidents.csv")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"selector": []}, "choose at least one plant"),
        ({"title": ""}, "this is needed and is not there"),
        ({"happened_from": "i går"}, "write a date like 2019-02-19"),
        ({"source_1_published": "2019-02-31"}, "2019-02-31"),
        ({"severity_scale": ""}, "this is needed and is not there"),
        ({"visibility": "region:SE-M"}, "you may not record"),
        ({"selector": ['{"kind":"factory"}']}, "this is needed and is not there"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    readers: Readers, changed: Mapping[str, Any], said: str
) -> None:
    reader = readers("ab")
    response = reader.send("/incidents/new", "/incidents/new", **{**REPORT, **changed}, do="publish")
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 422
    assert "All hours are paid (fictional)." in page
    assert 'value="https://example.org/hours"' in page
    assert said in page


def test_a_document_of_another_region_is_not_named_by_its_id(readers: Readers, store: Store) -> None:
    secret = Source(SourceId("src-hidden"), "Secret paper", kind="own")
    said = describes(contract("secret-c"), "src-hidden", {"title": "Secret"}, visibility="region:SE-M")
    store.apply(change_set(said, references=[secret]), "2024-02-01T00:00:00Z")
    for do in ("find", "publish"):
        sent = {**REPORT, "sources": ["src-hidden"], "do": do}
        page = readers("ab").send("/incidents/new", "/incidents/new", **sent)
        assert page.status_code in (200, 422)
        assert "Secret paper" not in page.get_data(as_text=True)
    seen = readers("m").send("/incidents/new", "/incidents/new", sources=["src-hidden"], do="find")
    assert "Secret paper" in seen.get_data(as_text=True)


def sent_again(page: str) -> dict[str, Any]:
    """Return what the form of a page says as it is, but for its hidden fields."""
    fields = dict(re.findall(r'<input id="(\w+)" name="\1" type="text" value="([^"]*)"', page))
    fields |= {name: said.strip() for name, said in re.findall(r'<textarea id="(\w+)".*?>(.*?)</textarea>', page, re.S)}
    for name, options in re.findall(r'<select id="(\w+)".*?>(.*?)</select>', page, re.S):
        fields[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    fields |= {name: re.findall(rf'name="{name}" value="([^"]*)" checked', page) for name in ("goods", "sources")}
    return {**fields, "selector": [KLANG]}


ORDER = {
    "act_1_authority": "Demo Customs (fictional)",
    "act_1_kind": "withhold_release_order",
    "act_1_effective": "2019-03-01",
    "act_1_countries": "Malaysia, Sverige",
    "act_1_source_id": "new-1",
}


def test_acts_of_authorities_are_written_down_changed_and_taken_away(readers: Readers) -> None:
    reader = readers("ab")
    id = reader.report(**ORDER)
    at = f"/incidents/{id}/edit"
    page = reader.get(f"/incidents/{id}")
    assert "Demo Customs (fictional): order to withhold release. Only goods made in Malaysia, Sweden." in page
    assert "in force, as far as recorded" in page
    form = reader.get(at)
    assert 'value="Malaysia, Sweden"' in form
    changed = sent_again(form) | {
        "act_1_revoked": "2020-01-01",
        "act_2_authority": "Demo Court (fictional)",
        "act_2_kind": "other",
    }
    answered = reader.send(at, at, **changed, do="publish")
    assert answered.status_code == 303, unescape(answered.get_data(as_text=True))
    page = reader.get(f"/incidents/{id}")
    assert "revoked 2020-01-01" in page
    assert "Demo Court (fictional): other act. <strong>day of entry into force not stated" in page
    gone = sent_again(reader.get(at)) | {"act_2_gone": "yes"}
    assert reader.send(at, at, **gone, do="publish").status_code == 303
    page = reader.get(f"/incidents/{id}").partition("What authorities did")[2].partition("</ul>")[0]
    assert "Demo Customs" in page
    assert "Demo Court" not in page


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"act_1_authority": ""}, "act_1_authority", "this is needed and is not there"),
        ({"act_1_kind": ""}, "act_1_kind", "this is needed and is not there"),
        ({"act_1_effective": "1 mars"}, "act_1_effective", "write a date like 2019-02-19"),
        ({"act_1_revoked": "2018-01-01"}, "act_1_revoked", "this day is before the one above it"),
        ({"act_1_countries": "Malasia"}, "act_1_countries", "Malaysia"),
        ({"act_1_countries": "", "act_4_authority": "Demo Court"}, "act_4_kind", "this is needed"),
        ({"kind": ""}, "kind", "choose a kind of harm"),
        ({"kind": "other"}, "kind_other", "write which other kind"),
        ({"kind_other": "land grabbing"}, "kind_other", "choose “another kind” above"),
        ({"kind": "other", "kind_other": "mätfel"}, "kind_other", "with the letters a to z"),
        ({"source_1_title": "", "source_2_title": "Demo", "source_2_url": "x y"}, "source_1_title", "this is needed"),
        (
            {"source_1_title": "", "source_1_publisher": "", "source_1_published": "", "source_1_url": ""}
            | {"act_1_source_id": "", "source_2_title": "Demo", "source_2_published": "i går"},
            "source_2_published",
            "write a date",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_own_field(
    readers: Readers, changed: Mapping[str, Any], field: str, said: str
) -> None:
    sent = {**REPORT, **ORDER, **changed, "do": "publish"}
    response = readers("ab").send("/incidents/new", "/incidents/new", **sent)
    assert response.status_code == 422
    wrong = unescape(response.get_data(as_text=True)).partition('class="errors"')[2].partition("</div>")[0]
    told = dict(re.findall(r'<a href="#(\w+)">(.*?)</a>', wrong))
    assert said in told.get(field, ""), told


def test_a_kind_of_harm_may_be_written_in_own_words(readers: Readers) -> None:
    reader = readers("ab")
    id = reader.report(kind="other", kind_other="Land  grabbing")
    assert "land grabbing" in reader.get(f"/incidents/{id}")
    assert '<option value="land_grabbing" selected>land grabbing' in reader.get(f"/incidents/{id}/edit")
    known = reader.report(kind="other", kind_other="Child labour", title="Other", selector=[KLANG])
    assert '<option value="child_labour" selected>' in reader.get(f"/incidents/{known}/edit")


@pytest.mark.parametrize("selector", ["", "[" * 20_000, "9" * 5_000, r'{"id":"\ud800","kind":"factory"}', '"x"', "{}"])
def test_what_no_form_of_ours_sends_is_refused(readers: Readers, selector: str) -> None:
    for do in ("find", "preview", "publish"):
        sent = {**REPORT, "selector": [selector], "severity_scale": "9" * 5_000, "do": do}
        response = readers("ab").send("/incidents/new", "/incidents/new", **sent)
        assert response.status_code in (200, 422)


def test_one_chooses_with_search_and_looks_before_publishing(readers: Readers, store: Store) -> None:
    reader = readers("ab")
    page = unescape(reader.send("/incidents/new", "/incidents/new", do="find", q="klang").get_data(as_text=True))
    assert 'value="factory:demo-plant-klang"' in page
    typed = {"title": "Kept", "selector": [], "add": ["factory:demo-plant-klang", "product:gloves"]}
    page = unescape(reader.send("/incidents/new", "/incidents/new", do="add", **typed).get_data(as_text=True))
    assert f'name="selector" value="{KLANG}" checked' in page.replace("&#34;", '"')
    assert 'name="goods" value="gloves" checked' in page
    assert 'value="Kept"' in page
    before = len(list(store.records("incident")))
    looked = {"selector": [KLANG], "goods": ["gloves"], "do": "preview", "widen": "group"}
    page = reader.send("/incidents/new", "/incidents/new", **looked).get_data(as_text=True)
    assert "Who would be touched" in page
    assert "Contracts that would stand otherwise" in page
    assert len(list(store.records("incident"))) == before


def test_a_report_is_widened_and_both_states_are_kept(readers: Readers) -> None:
    reader = readers("ab")
    id = reader.report()
    wider = reader.get(f"/incidents/{id}/wider?widen=group")
    assert "the group Demo Gloves" in wider
    form = reader.get(f"/incidents/{id}/edit?widen=group")
    chosen = re.findall(r'name="selector" value="(\{.*?\})" checked', form)
    assert len(chosen) == 2
    kept = re.findall(r'name="sources" value="([^"]+)"', form)
    empty = {name: "" for name in REPORT if name.startswith(("source_1", "reply"))}
    new = {**REPORT, **empty, "selector": chosen, "sources": kept, "do": "publish"}
    response = reader.send(f"/incidents/{id}/edit", f"/incidents/{id}/edit", **new)
    assert response.status_code == 303, unescape(response.get_data(as_text=True))
    page = reader.get(f"/incidents/{id}")
    assert "widened" in page
    assert "All hours are paid (fictional)." in page
    stale = reader.send(f"/incidents/{id}/edit", f"/incidents/{id}/edit", **{**new, "version": "1", "title": "Other"})
    assert stale.status_code == 422
    assert "somebody else wrote down something new" in stale.get_data(as_text=True)


def test_a_withdrawn_report_touches_nothing_and_says_since_when(readers: Readers) -> None:
    reader = readers("ab")
    id = reader.report()
    form = reader.get(f"/incidents/{id}/edit?status=withdrawn")
    assert '<option value="withdrawn" selected>' in form
    kept = re.findall(r'name="sources" value="([^"]+)"', form)
    gone = {**REPORT, "status": "withdrawn", "sources": kept, "note": "Retracted (fictional)", "source_1_title": ""}
    gone |= {"source_1_publisher": "", "source_1_published": "", "source_1_url": "", "reply_text": ""}
    gone |= {"reply_by": "", "reply_date": "", "do": "publish"}
    assert reader.send(f"/incidents/{id}/edit", f"/incidents/{id}/edit", **gone).status_code == 303
    page = reader.get(f"/incidents/{id}")
    assert "no contract counts as touched since" in page
    assert "demo-c-" not in page
    assert id in reader.get("/incidents?which=ended")
    assert id not in reader.get("/incidents")


# --- what it touches -------------------------------------------------------------------------------------------------


def test_the_page_counts_as_the_api_does(local: Reader) -> None:
    page = local.get(f"/incidents/{KNOWN}")
    body = local.client.get(f"{API}/incidents/{KNOWN}/exposures").get_json()
    shown = [int(one) for one in re.findall(r"<strong>(\d+)</strong>", page)[:4]]
    assert shown == [body["meta"]["summary"][name] for name in ("established", "possible", "unmapped", "no_link")]
    only = local.get(f"/incidents/{KNOWN}?status=unmapped")
    assert 'class="status unmapped"' in only
    assert 'class="status established"' not in only


def test_files_hold_all_that_is_chosen(local: Reader) -> None:
    mine = local.open(f"/incidents/{KNOWN}/contracts.csv?status=unmapped")
    theirs = local.client.get(f"{API}/incidents/{KNOWN}/exposures?status=unmapped", headers={"Accept": "text/csv"})
    assert mine.data == theirs.data
    assert len(list(csv.reader(io.StringIO(mine.get_data(as_text=True))))) > 1
    assert ZipFile(io.BytesIO(local.open(f"/incidents/{KNOWN}/evidence.zip").data)).testzip() is None
    assert local.open(f"/incidents/{KNOWN}/contracts.exe").status_code == 404


def test_what_was_known_on_a_day_is_what_the_page_says(local: Reader) -> None:
    early = local.get(f"/incidents/{WIDENED}?known_at=2020-07-20")
    late = local.get(f"/incidents/{WIDENED}")
    assert "widened" not in early
    assert "widened" in late
    assert local.open(f"/incidents/{WIDENED}?known_at=2019-01-01").status_code == 404


# --- followed up -----------------------------------------------------------------------------------------------------


def test_many_contracts_are_followed_up_and_it_is_taken_back(readers: Readers) -> None:
    reader = readers("ab")
    page = f"/incidents/{KNOWN}/follow-up"
    contracts = re.findall(r'name="contract" value="([^"]+)"', reader.get(page))[:3]
    said = {"state": "confirmed", "reason": "In writing (fictional)", "owner": "buyer-gloves", "due_on": "2099-03-01"}
    response = reader.send(page, page, contract=contracts, **said)
    assert response.status_code == 303
    shown = reader.get(response.headers["Location"])
    assert "Written down of 3 contracts." in shown
    assert shown.count("followed up by buyer-gloves") == 3
    history = reader.get(f"{page}/{contracts[0]}")
    assert "In writing (fictional)" in history
    assert reader.get(f"{page}.csv").count("buyer-gloves") == 3
    assert "buyer-gloves" not in readers("m").get(f"/incidents/{KNOWN}?limit=200")
    assert "buyer-gloves" not in readers("m").get(f"{page}.csv")
    assert "In writing" not in readers("m").get(f"{page}/{contracts[0]}")
    reader = readers("ab")
    operation = response.headers["Location"].rpartition("operation=")[2]
    undone = reader.send(f"{page}/undo", page, operation_id=operation)
    assert undone.status_code == 303
    assert "buyer-gloves" not in reader.get(page)
    assert "taken back" in reader.get(f"{page}/{contracts[0]}")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"state": "confirmed", "reason": "x"}, "choose at least one contract"),
        ({"state": "confirmed", "contract": ["demo-c-0001"]}, "say why"),
        ({"state": "potential", "contract": ["demo-c-0001"], "owner": "a@example.org"}, "e-mail address"),
        ({"state": "potential", "contract": ["no-such"]}, "no contract no-such"),
    ],
)
def test_what_cannot_be_written_down_of_contracts_is_said(readers: Readers, sent: Mapping[str, Any], said: str) -> None:
    page = f"/incidents/{KNOWN}/follow-up"
    response = readers("ab").send(page, page, **sent)
    assert response.status_code == 422
    assert said in unescape(response.get_data(as_text=True))


def test_who_may_only_read_neither_reports_nor_follows_up(readers: Readers) -> None:
    readers.who = Principal("oidc:reader", frozenset(), region="SE-AB")
    reader = Reader(readers.app.test_client())
    assert reader.open("/incidents/new").status_code in (401, 403)
    readers.who = None
    public = Reader(readers.app.test_client())
    page = public.get(f"/incidents/{KNOWN}")
    assert "Write down what is new" not in page
    assert "Follow up contracts" not in page


# --- letters, and the brief ------------------------------------------------------------------------------------------


def paragraphs(letter: str) -> list[str]:
    """Return the paragraphs of a letter without the one that names its form, which is called otherwise in a file."""
    return [one for one in letter.split("\n\n") if ".csv" not in one]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_letters_are_those_of_the_api(local: Reader, lang: str) -> None:
    body = local.client.get(f"{API}/incidents/{KNOWN}/letters?lang={lang}&limit=200").get_json()
    archive = ZipFile(io.BytesIO(local.open(f"/incidents/{KNOWN}/letters.zip?lang={lang}").data))
    texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]
    assert len(texts) == len(body["items"]) > 1
    for row, text in zip(body["items"], texts, strict=True):
        assert paragraphs(text) == paragraphs(row["text"])
    first = next(row for row in body["items"] if row["supplier_id"])
    page = local.get(f"/incidents/{KNOWN}/letters/{first['supplier_id']}?lang={lang}")
    assert first["text"].splitlines()[0] in page
    form = local.open(f"/incidents/{KNOWN}/letters/{first['supplier_id']}/form.csv?lang={lang}")
    assert len(list(csv.reader(io.StringIO(form.get_data(as_text=True))))) == 1 + len(first["form"]["rows"])
    assert local.open(f"/incidents/{KNOWN}/letters/no-such-supplier").status_code == 404


@pytest.mark.parametrize(("lang", "id"), [("sv", WIDENED), ("en", "inc-us-top-glove"), ("sv", KNOWN)])
def test_the_brief_is_two_tagged_pages_with_method_and_reply(local: Reader, lang: str, id: str) -> None:
    reader = Reader(local.client, {"Accept-Language": lang})
    read = PdfReader(io.BytesIO(reader.open(f"/incidents/{id}/brief.pdf").data))
    text = "\n".join(page.extract_text() for page in read.pages)
    assert len(read.pages) <= 2
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith(lang)
    assert {"sv": "Metod och begränsningar", "en": "Method and limits"}[lang] in text
    if id == WIDENED:
        assert "Demo Gloves says that all fees have been repaid." in text


def test_a_brief_of_long_texts_has_two_pages_too(readers: Readers) -> None:
    reader = readers("ab")
    long = "Long words about the plant (fictional). " * 60
    sources = {f"source_{n}_title": f"{n} {long[:800]}" for n in (1, 2, 3)}
    country = ['{"id":"MY","kind":"country"}', '{"id":"demo-gloves","kind":"group"}']
    id = reader.report(note=long, reply_text=long, title=f"Long {long[:900]}", selector=country, goods=[], **sources)
    read = PdfReader(io.BytesIO(reader.open(f"/incidents/{id}/brief.pdf").data))
    assert len(read.pages) <= 2
