"""Pages of nodes, lists of them, and chains: what they say, what they keep to themselves, and their files."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.contract.build import change_set, delivered, describes, lens, supplies
from tracegraph.intake.derive import _DESCRIBED
from tracegraph.model import AttributeValue, NodeRef, Source, SourceId, Statement
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label
from tracegraph_api import create_app
from tracegraph_api.pages.said_words import ATTRIBUTES

CHAIN = "/contracts/demo-c-0025/chain"
SVG = "{http://www.w3.org/2000/svg}"
SKANE = "region:SE-M"
SECRET = "src-hidden"


def english(store: Store) -> FlaskClient:
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture(scope="module")
def reader(read_store: Store) -> FlaskClient:
    """Who reads the demo in English."""
    return english(read_store)


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """Return a page's content as text, with blanks where tags were."""
    response = client.get(path)
    assert response.status_code == status, path
    return words(response.get_data(as_text=True))


def words(content: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content.partition("<main")[2])).split())


def disputed(store: Store) -> None:
    """Record that another document gives a plant of the demo another city, better documented, and a wrong number."""
    said: dict[str, AttributeValue] = {
        "city": "Shah Alam",
        "identifiers": ["lei:529900T8BM49AURSDO56", "gln:7350000000001", "x:1"],
    }
    plant = NodeRef(Label.FACTORY, "demo-plant-klang")
    row = describes(plant, "src-other", said, grade=Grade.VERIFIED)
    changes = change_set(row, references=[Source(SourceId("src-other"), "Site visit (fictional)", kind="own")])
    store.apply(replace(changes, holders={plant.id: Label.FACTORY}), "2024-02-01T00:00:00Z")


# --- single nodes ----------------------------------------------------------------------------------------------------


def test_every_fact_has_its_source_grade_and_dates(reader: FlaskClient) -> None:
    text = page(reader, "/factories/demo-plant-klang")
    assert "City Klang Demo Gloves, “Companies and plants of the group”, 2018-06-15 · declared" in text
    assert "no dates stated · known since 2018-06-15" in text
    assert "Latitude 3.04, longitude 101.45: stated to about 1 km." in text
    swedish = reader.get("/factories/demo-plant-klang", headers={"Accept-Language": "sv"}).get_data(as_text=True)
    assert "Latitud 3,04, longitud 101,45" in swedish
    assert "Operated by (1)" in text
    assert "true from 2018-01-01" in text


def test_sources_that_disagree_stand_side_by_side(store: Store) -> None:
    disputed(store)
    text = page(english(store), "/factories/demo-plant-klang")
    assert "Sources disagree on: City." in text
    counts, _, other = text.partition("City Shah Alam sources disagree: this counts")[2].partition(
        "City, but others say"
    )
    assert "Site visit (fictional)" in counts
    assert "verified" in counts
    assert other.startswith(" Klang Demo Gloves")


def test_identifiers_say_whether_their_check_digit_holds(store: Store) -> None:
    disputed(store)
    text = page(english(store), "/factories/demo-plant-klang")
    assert "LEI 529900T8BM49AURSDO56 (its check digit is wrong)" in text
    assert "x 1 (has no check digit that we know)" in text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/suppliers/demo-trader-01", "Sells to"),
        ("/products/gloves", "Narrower goods"),
        ("/countries/MY", "Plants that stand there"),
        ("/categories/gloves", "Contracts"),
        ("/regions/SE-AB", "Procurement region"),
        ("/contracts/demo-c-0007", "Something is known of its chain down to tier 3"),
    ],
)
def test_every_kind_of_node_has_a_page(reader: FlaskClient, path: str, said: str) -> None:
    assert said in page(reader, path)


def test_incidents_that_may_concern_a_plant_are_named(reader: FlaskClient) -> None:
    text = page(reader, "/factories/demo-plant-klang")
    assert "Incidents that may concern it" in text
    assert "by way of Malaysia" in text


def test_what_changed_since_a_day_is_said(reader: FlaskClient) -> None:
    assert "New: Sells to: Demo Brand 01" in page(reader, "/factories/demo-plant-klang?since=2018-06-30")
    same = page(reader, "/factories/demo-plant-klang?since=2026-11-01&valid_at=2026-11-01")
    assert "Nothing that you see differs between the two days." in same


def test_the_timeline_tells_what_ended_what_was_replaced_and_what_is_no_longer_held(store: Store) -> None:
    """By both clocks: of three deliveries one ended, one was stated anew, and that one was taken back."""
    node, source = NodeRef(Label.CONTRACT, "demo-c-0007"), SourceId("src-past")
    wholesale = {"demo-wholesale-04": Label.SUPPLIER}

    def record(now: str, *rows: Statement) -> None:
        changes = change_set(*rows, references=[Source(source, "Letter (fictional)", kind="own")])
        store.apply(replace(changes, holders=wholesale), now)

    item = "demo-wholesale-04/bandages"
    record("2024-02-01T00:00:00Z", delivered(item, node.id, source_id=source, share_low=0.25, share_high=0.25))
    ended = {"source_id": source, "valid_from": "2020-01-01", "valid_to": "2021-01-01"}
    record("2024-03-01T00:00:00Z", delivered(item, node.id, **ended))
    record("2024-04-01T00:00:00Z", delivered(item, node.id, source_id=source, share_low=0.5, share_high=0.5))
    (now, *_) = store.history(node, lens("network", known_at="2024-05-01T00:00:00Z"), 1)
    store.retract("2024-05-01T00:00:00Z", claim_ids=[now.claim_id])
    about = "What is delivered, and by whom: Demo Wholesale 04, Bandages"
    client = english(store)
    told = page(client, f"/contracts/{node.id}").partition("All that was ever said")[2]
    assert told.count(about) == 3
    assert "2024-04-01 held until 2024-05-01 no dates stated" in told
    assert "2024-03-01 true from 2020-01-01 until 2021-01-01 ended" in told
    assert "2024-02-01 held until 2024-04-01, then something newer took its place no dates stated" in told
    assert told.count("Letter (fictional)") == 3
    assert [one in told for one in ("Share: 50%", "Share: 25%")] == [True, True]
    then = page(client, f"/contracts/{node.id}?known_at=2024-02-15").partition("All that was ever said")[2]
    assert "2024-02-01 no dates stated" in then
    assert "2024-03-01" not in then


def test_a_long_history_is_cut_and_says_so(store: Store) -> None:
    rows = [delivered("demo-wholesale-04/bandages", "demo-c-0007", valid_from=f"19{n}-01-01") for n in range(50, 99)]
    store.apply(change_set(*rows), "2024-02-01T00:00:00Z")
    client = english(store)
    whole = page(client, "/contracts/demo-c-0007").partition("All that was ever said")[2]
    assert "The latest 40 are shown, and there are older ones. Show more" in whole
    more = page(client, "/contracts/demo-c-0007?rows=1000").partition("All that was ever said")[2]
    assert "there are older ones" not in more
    assert more.count("true from 19") == len(rows)


def test_the_lens_moves_the_page(reader: FlaskClient) -> None:
    assert "Demo Trader 03" in page(reader, "/factories/demo-plant-klang")
    assert "Demo Trader 03" not in page(reader, "/factories/demo-plant-klang?known_at=2019-02-01")


def test_long_lists_are_cut_and_say_so(reader: FlaskClient) -> None:
    text = page(reader, "/countries/MY?rows=3")
    assert re.search(r"3 of \d+ are shown\. Show more of “Plants that stand there”", text)


def test_what_is_not_there_or_not_seen_is_one_page(reader: FlaskClient) -> None:
    for path in ("/factories/nothing", "/suppliers/demo-plant-klang", "/contracts/nothing", "/contracts/nothing/chain"):
        page(reader, path, 404)


def test_every_attribute_has_a_word() -> None:
    assert {name for names in _DESCRIBED.values() for name in names} <= set(ATTRIBUTES)


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said", "unsaid"),
    [
        ("/factories?name=klang", "Demo Plant Klang", "Demo Plant Ipoh"),
        ("/factories?country=TH", "Demo Latex Plant Hat Yai", "Demo Plant Klang"),
        ("/suppliers?product=gloves-nitrile", "Demo Trader 01", "Demo Dormitory 01"),
        ("/contracts?region=SE-AB&category=gloves", "demo-c-0007", "demo-c-0016"),
        ("/contracts?supplier=demo-wholesale-04", "demo-c-0025", "demo-c-0007"),
        ("/contracts?name=zzzz", "Nothing is found", "demo-c-0007"),
    ],
)
def test_lists_are_narrowed(reader: FlaskClient, path: str, said: str, unsaid: str) -> None:
    text = page(reader, path).partition("Show ")[2] or page(reader, path)
    assert said in text
    assert unsaid not in text


def test_a_list_is_a_file_too(reader: FlaskClient) -> None:
    content = reader.get("/factories?country=TH").get_data(as_text=True)
    (address,) = re.findall(r'href="([^"]+\.csv[^"]*)" download', content)
    rows = list(csv.DictReader(io.StringIO(reader.get(unescape(address)).get_data(as_text=True).lstrip("\ufeff"))))
    assert "demo-latex-hat-yai" in {row["factory_id"] for row in rows}
    assert {row["countries"] for row in rows} == {"TH"}


# --- chains ----------------------------------------------------------------------------------------------------------


def test_the_table_says_what_the_drawing_shows(reader: FlaskClient) -> None:
    content = reader.get(CHAIN).get_data(as_text=True)
    drawing = fromstring(content.partition('data-leave="#table">')[2].partition("</div>")[0])
    links = drawing.findall("a")
    table = words(content[content.index('id="table"') :].join(("<main>", "")))
    names = {link.get("aria-label", "").partition(",")[0] for link in links if link.get("href", "").startswith("/")}
    assert len(links) > 10
    assert names - {"demo-c-0025"} <= {name for name in names if name in table}
    assert all(line.get("aria-hidden") == "true" for line in drawing.findall("g"))
    numbers = {link.get("data-n") for link in links}
    for link in links:
        assert set(f"{link.get('data-up')} {link.get('data-down')}".split()) <= numbers


def test_a_drawing_is_kept_for_the_same_and_for_nothing_else(store: Store) -> None:
    client = english(store)
    first = client.get(CHAIN).get_data(as_text=True)
    assert client.get(CHAIN).get_data(as_text=True) == first
    row = describes(NodeRef(Label.SUPPLIER, "demo-trader-03"), "src-other", {"name": "Renamed"}, grade=Grade.VERIFIED)
    changes = change_set(row, references=[Source(SourceId("src-other"), "Register (fictional)", kind="own")])
    store.apply(replace(changes, holders={"demo-trader-03": Label.SUPPLIER}), "2024-02-01T00:00:00Z")
    drawing = client.get(CHAIN).get_data(as_text=True).partition('data-leave="#table">')[2].partition("</div>")[0]
    assert "Renamed" in drawing
    assert "Demo Trader 03" not in drawing
    assert "Demo Trader 03" in client.get(f"{CHAIN}?known_at=2024-01-15").get_data(as_text=True)


def test_a_tier_is_folded_and_unfolded_by_links(reader: FlaskClient) -> None:
    content = reader.get(CHAIN).get_data(as_text=True)
    address = unescape(re.findall(r'href="([^"]*fold=2[^"]*)"', content)[0])
    folded = reader.get(address).get_data(as_text=True)
    assert "Unfold tier 2" in folded
    assert folded.count("data-n=") < content.count("data-n=")
    assert words(folded).partition("The chain as a table")[2] == words(content).partition("The chain as a table")[2]


def test_one_asks_about_a_country_and_sees_the_routes_alone(reader: FlaskClient) -> None:
    whole = page(reader, f"{CHAIN}?country=MY")
    assert "Asked about everything in Malaysia." in whole
    assert "Demo Smallholders 01" in whole
    focused = page(reader, f"{CHAIN}?country=MY&focus=true")
    assert "is shown: 7 of 15 items." in focused
    assert "Demo Smallholders 01" not in focused


def test_where_knowledge_stops_is_drawn_and_said(reader: FlaskClient) -> None:
    text = page(reader, "/contracts/demo-c-0016/chain")
    assert "knowledge stops here" in text
    assert "Nobody has said, in what is recorded here:" in text


def test_a_chain_is_a_file_in_four_forms(reader: FlaskClient) -> None:
    def get(ending: str) -> bytes:
        return bytes(reader.get(f"{CHAIN}.{ending}?country=MY").get_data())

    svg = fromstring(get("svg"))
    assert svg.tag == f"{SVG}svg"
    assert b"Demo Plant Klang" in get("svg")
    assert len(list(csv.DictReader(io.StringIO(get("csv").decode("utf-8-sig"))))) == 17
    assert len(json.loads(get("geojson"))["features"]) > 2
    document = PdfReader(io.BytesIO(get("pdf")))
    assert "/MarkInfo" in document.root_object
    assert "Demo Plant Klang" in "".join(one.extract_text() for one in document.pages)
    assert reader.get(f"{CHAIN}.exe").status_code == 404


# --- privacy ---------------------------------------------------------------------------------------------------------


def test_what_one_region_alone_knows_shows_on_no_page_of_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    link = ("sec-plant/gloves-nitrile", "demo-wholesale-01/gloves-nitrile")
    secret = change_set(
        describes(NodeRef(Label.FACTORY, "sec-plant"), SECRET, {"name": "Secret plant"}, visibility=SKANE),
        supplies(*link, source_id=SourceId(SECRET), visibility=SKANE),
        references=[Source(SourceId(SECRET), "Secret paper", kind="own")],
    )
    labels = {"sec-plant": Label.FACTORY, "demo-wholesale-01": Label.SUPPLIER}
    store.apply(replace(secret, holders=labels), "2024-02-01T00:00:00Z")
    clients = {}
    for region in ("SE-M", "SE-AB"):
        monkeypatch.setenv("TRACEGRAPH_AS", region)
        clients[region] = english(store)
    chain = "/contracts/demo-c-0007/chain"
    pages = ["/suppliers/demo-wholesale-01", "/factories?limit=100", "/products/gloves-nitrile", chain]
    files = ["/factories.csv", f"{chain}.svg", f"{chain}.csv"]
    paths = [*pages, *files, "/contracts/demo-c-0007"]
    assert [path for path in paths if seen(clients["SE-AB"], path)] == []
    assert [path for path in paths if not seen(clients["SE-M"], path)] == []
    assert clients["SE-AB"].get("/factories/sec-plant").status_code == 404
    assert "seen by SE-M alone" in page(clients["SE-M"], "/factories/sec-plant")


def seen(client: FlaskClient, path: str) -> bool:
    """Return whether a page or file tells of the secret."""
    response = client.get(path)
    assert response.status_code == 200, path
    content = response.get_data(as_text=True)
    return "sec-plant" in content or "Secret" in content


def test_names_are_words_and_never_markup(store: Store) -> None:
    name = '<b onclick="x">"Wholesale" & Co</b>'
    node = NodeRef(Label.SUPPLIER, "demo-wholesale-01")
    row = describes(node, "src-other", {"name": name}, grade=Grade.VERIFIED)
    changes = change_set(row, references=[Source(SourceId("src-other"), "<i>Title</i>", kind="own")])
    store.apply(replace(changes, holders={node.id: Label.SUPPLIER}), "2024-02-01T00:00:00Z")
    client = english(store)
    for path in ("/suppliers/demo-wholesale-01", "/suppliers?name=wholesale", CHAIN, "/contracts/demo-c-0025"):
        content = client.get(path).get_data(as_text=True)
        assert "Wholesale&#34; &amp; Co" in content or "&quot;Wholesale&quot; &amp; Co" in content
        assert "<b " not in content
        assert "<i>" not in content
    assert client.get(f"{CHAIN}.pdf").status_code == 200
