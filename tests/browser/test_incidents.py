"""Incidents as people work with them: from a headline to letters, widened and compared, followed up by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look

WORDS = {
    "sv": {
        "new": "Skriv ned en rapport",
        "search": "Hitta en anläggning, ett företag, ett land eller varor",
        "find": "Hitta",
        "choose": "Välj dessa",
        "klang": "anläggningen Demo Plant Klang",
        "touched": "Visa vilka som skulle beröras",
        "would": "Vilka som skulle beröras",
        "title": "Vad som rapporteras, och av vem",
        "note": "Citat och anteckningar",
        "kind": "Slag av skada",
        "other": "annat slag: skriv det nedan",
        "written_kind": "Annat slags skada",
        "act": "Åtgärd 1",
        "authority": "Myndighet för åtgärd 1",
        "did": "Vad den gjorde, åtgärd 1",
        "ban": "importförbud",
        "effective": "Gäller från, åtgärd 1",
        "made_in": "Bara varor tillverkade i, åtgärd 1",
        "only": "Bara varor tillverkade i Malaysia.",
        "source": "Rubrik för källa 1",
        "day": "Dag för källa 1",
        "answer": "Företagets svar",
        "publish": "Publicera för dem som får se den",
        "wrong": "Det är inte nedskrivet än. Det här är fel:",
        "letters": "Brev till leverantörer",
        "letter": "Brev Demo",
        "dear": "Svarsblankett (CSV)",
        "wider": "Vad som berörs om rapporten gäller mer",
        "group": "till hela koncernen för varje företag och anläggning",
        "moved": "Avtal som skulle få ett annat svar",
        "take": "Skriv ned att den gäller mer",
        "widened": "vidgat",
        "compare": "Jämför avtalen före och efter",
        "follow": "Följ upp avtal",
        "state": "Vad som har framkommit",
        "why": "Varför",
        "owner": "Vem som följer upp det",
        "write": "Skriv ned",
        "written": "Nedskrivet om 2 avtal.",
        "undo": "Ångra detta",
        "none": "välj minst ett avtal",
    },
    "en": {
        "new": "Write down a report",
        "search": "Find a plant, a company, a country or goods",
        "find": "Find",
        "choose": "Choose these",
        "klang": "the plant Demo Plant Klang",
        "touched": "Show who would be touched",
        "would": "Who would be touched",
        "title": "What is reported, by whom",
        "note": "Quote and notes",
        "kind": "Kind of harm",
        "other": "another kind: write it below",
        "written_kind": "Another kind of harm",
        "act": "Act 1",
        "authority": "Authority of act 1",
        "did": "What it did, act 1",
        "ban": "import ban",
        "effective": "In force from, act 1",
        "made_in": "Only goods made in, act 1",
        "only": "Only goods made in Malaysia.",
        "source": "Title of source 1",
        "day": "Day of source 1",
        "answer": "The company's answer",
        "publish": "Publish to those who may see it",
        "wrong": "It is not written down yet. This is wrong:",
        "letters": "Letters to suppliers",
        "letter": "Letter Demo",
        "dear": "Answer form (CSV)",
        "wider": "What a wider report would touch",
        "group": "to the whole group of each company and plant",
        "moved": "Contracts that would stand otherwise",
        "take": "Write down that it is wider",
        "widened": "widened",
        "compare": "Compare the contracts before and after",
        "follow": "Follow up contracts",
        "state": "What was found out",
        "why": "Why",
        "owner": "Who follows it up",
        "write": "Write down",
        "written": "Written down of 2 contracts.",
        "undo": "Take this back",
        "none": "choose at least one contract",
    },
}
HEADLINE = "Demo Daily on debts at Demo Plant Klang (fictional)"
both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)


@both
def test_from_the_headline_to_the_letters(writing_page: Page, look: Look, axe: Axe) -> None:
    say, page = WORDS[look.lang], writing_page
    held = axe if look in LOOKS[::2] else (lambda _: None)  # each state in both widths
    page.goto("/incidents")
    held(page)
    page.get_by_role("link", name=say["new"]).click()
    page.get_by_label(say["search"]).fill("klang")
    page.get_by_role("button", name=say["find"], exact=True).click()
    page.get_by_label(say["klang"]).check()
    held(page)
    page.get_by_role("button", name=say["choose"]).click()
    page.get_by_role("button", name=say["touched"]).click()
    expect(page.get_by_role("heading", name=say["would"], level=2)).to_be_visible()
    assert page.locator("#touched-contracts tbody tr").count() > 3
    held(page)
    page.get_by_label(say["title"]).fill(HEADLINE)
    page.get_by_label(say["kind"], exact=True).select_option(say["other"])
    page.get_by_label(say["written_kind"]).fill("land grabbing")
    page.get_by_text(say["act"], exact=True).click()
    page.get_by_label(say["authority"]).fill("Demo Customs (fictional)")
    page.get_by_label(say["did"]).select_option(say["ban"])
    page.get_by_label(say["effective"]).fill("1 mars")
    page.get_by_label(say["made_in"]).fill("Malaysia")
    page.get_by_label(say["note"]).fill("“Their passports were kept” (fictional)")
    page.get_by_label(say["source"]).fill(HEADLINE)
    page.get_by_label(say["day"]).fill("19 feb")
    page.get_by_label(say["answer"]).fill("All fees are repaid (fictional).")
    page.get_by_role("button", name=say["publish"]).click()
    expect(page.get_by_role("heading", name=say["wrong"])).to_be_visible()
    expect(page.get_by_label(say["note"])).to_have_value("“Their passports were kept” (fictional)")
    expect(page.get_by_label(say["made_in"])).to_have_value("Malaysia")
    held(page)
    page.get_by_label(say["effective"]).fill("2019-03-01")
    page.get_by_label(say["day"]).fill("2019-02-19")
    page.get_by_role("button", name=say["publish"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    expect(page.get_by_text("All fees are repaid (fictional).").first).to_be_visible()
    expect(page.get_by_text(say["only"])).to_be_visible()
    expect(page.get_by_text("land grabbing").first).to_be_visible()
    held(page)
    page.get_by_role("link", name=say["letters"]).click()
    page.locator("#results").wait_for()
    held(page)
    page.get_by_role("link", name=say["letter"]).first.click()
    expect(page.get_by_role("link", name=say["dear"])).to_be_visible()
    held(page)


@pytest.mark.parametrize("look", LOOKS[1::2], indirect=True, ids=str)
def test_an_incident_is_widened_and_compared(writing_page: Page, look: Look, axe: Axe) -> None:
    say, page = WORDS[look.lang], writing_page
    page.goto("/incidents/demo-inc-gloves-and-debts")
    before = int(page.locator(".counts .established strong").inner_text())
    page.get_by_role("link", name=say["wider"]).click()
    page.get_by_role("link", name=say["group"]).click()
    expect(page.get_by_text(say["moved"])).to_be_attached()
    assert page.locator("#moved tbody tr").count() == 6
    axe(page)
    page.get_by_role("link", name=say["take"]).click()
    page.get_by_role("button", name=say["publish"]).click()
    expect(page.locator(".history")).to_contain_text(say["widened"])
    assert int(page.locator(".counts .established strong").inner_text()) > before
    axe(page)
    page.get_by_role("link", name=say["compare"]).first.click()
    page.wait_for_url("**/compare?*")
    assert page.get_by_role("main").get_by_role("row").count() > 6


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[2]], indirect=True, ids=str)
def test_contracts_are_followed_up_together(writing_page: Page, look: Look, axe: Axe) -> None:
    say, page = WORDS[look.lang], writing_page
    page.goto("/incidents/demo-inc-order")
    page.get_by_role("link", name=say["follow"]).click()
    page.get_by_role("button", name=say["write"], exact=True).click()
    expect(page.locator(".errors")).to_contain_text(say["none"])
    axe(page)
    for place in (0, 1):
        page.locator("#results input[name=contract]").nth(place).check()
    page.get_by_label(say["state"]).select_option("confirmed")
    page.get_by_label(say["why"]).fill("In writing (fictional)")
    page.get_by_label(say["owner"]).fill("buyer-gloves")
    page.get_by_role("button", name=say["write"], exact=True).click()
    expect(page.get_by_text(say["written"])).to_be_visible()
    expect(page.get_by_text("buyer-gloves")).to_have_count(2)
    axe(page)
    page.get_by_role("button", name=say["undo"]).click()
    expect(page.get_by_text("buyer-gloves")).to_have_count(0)


def test_a_report_is_written_down_by_keyboard_alone(writing_page: Page, tab_to: Callable[..., None], axe: Axe) -> None:
    say, page = WORDS["sv"], writing_page
    page.goto("/incidents/new")
    tab_to(page, say["search"], most=25)
    page.keyboard.type("klang")
    page.keyboard.press("Enter")
    page.locator("#found").wait_for()
    tab_to(page, f"{say['klang']} demo-plant-klang", most=30)
    page.keyboard.press("Space")
    tab_to(page, say["choose"], most=30)
    page.keyboard.press("Enter")
    page.locator("#selector-1").wait_for()
    tab_to(page, f"{say['title']}", most=40)
    page.keyboard.type(HEADLINE)
    tab_to(page, say["kind"], most=40)
    page.keyboard.press("ArrowDown")
    tab_to(page, say["publish"], most=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    axe(page)
