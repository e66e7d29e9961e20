"""Who depends on it, as a page and as files: the same as the API says, and nothing of another region."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from networkx import parse_graphml
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from tests.api.conftest import ROOT
from tests.contract.build import change_set, delivered, describes, located
from tracegraph.model import NodeRef, Source, SourceId
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label, Status
from tracegraph_api import create_app

PLANT = "demo-plant-klang"
ENDINGS = ("xlsx", "csv", "pdf", "graphml", "geojson")
#: A claim of the demo that Region Stockholm alone sees.
PRIVATE, TITLE = "demo-src-visit-se-ab", "Note from a visit at Demo Wholesale 05"
EN = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def client(read_store: Store) -> FlaskClient:
    return create_app(ApiSettings(access=Access.LOCAL), read_store).test_client()


def labels_of(*ids: str) -> dict[str, Label]:
    """Return the labels of holders; what begins like a plant is one."""
    return {id: Label.FACTORY if id in (PLANT, "f-hidden") else Label.SUPPLIER for id in ids}


def words(response: TestResponse) -> str:
    """Return what a page says, on one line."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def get(client: FlaskClient, path: str, /, **query: object) -> TestResponse:
    """Return a page that is there."""
    response = client.get(path, query_string=query, headers=EN)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response


def listed(response: TestResponse) -> list[str]:
    """Return the contracts that a page lists."""
    table = response.get_data(as_text=True).partition('id="contracts"')[2].partition("</table>")[0]
    return re.findall(r'<th scope="row"[^>]*>.*?\(([a-z0-9-]+)\)', table)


def text_of(response: TestResponse, ending: str) -> str:
    """Return all texts of a file."""
    if ending == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
        return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    if ending == "pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.data)).pages)
    return response.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", [{}, {"status": "no_link"}, {"region": "SE-AB", "status": ["established", "unmapped"]}]
)
def test_a_page_says_what_the_api_says(client: FlaskClient, reading: FlaskClient, query: dict[str, object]) -> None:
    said = reading.get(f"{ROOT}/factories/{PLANT}/dependent-contracts", query_string={**query, "limit": 200}).get_json()
    page = get(client, "/exposure", factory=PLANT, limit=200, **query)
    assert listed(page) == [item["contract_id"] for item in said["items"]]
    counts = re.findall(r'<li class="(\w+)"><strong>(\d+)</strong>', page.get_data(as_text=True))
    assert dict(counts) == {status.value: str(said["meta"]["summary"][status.value]) for status in Status}


def test_scopes_add_up_and_narrow(client: FlaskClient) -> None:
    everything = words(get(client, "/exposure", country="Malaysia"))
    assert "Who depends on everything in Malaysia?" in everything
    narrower = words(get(client, "/exposure", country="MY", product="gloves"))
    assert "Who depends on everything in Malaysia, only gloves?" in narrower
    both = words(get(client, "/exposure", factory=PLANT, group="demo-gloves-ipoh"))
    assert " or the group " in both


def test_what_touches_nothing_is_said_and_is_no_no(client: FlaskClient) -> None:
    said = words(get(client, "/exposure", factory="demo-plant-klan"))
    assert "Touches nothing that you can see: the plant demo-plant-klan." in said
    assert "Did you mean" in said


def test_a_no_says_what_it_takes_for_granted(client: FlaskClient) -> None:
    said = words(get(client, "/exposure", factory=PLANT, status="no_link"))
    assert "complete chain" in said
    assert "assumes that the listed deliveries are all of them" in said
    assert "no proof that there is none" in said


def test_a_limit_that_cuts_is_said(client: FlaskClient) -> None:
    assert "Only routes of at most 1 tiers count." in words(get(client, "/exposure", factory=PLANT, max_tier=1))
    cut = get(client, "/exposure", factory=PLANT, max_items=1)
    assert "This is not the whole answer: the search stopped after 1 goods." in words(cut)
    file = get(client, "/exposure/contracts.csv", factory=PLANT, max_items=1)
    assert file.headers["X-Truncated"] == "true"


def test_a_no_under_better_evidence_alone_is_none(client: FlaskClient) -> None:
    said = words(get(client, "/exposure", factory=PLANT, min_grade="verified", status="no_link"))
    assert "Evidence below “verified” is left out" in said
    assert "0 no link" in said


def test_nothing_named_is_a_question_and_a_file_of_it_is_none(client: FlaskClient) -> None:
    assert "About what do you ask?" in words(get(client, "/exposure"))
    found = get(client, "/exposure/ask", q="klang", known_at="2019-02-19")
    assert f"/exposure?known_at=2019-02-19&amp;factory={PLANT}" in found.get_data(as_text=True)
    assert "Nothing is found for qqqq" in words(get(client, "/exposure/ask", q="qqqq"))
    nothing = client.get("/exposure/contracts.csv", headers=EN)
    assert nothing.status_code == 422
    assert "nothing is named" in words(nothing)
    assert client.get(f"/exposure/contracts.doc?factory={PLANT}").status_code == 404


def test_incidents_are_scopes_with_their_follow_up(store: Store) -> None:
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    page = get(client, "/exposure", incident="demo-inc-order", limit=200)
    contract = listed(page)[0]
    path = f"{ROOT}/incidents/demo-inc-order/triage/{contract}"
    body = {"state": "confirmed", "reason": "In writing (fictional).", "owner": "buyer-gloves"}
    written = client.put(path, json=body, headers={"If-None-Match": "*", "Idempotency-Key": "key-of-a-test"})
    assert written.status_code == 201, written.get_data(as_text=True)
    said = words(get(client, "/exposure", incident="demo-inc-order"))
    assert "concerned, confirmed" in said
    assert "buyer-gloves" in said
    assert client.get("/exposure", query_string={"incident": "nobody-inc"}).status_code == 404


def test_shares_that_contradict_each_other_stand_side_by_side_with_their_sources(store: Store) -> None:
    source = SourceId("src-letter")
    more = {"source_id": source, "share_low": 0.8, "share_high": 0.8}
    rows = [delivered(f"{seller}/gloves-nitrile", "demo-c-0007", **more) for seller in ("demo-wholesale-04", PLANT)]
    changes = change_set(*rows, references=[Source(source, "Letter (fictional)", publisher="Demo")])
    store.apply(replace(changes, holders=labels_of("demo-wholesale-04", PLANT)), "2024-02-01T00:00:00Z")
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    page = get(client, "/exposure", factory=PLANT)
    said = words(page).partition("Where sources contradict each other")[2]
    assert said.startswith(" At one place on the way to these contracts")
    assert "Together at least 160 %, of what can be 100 % at most." in said
    assert said.count("Demo, “Letter (fictional)” · declared · no dates stated · known since 2024-02-01") == 2
    part = page.get_data(as_text=True).partition('id="contradictions"')[2]
    assert 'href="/contracts/demo-c-0007"' in part
    assert f'href="/factories/{PLANT}"' in part
    assert 'href="/suppliers/demo-wholesale-04"' in part
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "/exposure/contracts.xlsx", factory=PLANT).data))
    head, *cells = book.get_sheet_by_name("Contradictions").to_python()
    low = head.index("Share, at least")
    assert [row[low] for row in cells if row[low] != ""] == [0.8, 0.8]
    printed = " ".join(text_of(get(client, "/exposure/contracts.pdf", factory=PLANT), "pdf").split())
    assert "Where stated shares contradict each other" in printed


def test_a_plant_that_sells_itself_is_linked_as_a_plant(store: Store) -> None:
    changes = change_set(delivered(f"{PLANT}/gloves-nitrile", "demo-c-0016"))
    store.apply(replace(changes, holders=labels_of(PLANT)), "2024-02-01T00:00:00Z")
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    for path in ("/exposure", "/incidents/demo-inc-gloves-and-debts"):
        page = get(client, path, factory=PLANT, limit=100).get_data(as_text=True)
        row = page.partition('href="/contracts/demo-c-0016"')[2].partition("</tr>")[0]
        assert f'href="/factories/{PLANT}"' in row, path
        assert f"/suppliers/{PLANT}" not in page, path


def test_a_no_about_a_company_tells_of_plants_that_nobody_names(store: Store) -> None:
    """A contract of which all that is known is that a plant in Malaysia makes the goods: no No about a group there."""
    hidden = NodeRef(Label.FACTORY, "f-hidden")
    rows = [
        describes(hidden, says={"identified": False}),
        located("f-hidden", "MY"),
        describes(NodeRef(Label.CONTRACT, "c-hidden"), says={"title": "Hidden gloves", "sourcing": "complete"}),
        delivered("f-hidden/gloves-nitrile", "c-hidden"),
    ]
    store.apply(replace(change_set(*rows), holders=labels_of("f-hidden")), "2024-02-01T00:00:00Z")
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    page = get(client, "/exposure", group="demo-gloves", product="gloves", status="no_link", limit=200)
    assert "c-hidden" in listed(page)
    said = words(page)
    assert "A “no link” that is not sure: One contract for which no link is known has goods from a plant" in said
    (href,) = re.findall(r'href="([^"]+)">Who depends on these plants', page.get_data(as_text=True))
    about = client.get(unescape(href), headers=EN)
    assert "c-hidden" in listed(about)
    note = "Ask the supplier which plant it is"
    assert note in text_of(get(client, "/exposure/contracts.xlsx", group="demo-gloves", product="gloves"), "xlsx")
    assert "not sure" not in words(get(client, "/exposure", factory=PLANT))
    assert "not sure" not in words(
        get(client, "/exposure", group="demo-gloves", product="gloves", min_grade="declared")
    )


def test_one_compares_what_is_asked_with_another_day_and_asks_the_same(client: FlaskClient) -> None:
    asked = {"group": "demo-gloves", "countries": "MY", "product": "gloves", "services": "false", "region": "SE-AB"}
    page = get(client, "/exposure", **asked).get_data(as_text=True)
    (href,) = re.findall(r'href="(/compare[?][^"]*)"', page)
    form = client.get(unescape(href), headers=EN).get_data(as_text=True)
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.partition('action="/compare"')[2]))
    assert kept == {name: value for name, value in asked.items() if name != "region"}
    assert "/depth?region=SE-AB" in page


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_hold_the_whole_narrowed_result(client: FlaskClient) -> None:
    query = {"factory": PLANT, "region": "SE-AB", "known_at": "2024-06-01"}
    page = get(client, "/exposure", **query)
    wanted = listed(page)
    links = re.findall(r'href="(/exposure/contracts\.[^"]+)" download', page.get_data(as_text=True))
    files = {href.partition(".")[2].partition("?")[0]: client.get(unescape(href), headers=EN) for href in links}
    assert set(files) == set(ENDINGS)
    for ending, response in files.items():
        assert (
            response.headers["Content-Disposition"] == f'attachment; filename="tracegraph-dependent-contracts.{ending}"'
        )
    rows = list(csv.DictReader(io.StringIO(files["csv"].get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["contract_id"] for row in rows] == wanted
    graph = parse_graphml(files["graphml"].get_data(as_text=True))
    assert {node.removeprefix("Contract:") for node in graph if node.startswith("Contract:")} == set(wanted)
    places = json.loads(files["geojson"].data)["features"]
    assert PLANT in {place["id"] for place in places}
    assert all(contract in text_of(files["pdf"], "pdf").replace("\n", "") for contract in wanted)


@pytest.mark.parametrize(
    ("lang", "contracts", "about"), [("en", "Contracts", "About this file"), ("sv", "Avtal", "Om den här filen")]
)
def test_a_workbook_has_numbers_and_says_as_of_when(client: FlaskClient, lang: str, contracts: str, about: str) -> None:
    response = client.get(
        f"/exposure/contracts.xlsx?factory={PLANT}&known_at=2024-06-01", headers={"Accept-Language": lang}
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    assert book.sheet_names == [contracts, about]
    head, *rows = book.get_sheet_by_name(contracts).to_python()
    values = head.index({"en": "Value of the contract, SEK", "sv": "Avtalets värde, kronor"}[lang])
    assert {type(row[values]) for row in rows} == {float, str}
    assert {row[values] for row in rows if isinstance(row[values], str)} == {""}
    said = str(book.get_sheet_by_name(about).to_python())
    assert "2024-06-01" in said
    assert "Demo Plant Klang" in said


@pytest.mark.parametrize(("lang", "written"), [("en", "en-GB"), ("sv", "sv-SE")])
def test_a_document_says_its_language_and_what_an_answer_is(client: FlaskClient, lang: str, written: str) -> None:
    response = client.get(f"/exposure/contracts.pdf?factory={PLANT}", headers={"Accept-Language": lang})
    document = PdfReader(io.BytesIO(response.data))
    assert document.trailer["/Root"]["/Lang"] == written  # type: ignore[index]
    assert {"en": "no link is known", "sv": "ingen koppling är känd"}[lang] in " ".join(
        text_of(response, "pdf").split()
    )


# --- who sees what ---------------------------------------------------------------------------------------------------


def all_that(store: Store, reader: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Yield everything that a reader is shown, each with its address."""
    monkeypatch.setenv("TRACEGRAPH_AS", reader)
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    query = {"factory": PLANT, "limit": 200, "status": [status.value for status in Status]}
    for path in ("/exposure", *(f"/exposure/contracts.{ending}" for ending in ENDINGS)):
        yield path, text_of(get(client, path, **query), path.rpartition(".")[2])


def test_a_region_s_own_claim_is_seen_by_nobody_else(read_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = ("SE-AB", "SE-M", "network")
    own, others, network = (dict(all_that(read_store, reader, monkeypatch)) for reader in readers)
    assert PRIVATE in own["/exposure/contracts.graphml"]
    assert TITLE in unescape(own["/exposure"])
    assert own["/exposure/contracts.csv"] != others["/exposure/contracts.csv"] == network["/exposure/contracts.csv"]
    for path, text in others.items():
        assert TITLE not in unescape(text), path
        assert PRIVATE not in text, path
