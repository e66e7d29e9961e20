"""Fixtures of all tests of pages: a served demo, and a Chromium that looks at it.

``page`` is a page in a fresh Chromium context, on the demo that is only read, without log-in. How it looks at it is
the fixture ``look`` (language, width, with or without scripts); `LOOKS` has the pairs that every task is tested with::

    @pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)
    def test_something(page: Page, axe: Axe) -> None:
        page.goto("/search?q=glove")
        axe(page)

A test that writes, or that needs log-in, serves its own application with `serving` and opens pages with ``opened``.
At the end of every test its pages must have broken no rule of the content security policy, loaded nothing from
elsewhere, and raised no error in a script.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import pytest
from axe_playwright_python.sync_playwright import Axe as AxeRunner
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from werkzeug.serving import make_server

from tracegraph.composition import open_store
from tracegraph.services.demo import fill
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

HERE = Path(__file__).resolve().parent
CHROMIUM = "TRACEGRAPH_TEST_CHROMIUM"
LOADED_AT = "2024-01-01T00:00:00Z"
WAIT_MS = 10_000
#: Rules of WCAG 2.1 and 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
)

Axe = Callable[[Page], None]
_WITHOUT_SCRIPTS: WeakSet[BrowserContext] = WeakSet()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and keep them in one worker: they share a browser and a server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


# --- what is served --------------------------------------------------------------------------------------------------


@contextmanager
def serving(app: Flask | Callable[[str], Flask]) -> Iterator[str]:
    """Serve an application for the time of a with-block; its address. A callable gets the address and returns it."""
    with make_server("127.0.0.1", 0, Flask("nothing"), threaded=True) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        server.app = app if isinstance(app, Flask) else app(address)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()


def local_app(store: Store) -> Flask:
    """Return the application of one person on this computer."""
    return create_app(ApiSettings(access=Access.LOCAL), store)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the demo; never written again."""
    path = tmp_path_factory.mktemp("browser") / "demo.db"
    store = open_store(f"sqlite:///{path}")
    fill(store, LOADED_AT, lambda done, total: None)
    store.close()
    return path


@pytest.fixture(scope="session")
def read_store(demo_file: Path) -> Iterator[Store]:
    """The demo, for tests that only read."""
    store = open_store(f"sqlite:///{demo_file}")
    yield store
    store.close()


@pytest.fixture
def store(demo_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the demo, for a test that writes."""
    opened = open_store(f"sqlite:///{shutil.copy(demo_file, tmp_path / 'demo.db')}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def address(read_store: Store) -> Iterator[str]:
    """Where the demo is served that is only read, without log-in."""
    with serving(local_app(read_store)) as at:
        yield at


@pytest.fixture
def writing_address(store: Store) -> Iterator[str]:
    """Where a demo of the test's own is served, without log-in."""
    with serving(local_app(store)) as at:
        yield at


# --- who looks at it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """How pages are looked at."""

    lang: str = "sv"
    width: int = 1280
    javascript: bool = True

    def __str__(self) -> str:
        return f"{self.lang}-{self.width}-{'js' if self.javascript else 'nojs'}"


#: Every value of each with every value of the others, in pairs.
LOOKS = (Look("sv", 1280, True), Look("en", 320, True), Look("sv", 320, False), Look("en", 1280, False))


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """How the pages of this test are looked at."""
    given = getattr(request, "param", None)
    return given if isinstance(given, Look) else Look()


@dataclass
class Watch:
    """What pages did that they may not do."""

    wrong: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context, those that are opened later included."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"error in a script: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "127.0.0.1"):
            self.wrong.append(f"loaded from elsewhere: {request.url}")


def chromium() -> str:
    """Return where Chromium is; without one the tests fail, and say what to do."""
    found = os.environ.get(CHROMIUM) or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail(
            f"Chromium was not found: tools/setup.sh installs Debian's, or name one in {CHROMIUM}", pytrace=False
        )
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How Chromium is started."""
    return {"executable_path": chromium(), "args": list(_ARGUMENTS), "headless": True}


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, look: Look) -> Iterator[Opened]:
    """Opens pages: ``opened(address)`` is one in a context of its own, as somebody else's browser would be."""
    contexts: list[BrowserContext] = []
    watch = Watch()

    def open_at(address: str, **more: Any) -> Page:
        context = browser.new_context(
            base_url=address,
            locale={"sv": "sv-SE", "en": "en-GB"}[look.lang],
            viewport={"width": look.width, "height": 900},
            java_script_enabled=look.javascript,
            **more,
        )
        context.set_default_timeout(WAIT_MS)
        watch.over(context)
        contexts.append(context)
        if not look.javascript:
            _WITHOUT_SCRIPTS.add(context)
        return context.new_page()

    yield open_at
    for context in contexts:
        context.close()
    assert watch.wrong == []


@pytest.fixture
def page(opened: Opened, address: str) -> Page:
    """A page on the demo that is only read, without log-in."""
    return opened(address)


@pytest.fixture
def writing_page(opened: Opened, writing_address: str) -> Page:
    """A page on a demo of the test's own, without log-in."""
    return opened(writing_address)


# --- what is held ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Holds a page against the rules of WCAG: no violation."""
    runner = AxeRunner()

    def check(page: Page) -> None:
        with scripted(page) as copy:
            hold(copy)

    def hold(page: Page) -> None:
        found = runner.run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
        told = [
            f"{one['id']}: {one['help']}: {node['html'][:200]} ({node['failureSummary']})"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]
        assert not told, "\n".join(told)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} px wider than the window"

    return check


@contextmanager
def scripted(page: Page) -> Iterator[Page]:
    """Give a page in which axe can run: where scripts do not run, a copy of it with none of our scripts."""
    if page.context not in _WITHOUT_SCRIPTS:
        yield page
        return
    assert page.context.browser is not None
    with closing(page.context.browser.new_context(viewport=page.viewport_size)) as context:
        content = page.content()
        context.route("**/*", lambda route: route.abort() if route.request.url.endswith(".js") else route.fallback())
        context.route(page.url, lambda route: route.fulfill(body=content, content_type="text/html"))
        copy = context.new_page()
        copy.goto(page.url)
        yield copy


@pytest.fixture(scope="session")
def tab_to() -> Callable[..., None]:
    """Goes to a link, button or field by keyboard alone: ``tab_to(page, "Search")``; what has the focus is seen."""

    def go(page: Page, name: str, most: int = 80) -> None:
        passed = []
        for _ in range(most):
            page.keyboard.press("Tab")
            here = page.evaluate(_FOCUSED)
            assert here["seen"], f"the focus is on {here['name']!r} and cannot be seen"
            passed.append(here["name"])
            if here["name"] == name:
                return
        raise AssertionError(f"{name!r} was not reached by Tab, but {passed}")

    return go


#: The name of what has the focus, and whether one sees that.
_FOCUSED = """() => {
  const at = document.activeElement;
  const labelled = at.labels && at.labels[0] && at.labels[0].textContent;
  const label = at.getAttribute("aria-label") || labelled || at.textContent;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = at === document.body || (style.outlineStyle !== "none" && box.width > 0 && box.height > 0);
  return { name: label.trim().replace(/\\s+/g, " "), seen };
}"""
