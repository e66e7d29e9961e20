"""The first page and search: as people use them, with and without scripts, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {
        "search": "Sök",
        "q": "Vad gäller det?",
        "title": "Vilka avtal är beroende av det?",
        "switch": "In English",
        "known": "Så som känt",
        "show": "Visa",
        "today": "Tillbaka till i dag",
        "next": "Nästa sida",
        "nothing": "Inga träffar på qqqqqq",
        "gone": "Sidan finns inte, eller så får du inte se den",
        "wrong": "Något i frågan går inte att använda",
    },
    "en": {
        "search": "Search",
        "q": "What is it about?",
        "title": "Which contracts depend on it?",
        "switch": "På svenska",
        "known": "As known on",
        "show": "Show",
        "today": "Back to today",
        "next": "Next page",
        "nothing": "Nothing is found for qqqqqq",
        "gone": "This page does not exist, or you may not see it",
        "wrong": "Something in the question cannot be used",
    },
}
both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)


@both
def test_the_first_page_leads_to_what_is_looked_for(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say["title"])
    expect(page.locator("html")).to_have_attribute("lang", look.lang)
    axe(page)
    page.get_by_label(say["q"]).fill("glove")
    page.get_by_role("main").get_by_role("button", name=say["search"]).click()
    page.wait_for_url("**/search?*")
    expect(page.locator("#results tbody tr")).to_have_count(20)
    axe(page)
    page.get_by_role("link", name=say["next"]).click()
    page.wait_for_url("**page=2*")
    expect(page.locator("#results tbody tr").first).to_be_visible()


@both
def test_the_lens_is_changed_and_stays(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/search?q=glove")
    page.get_by_label(say["known"]).fill("2019-02-19")
    page.get_by_role("button", name=say["show"], exact=True).first.click()
    page.wait_for_url("**known_at=2019-02-19*")
    assert "q=glove" in page.url
    axe(page)
    page.get_by_role("link", name=say["today"]).click()
    page.wait_for_url(lambda url: "known_at" not in url)
    page.get_by_label(say["known"]).fill("i går")
    page.get_by_role("button", name=say["show"], exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["wrong"])
    expect(page.get_by_label(say["known"])).to_have_value("i går")
    axe(page)
    if look.javascript:
        expect(page.locator(".errors")).to_be_focused()


@both
def test_what_is_not_there_says_what_to_do(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/search?q=qqqqqq")
    expect(page.get_by_role("main")).to_contain_text(say["nothing"])
    axe(page)
    page.goto("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text(say["gone"])
    axe(page)


@pytest.mark.parametrize("look", LOOKS[1:3], indirect=True, ids=str)
def test_the_language_is_switched_and_the_page_stays(page: Page, look: Look) -> None:
    page.goto("/search?q=glove")
    page.get_by_role("link", name=WORDS[look.lang]["switch"]).click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if look.lang == "sv" else "sv")
    assert page.url.endswith("/search?q=glove")


def test_what_is_typed_is_suggested(page: Page, axe: Axe) -> None:
    page.goto("/")
    page.get_by_label(WORDS["sv"]["q"]).press_sequentially("glove", delay=30)
    suggestions = page.locator("#suggestions li")
    expect(suggestions).to_have_count(8)
    axe(page)
    page.get_by_label(WORDS["sv"]["q"]).fill("qqqqqq")
    expect(suggestions).to_have_count(0)
    expect(page.locator("#suggestions")).not_to_be_empty()


@pytest.mark.parametrize("look", [Look("sv", 320, True)], indirect=True, ids=str)
def test_one_finds_by_keyboard_alone(page: Page, tab_to: Callable[..., None]) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Till innehållet")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, WORDS["sv"]["q"], most=3)
    page.keyboard.type("glove")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    tab_to(page, WORDS["sv"]["next"], most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2*")
