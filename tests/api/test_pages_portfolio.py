"""The pages about a whole portfolio: board, questions, map, concentration, routes, comparison."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_twin_routes import SKANE, STOCKHOLM
from tracegraph.access import ANONYMOUS
from tracegraph.answer_depth import DepthQuestion
from tracegraph.errors import SettingsInvalid
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.services.board import DEEPEST, make_board
from tracegraph.services.depth import depth
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.world import world
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_pages import PageSettings
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, SelectorKind, Status
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.pages.world_map import shapes_in
from tracegraph_api.policy import LOGGED_IN

LENS = Lens("2026-01-01", "2026-01-01T00:00:00Z", ("network", "public", "region:SE-AB"))
VISIT = "/paths?from=demo-trader-02&to=demo-wholesale-05&k=1"  # a link that Region Stockholm keeps for itself


@pytest.fixture(scope="module")
def app(read_store: Store) -> Flask:
    return create_app(ApiSettings(access=Access.LOCAL), read_store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def words(client: FlaskClient, path: str, status: int = 200) -> str:
    """Return the content of a page in English, without its tags."""
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == status
    content = response.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


# --- the board -------------------------------------------------------------------------------------------------------


def test_the_board_counts_every_contract_once_in_a_row(read_store: Store) -> None:
    asked = DepthQuestion(("SE-AB",), by_grade=True)
    report = depth(LENS, read_store, Portfolios(read_store), asked)
    found = make_board(report)
    for line in (found.total, *found.categories):
        assert sum(line.at_tier(tier) for tier in (*found.tiers, None)) == line.rolled.contracts
    assert sum(line.rolled.contracts for line in found.categories) == found.total.rolled.contracts
    assert found.tiers[-1] <= DEEPEST
    assert {line.key for line in found.categories} == set(report.by_category)
    assert all(line.beside and line.beside.region == "SE-AB" for line in (found.total, *found.categories))


def test_contracts_to_work_on_are_those_of_most_unknown_value(read_store: Store) -> None:
    report = depth(LENS, read_store, Portfolios(read_store), DepthQuestion(by_grade=True))
    found = make_board(report, listed=4)
    unknown = {
        c.facts.contract_id: c.facts.value_sek * (1 - c.split.known_end.low)
        for c in report.contracts
        if c.facts.value_sek is not None and c.split.known_end.low < 1
    }
    assert found.work_total == len(unknown) > len(found.work) == 4
    assert [one.unknown_sek for one in found.work] == sorted(unknown.values(), reverse=True)[:4]
    unstated = {c.facts.contract_id for c in report.contracts if c.facts.value_sek is None}
    assert {one.contract.facts.contract_id for one in found.unweighed} <= unstated
    assert found.total.rolled.by_grade[Grade.VERIFIED].known_end.high <= found.total.rolled.split.known_end.high  # type: ignore[union-attr]


def test_the_board_shows_a_region_beside_the_others(client: FlaskClient) -> None:
    said = words(client, "/depth?region=SE-AB")
    assert said.count("Demo portable computers") == 1
    assert "Others’ median" in said
    assert "only one other region to compare with" in said
    assert "By region" not in said
    assert "By region" in words(client, "/depth")
    words(client, "/depth?region=SE-XX", 404)
    assert "Nothing was judged" in words(client, "/depth?region=SE-AB&category=textiles")


# --- what to ask of whom ---------------------------------------------------------------------------------------------


def test_questions_come_with_letters_and_files(client: FlaskClient) -> None:
    said = words(client, "/depth/questions?region=SE-AB")
    assert "To: Demo Reseller 01" in said
    assert "who supplies Demo Wholesale 05 with examination gloves" in said
    listed = client.get("/depth/questions.csv?region=SE-AB&letters=sv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(listed.removeprefix("\ufeff"))))
    assert rows[0][0] == "leverantör: namn"
    assert {"demo-reseller-01", "demo-wholesale-02"} <= {row[1] for row in rows[1:]}
    letters = zipfile.ZipFile(io.BytesIO(client.get("/depth/questions.zip?region=SE-AB&letters=sv").data))
    names = letters.namelist()
    assert "001-letter-demo-reseller-01.txt" in names
    assert "001-letter-demo-reseller-01.csv" in names
    assert letters.read("001-letter-demo-reseller-01.txt").decode().startswith("Till: Demo Reseller 01")
    book = zipfile.ZipFile(io.BytesIO(client.get("/depth/questions.xlsx?region=SE-AB").data))
    assert b"demo-reseller-01" in book.read("xl/sharedStrings.xml")
    form = client.get("/depth/questions/demo-wholesale-02/form.csv?region=SE-AB").get_data(as_text=True)
    assert "demo-c-0013" in form


def test_letters_of_what_is_public_do_not_warn_and_are_not_longer(client: FlaskClient) -> None:
    warning = "do not send what is not theirs to know"
    assert warning in words(client, "/depth/questions?region=SE-AB")
    assert warning not in words(client, "/depth/questions?region=SE-AB&as=public")


# --- the map ---------------------------------------------------------------------------------------------------------


def test_every_country_is_counted_as_its_own_question_is_answered(read_store: Store) -> None:
    portfolios = Portfolios(read_store)
    found = world(LENS, read_store, portfolios)
    sweep = PortfolioSweep(LENS, read_store, portfolios)
    assert {"MY", "KR", "SE", "SG"} <= {row.code for row in found.countries}
    for row in found.countries:
        readings = sweep.by_contract((Selector(SelectorKind.COUNTRY, row.code),)).values()
        assert row.contracts == {status: sum(r.status is status for r in readings) for status in Status}
        assert sum(row.contracts.values()) == found.contracts
    touched = [row.touched for row in found.countries]
    assert touched == sorted(touched, reverse=True)


def test_the_map_is_said_in_a_table_too(client: FlaskClient) -> None:
    said = words(client, "/map")
    for text in ("Malaysia", "Singapore", "Crimea is drawn with Ukraine", "Borders are drawn for orientation"):
        assert text in said
    rows = list(csv.DictReader(io.StringIO(client.get("/map/countries.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0]["country"] == "MY"
    assert {row["country"] for row in rows} >= {"SG", "HK"}  # too small for a shape
    assert "SEK" in words(client, "/map?by=value&region=SE-AB&category=gloves")


def test_our_shapes_hold_every_country_that_they_should() -> None:
    own = shapes_in("")
    assert {"SE", "UA", "RU", "XK", "PS", "TW", "EH", "MY"} <= own.shapes.keys()
    assert {"SG", "HK", "MT", "MU", "MV"} <= own.points.keys() - own.shapes.keys()
    assert "AQ" not in own.shapes
    assert own.shapes.keys() <= own.points.keys()
    assert all(re.fullmatch(r"(M[-\d.,]+l[-\d., ]+z)+", path) for path in own.shapes.values())
    assert all(0 <= x <= own.width and 0 <= y <= own.height for x, y in (own.points[code] for code in own.shapes))


def test_crimea_is_drawn_with_ukraine() -> None:
    own = shapes_in("")
    (ukraine,) = places(own.shapes["UA"])
    south = max(ukraine, key=lambda at: at[1])
    assert south[0] > own.points["UA"][0]  # without Crimea it is the Danube's mouth, in the west
    assert not any(inside((south[0], south[1] - 1), ring) for ring in places(own.shapes["RU"]))
    assert inside((south[0], south[1] - 1), ukraine)


def places(path: str) -> list[list[tuple[float, float]]]:
    """Return the rings of a path of ours."""
    rings = []
    for text in re.findall(r"M([^z]+)z", path):
        first, rest = text.split("l")
        x, y = map(float, first.split(","))
        ring = [(x, y)]
        for step in rest.split(" "):
            dx, dy = map(float, step.split(","))
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return rings


def inside(at: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """Return whether a point lies in a ring."""
    x, y = at
    crossed = [
        (ax - bx) * (y - by) / (ay - by) + bx > x
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def test_shapes_are_replaced_by_a_file_and_a_wrong_one_is_refused(read_store: Store, tmp_path: Path) -> None:
    good, wrong = tmp_path / "good.json", tmp_path / "wrong.json"
    good.write_text(json.dumps({"width": 10, "height": 5, "shapes": {"MY": "M1,1l1,0 0,1z"}, "points": {"MY": [1, 1]}}))
    wrong.write_text('{"width": 10}')
    settings = ApiSettings(access=Access.LOCAL, pages=PageSettings(map_file=str(good)))
    client = create_app(settings, read_store).test_client()
    said = words(client, "/map")
    assert "Crimea" not in said
    assert "Not on the map, but in the table" in said
    assert "M1,1l1,0 0,1z" in client.get("/map").get_data(as_text=True)
    with pytest.raises(SettingsInvalid):
        shapes_in(str(wrong))


# --- concentration, routes, comparison -------------------------------------------------------------------------------


def test_shared_plants_are_ranked_with_the_reason(client: FlaskClient) -> None:
    said = words(client, "/concentration")
    assert "11 contracts of 9 different direct suppliers have goods from this one plant." in said
    assert said.index("Demo Latex Plant Ulsan") < said.index("Demo Latex Plant Hat Yai")
    first, second = (words(client, f"/concentration?limit=1&page={page}") for page in (1, 2))
    assert "Demo Latex Plant Ulsan South Korea" in first
    assert "Demo Latex Plant Ulsan South Korea" not in second
    assert client.get("/concentration/plants.csv").get_data(as_text=True).count("\n") > 7


def test_a_route_is_told_step_by_step_with_its_documents(client: FlaskClient) -> None:
    said = words(client, "/paths?from=Demo+Plant+Klang&to=demo-c-0001")
    assert "From Demo Plant Klang to Demo examination gloves, nitrile" in said
    assert "Demo Plant Klang sells examination gloves, nitrile to Demo Trader 01." in said
    assert "Source: Demo Wholesale 02, “Answer to the regions: chain of examination gloves”, 2018-05-14" in said
    assert "That does not say that there is none" in words(client, "/paths?from=demo-wholesale-05&to=demo-plant-klang")
    assert "What do you mean by “glove”?" in words(client, "/paths?from=glove&to=demo-c-0001")
    assert "Look the other way round" in words(client, "/paths?from=demo-c-0001&to=demo-plant-klang", 422)


def test_the_weakest_link_of_a_route_is_marked_where_links_differ(client: FlaskClient) -> None:
    marked = ". weakest link"
    assert marked not in words(client, "/paths?from=demo-trader-01&to=demo-wholesale-02&k=1")  # one step
    routes = words(client, "/paths?from=demo-plant-klang&to=demo-c-0007&k=10")
    assert "Demo Plant Klang sells examination gloves, nitrile to Demo Trader 03. weakest link" in routes


def test_a_route_that_a_region_keeps_for_itself_is_nowhere_for_others(client: FlaskClient) -> None:
    assert "No route is recorded" in words(client, VISIT)


def test_a_region_sees_what_it_keeps_for_itself(read_store: Store) -> None:
    app = create_app(ApiSettings(access=Access.PUBLIC), read_store)
    for who, is_seen in ((STOCKHOLM, True), (SKANE, False), (ANONYMOUS, False)):
        context_of(app).parts[LOGGED_IN] = lambda who=who: who if who.is_known else None
        said = words(app.test_client(), VISIT)
        assert ("One route is recorded." in said) is is_seen
        assert ("No route is recorded" in said) is not is_seen
        assert said.count("verified") == (2 if is_seen else 0)


def test_two_days_and_two_plants_are_held_against_each_other(client: FlaskClient) -> None:
    days = words(client, "/compare?factory=demo-plant-klang&then=2018-12-31")
    assert "as known on 2018-12-31" in days
    assert "Demo Daily, “Gloves and debts”, 2019-02-15 (known since 2019-02-19); without it: unmapped" in days
    plants = words(client, "/compare?factory=demo-plant-klang&other=Demo+Plant+Kuantan")
    assert "Only in the first (3)" in plants
    assert "That a contract is only in the first answer says what is known" in plants
    assert "Nothing to compare with yet" in words(client, "/compare?factory=demo-plant-klang")
    assert "What do you mean by “klang”?" in words(client, "/compare?q=klang")
    assert "Nothing is found for “qqqqqq”" in words(client, "/compare?factory=demo-plant-klang&other=qqqqqq")
    assert "that is no No" in words(client, "/compare?factory=nobody&then=2018-12-31")
    words(client, "/compare?incident=nobody&then=2018-12-31", 404)
