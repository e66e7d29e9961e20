"""From a headline to whoever is to be called: search, the answer, its filter, a route, and a file to take along."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {
        "q": "Vad gäller det?",
        "search": "Sök",
        "depends": "Vem är beroende av detta?",
        "title": "Vem är beroende av anläggningen Demo Plant Klang?",
        "region": "Region",
        "stockholm": "Region Stockholm",
        "show": "Visa",
        "route": "Hur man vet det",
        "source": "Källa:",
        "csv": "Tabell (CSV)",
        "no_link": "ingen koppling",
        "takes": "komplett kedja",
        "pick": "Visa avtalen",
        "country": "Land",
        "malaysia": "Malaysia",
        "everything": "Vem är beroende av allt i Malaysia?",
        "nothing": "Inget avtal återstår",
        "all": "Visa alla avtal",
    },
    "en": {
        "q": "What is it about?",
        "search": "Search",
        "depends": "Who depends on this?",
        "title": "Who depends on the plant Demo Plant Klang?",
        "region": "Region",
        "stockholm": "Region Stockholm",
        "show": "Show",
        "route": "How it is known",
        "source": "Source:",
        "csv": "Table (CSV)",
        "no_link": "no link",
        "takes": "complete chain",
        "pick": "Show the contracts",
        "country": "Country",
        "malaysia": "Malaysia",
        "everything": "Who depends on everything in Malaysia?",
        "nothing": "No contract is left",
        "all": "Show all contracts",
    },
}
both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)


@both
def test_from_a_headline_to_the_contracts_that_may_be_concerned(
    page: Page, look: Look, axe: Axe, tmp_path: Path
) -> None:
    say, main = WORDS[look.lang], page.get_by_role("main")
    page.goto("/")
    page.get_by_label(say["q"]).fill("Demo Plant Klang")
    main.get_by_role("button", name=say["search"]).click()
    main.get_by_role("link", name="Demo Plant Klang", exact=True).click()
    main.get_by_role("link", name=say["depends"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["title"])
    expect(main.locator(".counts li")).to_have_count(4)
    rows = page.locator("#contracts tbody tr:not(.behind)")
    all_rows = rows.count()
    axe(page)
    page.locator("#results").get_by_label(say["region"], exact=True).select_option(label=say["stockholm"])
    page.locator("#results").get_by_role("button", name=say["show"], exact=True).click()
    page.wait_for_url("**region=SE-AB*")
    assert 0 < rows.count() < all_rows
    behind = page.locator("#contracts details").first
    behind.locator("summary").click()
    expect(behind.get_by_text(say["source"]).first).to_be_visible()
    axe(page)
    with page.expect_download() as download:
        main.get_by_role("link", name=say["csv"]).click()
    path = tmp_path / "contracts.csv"
    download.value.save_as(path)
    listed = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(listed) == rows.count()
    assert all("SE-AB" in row["regions"] for row in listed)


@pytest.mark.parametrize("look", LOOKS[1:3], indirect=True, ids=str)
def test_a_country_and_those_without_a_link(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/exposure/ask")
    axe(page)
    page.get_by_label(say["country"], exact=True).select_option(label=say["malaysia"])
    page.get_by_role("button", name=say["pick"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["everything"])
    for status in ("established", "possible", "unmapped"):
        page.locator(f"#status-{status}").uncheck()
    page.get_by_label(say["no_link"], exact=True).check()
    page.locator("#results").get_by_role("button", name=say["show"], exact=True).click()
    page.wait_for_url("**status=no_link*")
    expect(page.locator("#contracts")).to_contain_text(say["takes"])
    axe(page)
    page.goto(page.url.partition("#")[0] + "&region=SE-AB&direct_supplier=demo-wholesale-02")
    expect(page.get_by_text(say["nothing"])).to_be_visible()
    axe(page)
    page.get_by_role("link", name=say["all"]).click()
    expect(page.locator("#contracts")).to_be_visible()


@pytest.mark.parametrize("look", [Look("sv", 1280, True)], indirect=True, ids=str)
def test_a_route_is_opened_by_keyboard_alone(page: Page, tab_to: Callable[..., None]) -> None:
    page.goto("/exposure/ask?q=klang")
    tab_to(page, "Vem är beroende av det? (Demo Plant Klang)", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/exposure?factory=demo-plant-klang*")
    tab_to(page, "Hur man vet det: Demo examination gloves, nitrile", most=80)
    page.keyboard.press("Enter")
    expect(page.locator("#contracts details").first).to_have_attribute("open", "")
    expect(page.locator("#contracts .steps").first).to_be_visible()
