"""The first page and search: as people use them, with and without scripts, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {"search": "Sök", "q": "Vad gäller det?", "title": "Vilka avtal är beroende av det?", "switch": "In English"},
    "en": {
        "search": "Search",
        "q": "What is it about?",
        "title": "Which contracts depend on it?",
        "switch": "På svenska",
    },
}


@pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)
def test_the_first_page_leads_to_what_is_looked_for(page: Page, look: Look, axe: Axe) -> None:
    say = WORDS[look.lang]
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say["title"])
    expect(page.locator("html")).to_have_attribute("lang", look.lang)
    axe(page)
    page.get_by_label(say["q"]).fill("Demo Gloves")
    page.get_by_role("main").get_by_role("button", name=say["search"]).click()
    page.wait_for_url("**/search?*")
    expect(page.locator("#results tbody tr")).not_to_have_count(0)
    axe(page)
