"""From how deep a region's contracts are known to the questions to send, and the other pages about everything."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {
        "depth": "Djup",
        "region": "Region",
        "show": "Visa",
        "title": "Hur djupt vi känner avtalen: Region Stockholm",
        "work": "Avtal att arbeta med",
        "questions": "Vad vi kan fråga om, och vem",
        "letter": "Brevet till Demo Reseller 01",
        "copy": "Text att kopiera",
        "to": "Till: Demo Reseller 01",
        "zip": "Alla brev med sina svarsblanketter (ZIP)",
        "public": "Skriv dem bara efter det som är offentligt",
        "held": "De innehåller bara det som är offentligt.",
        "from": "Varorna kommer från",
        "get": "och kommer till",
        "mean": "Vad menar du med ”Klang”?",
        "route": "Väg 1",
        "compare": "Jämför",
        "then": "Med det som var känt den",
        "new": "Nya i det andra",
    },
    "en": {
        "depth": "Depth",
        "region": "Region",
        "show": "Show",
        "title": "How deep we know the contracts of Region Stockholm",
        "work": "Contracts to work on",
        "questions": "What to ask of whom",
        "letter": "The letter to Demo Reseller 01",
        "copy": "Text to copy",
        "to": "To: Demo Reseller 01",
        "zip": "All letters with their answer forms (ZIP)",
        "public": "Write them from what is public alone",
        "held": "They hold only what is public.",
        "from": "Goods come from",
        "get": "and get to",
        "mean": "What do you mean by “Klang”?",
        "route": "Route 1",
        "compare": "Compare",
        "then": "With what was known on",
        "new": "New in the second",
    },
}
both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)


@both
def test_from_the_depth_of_a_region_to_questions_to_send(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/")
    page.get_by_role("link", name=say["depth"], exact=True).click()
    axe(page)
    page.get_by_role("main").get_by_label(say["region"], exact=True).select_option("SE-AB")
    page.get_by_role("main").get_by_role("button", name=say["show"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["title"])
    expect(page.get_by_role("heading", name=say["work"])).to_be_visible()
    axe(page)
    page.get_by_role("link", name=say["questions"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["questions"])
    assert "region=SE-AB" in page.url
    page.get_by_text(say["letter"], exact=True).click()
    expect(page.get_by_label(say["copy"]).first).to_have_value(re.compile(say["to"]))
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=say["zip"]).click()
    assert download.value.suggested_filename == "tracegraph-letters.zip"
    page.get_by_role("link", name=say["public"]).click()
    expect(page.get_by_role("main")).to_contain_text(say["held"])


@both
def test_map_shared_plants_routes_and_comparison_are_for_everybody(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/map")
    expect(page.get_by_role("img").first).to_be_visible()
    expect(page.locator("#countries tbody tr").first).to_contain_text("Malaysia")
    axe(page)
    page.goto("/concentration")
    expect(page.locator(".ranked h3").first).to_contain_text("Demo Latex Plant Ulsan")
    axe(page)
    page.goto("/paths")
    page.get_by_label(say["from"]).fill("Klang")
    page.get_by_label(say["get"], exact=True).fill("demo-c-0007")
    page.get_by_role("main").get_by_role("button", name=say["show"]).click()
    expect(page.get_by_role("heading", name=say["mean"])).to_be_visible()
    axe(page)
    page.get_by_role("main").get_by_role("link", name="Demo Plant Klang", exact=True).click()
    expect(page.get_by_role("heading", name=say["route"], exact=True)).to_be_visible()
    axe(page)
    page.goto("/compare?factory=demo-plant-klang")
    page.get_by_label(say["then"]).fill("2018-12-31")
    page.get_by_role("main").get_by_role("button", name=say["compare"]).click()
    expect(page.get_by_role("heading", name=say["new"])).to_be_visible()
    axe(page)


@pytest.mark.parametrize("look", LOOKS[:1], indirect=True, ids=str)
def test_questions_are_reached_by_keyboard_alone(page: Page, look: Look, tab_to: Callable[..., None]) -> None:
    say = WORDS[look.lang]
    page.goto("/depth?region=SE-AB")
    tab_to(page, say["questions"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/depth/questions?*")
    tab_to(page, say["letter"])
    page.keyboard.press("Enter")
    expect(page.get_by_label(say["copy"]).first).to_be_visible()
    page.goto("/map")
    tab_to(page, "Karta, kan flyttas i sidled")
