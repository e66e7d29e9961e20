"""Write ``docs/pictures/page-*.png``: the main pages, as they show the demo; needs Chromium (``make screenshots``).

Pictures of a browser differ from machine to machine by a few points, so no test compares them.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tracegraph.composition import open_store
from tracegraph.services.demo import fill
from tracegraph.settings_api import Access, ApiSettings
from tracegraph_api import create_app

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
NOW = "2026-01-01T00:00:00Z"
SIZE = (1280, 900)
#: The day after the headline.
THEN = urlencode({"valid_at": "2019-02-19", "known_at": "2019-02-19"})
GROUP = urlencode({"group": "demo-gloves", "countries": "MY"})
PAGES = {
    "start": f"/?{THEN}",
    "exposure": f"/exposure?{GROUP}&{THEN}",
    "incident": f"/incidents/demo-inc-gloves-and-debts?{THEN}",
    "chain": f"/contracts/demo-c-0007/chain?{THEN}",
    "depth": f"/depth?{THEN}",
}


@contextmanager
def served() -> Iterator[str]:
    """Serve the demo on this computer for the time of a with-block; its address."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/demo.db")
        fill(store, NOW)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        app = create_app(ApiSettings(access=Access.LOCAL), store)
        with make_server("127.0.0.1", 0, app, threaded=True) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()
        store.close()


def main() -> int:
    """Take the pictures; 1 where a page is not what it should be."""
    chromium = os.environ.get("TRACEGRAPH_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("Chromium was not found: tools/setup.sh installs Debian's\n")
        return 1
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    failed = 0
    with served() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="en-GB")
        page.goto(f"{address}/language?{urlencode({'lang': 'en', 'next': '/'})}")
        for name, path in PAGES.items():
            answer = page.goto(f"{address}{path}")
            if answer is None or answer.status != 200:
                sys.stderr.write(f"{path} answered {answer.status if answer else 'nothing'}\n")
                failed = 1
            if name != "start":  # what matters is below the menu
                page.locator("h1").evaluate("heading => heading.scrollIntoView()")
            page.screenshot(path=PICTURES / f"page-{name}.png")
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
