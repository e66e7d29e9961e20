"""A contract's chain, from the list of contracts to the evidence of one step: by mouse, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {
        "name": "Namn eller nummer",
        "show": "Visa",
        "chain": "Se kedjan: ritning och tabell",
        "fold": "Vik ihop led 2",
        "unfold": "Vik ut led 2",
        "routes": "Visa bara vägarna därifrån till avtalet",
        "known": "känt sedan 2019-02-19",
        "larger": "Större",
        "since": "Dagen",
        "compare": "Jämför",
        "gone": "Nytt: Säljer till: Demo Brand 01",
    },
    "en": {
        "name": "Name or number",
        "show": "Show",
        "chain": "See the chain: drawing and table",
        "fold": "Fold tier 2",
        "unfold": "Unfold tier 2",
        "routes": "Show only the routes from there to the contract",
        "known": "known since 2019-02-19",
        "larger": "Larger",
        "since": "The day",
        "compare": "Compare",
        "gone": "New: Sells to: Demo Brand 01",
    },
}
CONTRACT = "Demo examination gloves, nitrile and latex"
BOXES, FOLDED = 11, 10
both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)


@both
def test_from_a_contract_to_the_evidence_of_a_step(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/contracts")
    axe(page)
    page.get_by_label(say["name"]).fill("nitrile and latex")
    page.locator("form.filter").get_by_role("button", name=say["show"]).click()
    page.wait_for_url("**name=nitrile*")
    page.get_by_role("link", name=CONTRACT).click()
    axe(page)
    page.get_by_role("link", name=say["chain"]).click()
    boxes = page.locator(".drawing.chain a")
    expect(boxes).to_have_count(BOXES)
    axe(page)
    page.get_by_role("link", name=say["fold"]).click()
    expect(boxes).to_have_count(FOLDED)
    axe(page)
    page.get_by_role("link", name=say["unfold"]).click()
    expect(boxes).to_have_count(BOXES)
    step = page.locator("#tier-3 + .scroll tr", has_text="Demo Trader 03")
    expect(step).to_contain_text(say["known"])
    boxes.filter(has_text="Demo Plant Klang").click()
    page.wait_for_url("**/factories/demo-plant-klang")
    expect(page.get_by_role("main")).to_contain_text(say["known"])
    axe(page)
    page.get_by_label(say["since"], exact=True).fill("2018-06-30")
    page.get_by_role("button", name=say["compare"]).click()
    expect(page.locator("#content")).to_contain_text(say["gone"])


@pytest.mark.parametrize("look", LOOKS[1:3], indirect=True, ids=str)
def test_what_a_country_touches_is_marked_and_shown_alone(page: Page, look: Look, axe: Axe) -> None:
    page.goto("/contracts/demo-c-0025/chain?country=MY")
    boxes = page.locator(".drawing.chain a")
    expect(boxes).to_have_count(BOXES)
    page.get_by_role("link", name=WORDS[look.lang]["routes"]).click()
    expect(boxes).to_have_count(5)
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert download.value.suggested_filename == "tracegraph-chain.pdf"


@pytest.mark.parametrize("look", [Look("sv", 320, True)], indirect=True, ids=str)
def test_one_walks_along_a_chain_by_keyboard_alone(page: Page, tab_to: Callable[..., None], axe: Axe) -> None:
    page.goto("/contracts/demo-c-0025")
    tab_to(page, WORDS["sv"]["chain"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/chain")
    tab_to(page, WORDS["sv"]["larger"])
    svg = page.locator(".drawing.chain svg")
    width = int(svg.get_attribute("width") or 0)
    focused = page.locator(".drawing.chain a:focus")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(focused).to_have_attribute("data-n", "0")
    page.keyboard.press("+")
    expect(svg).to_have_attribute("width", str(round(width * 1.25)))
    page.keyboard.press("0")
    expect(svg).to_have_attribute("width", str(width))
    for name in ("Demo Wholesale", "Demo"):
        page.keyboard.press("ArrowRight")
        expect(focused).to_contain_text(name)
    page.keyboard.press("ArrowLeft")
    expect(focused).to_contain_text("Demo Wholesale")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#table")).to_be_focused()
    tab_to(page, "Demo Wholesale 01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suppliers/demo-wholesale-01")
    expect(page.get_by_role("main")).to_contain_text("Demo Contract Register")


@pytest.mark.parametrize("look", LOOKS[:2], indirect=True, ids=str)
def test_every_kind_of_node_can_be_read_by_all(page: Page, axe: Axe) -> None:
    for path in ("/suppliers/demo-trader-01", "/countries/MY?rows=5", "/regions/SE-AB", "/factories?name=zzzz"):
        page.goto(path)
        axe(page)
