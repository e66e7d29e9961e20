"""An import in a real browser: with errors, corrected, sent again, written and undone; and what is a region's alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LOOKS, Axe, Look, Opened, serving
from tracegraph.access import Principal, Role
from tracegraph.services.import_jobs import HANDLERS
from tracegraph.services.working import Duties, Work, alive, run, turn
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of, utc_now
from tracegraph_api.policy import LOGGED_IN

GOOD = {
    "sources.csv": "source_id,title\nnational-fiction-1,Fictional delivery notes\n",
    "suppliers.csv": "supplier_id,name,source_id\nfictional-wholesale,Fictional Wholesale,national-fiction-1\n",
    "supplies.csv": (
        "seller_id,buyer_id,product,source_id\ndemo-plant-klang,fictional-wholesale,gloves-nitrile,national-fiction-1\n"
    ),
}
BAD = {
    **GOOD,
    "supplies.csv": (
        "seller_id,buyer,product,source_id\nnobody-knows,fictional-wholesale,gloves-nitrile,national-fiction-1\n"
    ),
}
#: A column has a name that no table has.
OWN_NAMES = {**GOOD, "suppliers.csv": GOOD["suppliers.csv"].replace("supplier_id", "nummer")}
WORDS = {
    "sv": {
        "column": "Kolumnen ”nummer” är",
        "check": "Kontrollera igen med de här kolumnerna",
        "menu": "Import",
        "files": "Filer",
        "send": "Skicka och kontrollera",
        "wrong": "kan inte skrivas",
        "columns": "Kolumner som är fel",
        "error_file": "Felfil (CSV)",
        "again": "Skicka rättade filer",
        "again_look": "Titta igen",
        "checked": "kontrollerad, inget är inskrivet",
        "write": "Skriv in det här",
        "written": "Vad som skrevs in",
        "undo": "Ångra den här importen",
        "undone": "ångrad",
        "none": "välj en eller flera filer",
        "keys": "Nycklar för program",
        "for": "Vad är den till för?",
        "make": "Skapa nyckeln",
        "revoke": "Spärra nightly-sync",
        "revoked": "spärrad, gäller inte längre",
    },
    "en": {
        "menu": "Import",
        "files": "Files",
        "send": "Send and check",
        "wrong": "cannot be written",
        "columns": "Columns that are wrong",
        "error_file": "Error file (CSV)",
        "again": "Send corrected files",
        "again_look": "Look again",
        "checked": "checked, nothing is written",
        "write": "Write this",
        "written": "What was written",
        "undo": "Undo this import",
        "undone": "undone",
        "none": "choose one file or more",
        "keys": "Keys for programs",
        "for": "What is it for?",
        "make": "Make the key",
        "revoke": "Revoke nightly-sync",
        "revoked": "revoked, serves no longer",
    },
}


@pytest.fixture
def working(store: Store) -> Iterator[None]:
    """A worker beside the pages, as `tracegraph serve` has one."""
    work, duties = Work(store, "test", utc_now), Duties(HANDLERS)

    def works() -> None:
        while not work.stop.wait(0.05):
            turn(work, duties)

    with alive(work):
        thread = Thread(target=works, daemon=True)
        thread.start()
        yield
        work.stop.set()
        thread.join()


@pytest.fixture
def sent(tmp_path: Path) -> Callable[[dict[str, str]], list[str]]:
    """Writes files that can be chosen; their paths."""

    def written(files: dict[str, str]) -> list[str]:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return [str(tmp_path / name) for name in files]

    return written


def awaited(page: Page, look: Look, what: Locator) -> None:
    """Wait until the page shows something; without scripts by looking again."""
    link = page.get_by_role("link", name=WORDS[look.lang]["again_look"])
    for _ in range(40 if not look.javascript else 0):
        if what.is_visible():
            break
        page.wait_for_timeout(150)
        if link.is_visible():
            link.click()
    expect(what).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)
@pytest.mark.usefixtures("working")
def test_an_import_is_corrected_written_and_undone(
    writing_page: Page, look: Look, axe: Axe, sent: Callable[[dict[str, str]], list[str]]
) -> None:
    page, say = writing_page, WORDS[look.lang]
    page.goto("/")
    page.get_by_role("link", name=say["menu"], exact=True).click()
    axe(page)
    page.get_by_label(say["files"], exact=True).set_input_files(sent(BAD))
    page.get_by_role("button", name=say["send"]).click()
    awaited(page, look, page.get_by_text(say["wrong"]).first)
    expect(page.get_by_role("table", name=say["columns"])).to_contain_text("buyer_id")
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=say["error_file"]).click()
    assert "nobody-knows" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name=say["again"]).click()
    page.get_by_label(say["files"], exact=True).set_input_files(sent(GOOD))
    page.get_by_role("button", name=say["send"]).click()
    awaited(page, look, page.get_by_text(say["checked"]).first)
    axe(page)
    page.get_by_role("button", name=say["write"]).click()
    awaited(page, look, page.get_by_role("heading", name=say["written"]))
    axe(page)
    page.get_by_role("button", name=say["undo"]).click()
    awaited(page, look, page.get_by_text(say["undone"]).first)
    axe(page)


@pytest.mark.parametrize("look", [Look("sv", 1280, True)], indirect=True, ids=str)
def test_an_import_is_sent_mended_written_and_undone_by_keyboard_alone(
    writing_page: Page,
    store: Store,
    look: Look,
    tab_to: Callable[..., None],
    sent: Callable[[dict[str, str]], list[str]],
) -> None:
    page, say = writing_page, WORDS[look.lang]

    def press(button: str, then: str) -> None:
        tab_to(page, button)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text("tracegraph worker")  # nobody to check them is said
        run(Work(store, "test", utc_now), Duties(HANDLERS), once=True)
        expect(page.get_by_role("main")).to_contain_text(then)

    page.goto("/imports")
    page.get_by_label(say["files"], exact=True).set_input_files(sent(OWN_NAMES))
    press(say["send"], say["wrong"])
    tab_to(page, say["column"])
    page.keyboard.press("ArrowDown")  # past leaving it out
    page.keyboard.press("ArrowDown")
    press(say["check"], say["checked"])
    press(say["write"], say["written"])
    press(say["undo"], say["undone"])


#: Pages of administration, help and the like.
STILL = (
    *("/subscriptions", "/subscriptions/messages", "/jobs", "/audit", "/audit/verification"),
    *("/administration", "/administration/webhooks", "/administration/settings", "/imports/columns"),
    "/administration/feedback",
    *("/help", "/accessibility", "/privacy", "/licences"),
)


@pytest.mark.parametrize("look", LOOKS[1:2], indirect=True, ids=str)
def test_administration_and_help_are_for_everybody(page: Page, axe: Axe) -> None:
    titles = set()
    for path in STILL:
        page.goto(path)
        titles.add(page.title())
        axe(page)
    assert len(titles) == len(STILL)


@pytest.mark.parametrize("look", LOOKS[2:], indirect=True, ids=str)
def test_a_key_is_shown_once_and_revoked(writing_page: Page, look: Look, axe: Axe) -> None:
    page, say = writing_page, WORDS[look.lang]
    page.goto("/administration/keys")
    page.get_by_label(say["for"]).fill("nightly-sync")
    page.get_by_role("button", name=say["make"]).click()
    secret = page.locator("code.secret").inner_text()
    assert secret.startswith("tg_")
    axe(page)
    page.get_by_role("link", name=say["keys"]).last.click()
    expect(page.get_by_role("main")).not_to_contain_text(secret)
    page.get_by_role("button", name=say["revoke"]).click()
    expect(page.get_by_role("main")).to_contain_text(say["revoked"])
    axe(page)


# --- a region's own --------------------------------------------------------------------------------------------------


def as_region(store: Store, region: str) -> Flask:
    """Return the application for somebody of a region who is logged in."""
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    who = Principal(f"user:{region}", frozenset({Role.REGION_ADMINISTRATOR}), region=region)
    context_of(app).parts[LOGGED_IN] = lambda: who
    return app


@pytest.mark.parametrize("look", [Look("sv", 1280, True)], indirect=True, ids=str)
@pytest.mark.usefixtures("working")
def test_what_a_region_imports_for_itself_is_seen_by_it_alone(
    opened: Opened, store: Store, look: Look, sent: Callable[[dict[str, str]], list[str]]
) -> None:
    say = WORDS[look.lang]
    files = {name: text.replace("national-fiction", "se-ab-fiction") for name, text in GOOD.items()}
    with serving(as_region(store, "SE-AB")) as own, serving(as_region(store, "SE-M")) as other:
        page = opened(own)
        page.goto("/imports")
        page.get_by_label(say["files"], exact=True).set_input_files(sent(files))
        page.get_by_role("button", name=say["send"]).click()
        page.get_by_role("button", name=say["write"]).click()
        expect(page.get_by_role("heading", name=say["written"])).to_be_visible()
        imported = page.url.removeprefix(own)
        theirs = opened(other)
        named = ("/search?q=fictional", "/suppliers?name=fictional", "/suppliers/fictional-wholesale")
        shown = {**dict.fromkeys(named, "Fictional Wholesale"), imported: "sources.csv", "/imports": "sources.csv"}
        for path, text in shown.items():
            page.goto(path)
            expect(page.get_by_role("main")).to_contain_text(text)
            theirs.goto(path)
            assert text not in theirs.content(), path
        page.close()
        theirs.close()


@pytest.mark.parametrize("look", LOOKS[2:3], indirect=True, ids=str)
def test_what_does_not_work_is_told_without_a_name(writing_page: Page, look: Look, axe: Axe) -> None:
    page = writing_page
    page.goto("/accessibility")
    amiss = page.get_by_label("Vad som är fel, eller vad du behöver")
    amiss.fill(" ")
    page.get_by_role("button", name="Skicka utan namn").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("skriv vad som är fel")
    axe(page)
    amiss.fill("The drawing <b>has</b> no names.")
    page.get_by_role("button", name="Skicka utan namn").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Tack.")
    axe(page)
    page.goto("/administration/feedback")
    expect(page.get_by_role("main")).to_contain_text("The drawing <b>has</b> no names.")
    axe(page)
    page.get_by_role("button", name="Ta bort").click()
    expect(page.get_by_role("main")).to_contain_text("Inget har skrivits")
