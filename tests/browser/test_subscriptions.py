"""A program is told what is new: it fails first, the page says why, and what is sent once more arrives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, Axe, Look
from tests.delivery.receiver import LOOPBACK, Receiver, receiving, trusting
from tracegraph.delivery.mail import MailSender
from tracegraph.delivery.senders import Outward
from tracegraph.delivery.webhooks import WebhookSender
from tracegraph.moments import later
from tracegraph.services.delivering import deliver
from tracegraph.services.events import EVENT, event_write
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.services.notifying import notify
from tracegraph.services.owners_now import owners_at
from tracegraph.services.portfolios import Portfolios
from tracegraph.settings_delivery import DeliverySettings
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph_api.context import utc_now

NEWS = {
    "sources.csv": "source_id,title\nnational-fiction-2,Fictional delivery notes\n",
    "contracts.csv": "contract_id,title,regions,source_id\nfictional-c-1,Fictional gloves,SE-AB,national-fiction-2\n",
    "deliveries.csv": (
        "contract_id,supplier_id,product,source_id\nfictional-c-1,demo-reseller-01,gloves-nitrile,national-fiction-2\n"
    ),
}
WORDS = {
    "sv": {
        "address": "Adress",
        "add": "Lägg till",
        "to_program": "Till ett program (webhook)",
        "program": "Adress till ett program",
        "watch": "Bevaka",
        "messages": "Alla meddelanden, och om de kom fram",
        "waits": "väntar på att skickas",
        "code": "tog inte emot det och svarade med koden 500",
        "gone": "inte tar emot några fler meddelanden",
        "again": "Skicka igen",
        "sent": "skickat",
        "arrived": "kom fram",
    },
    "en": {
        "address": "Address",
        "add": "Add",
        "to_program": "To a program (webhook)",
        "program": "Address of a program",
        "watch": "Watch",
        "messages": "All messages, and whether they arrived",
        "waits": "waits to be sent",
        "code": "did not take it and answered with the code 500",
        "gone": "takes no messages any more",
        "again": "Send once more",
        "sent": "sent",
        "arrived": "it arrived",
    },
}


class Told:
    """What a worker does for subscribers, a little later each time."""

    def __init__(self, store: Store, authority: trustme.CA, folder: Path) -> None:
        self.store, self.folder, self.now = store, folder, utc_now()
        webhooks = WebhookSender(LOOPBACK, trusting(authority))
        self.senders = Outward(webhooks, MailSender(DeliverySettings(), ""))
        self.close = webhooks.close

    def happens(self) -> None:
        """Record something new, and write the messages that tell of it."""
        for name, text in NEWS.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        write_reading(self.store, read_checked(self.store, [self.folder]), self.now)
        self.store.commit(Beside([event_write("claims.changed", "import:1", "network", self.now, {})]), self.now)
        events = self.store.take(EVENT, self.now, later(self.now, 60), 10)
        assert notify(self.store, events, self.now, Portfolios(self.store), owners_at(self.store, self.now)).messages

    def tries(self) -> None:
        """Send what is due."""
        self.now = later(self.now, 120)
        assert deliver(self.store, self.senders, owners_at(self.store, self.now), self.now) == 1


@pytest.fixture
def receiver() -> Iterator[tuple[Receiver, trustme.CA]]:
    authority = trustme.CA()
    with receiving(authority) as kept:
        yield kept, authority


@pytest.fixture
def told(store: Store, receiver: tuple[Receiver, trustme.CA], tmp_path: Path) -> Iterator[Told]:
    (tmp_path / "news").mkdir()
    made = Told(store, receiver[1], tmp_path / "news")
    yield made
    made.close()


@pytest.mark.parametrize("look", LOOKS[1:3], indirect=True, ids=str)
def test_a_message_that_failed_is_sent_once_more(
    writing_page: Page,
    look: Look,
    axe: Axe,
    receiver: tuple[Receiver, trustme.CA],
    told: Told,
) -> None:
    page, say, program = writing_page, WORDS[look.lang], receiver[0]
    page.goto("/administration/webhooks")
    page.get_by_label(say["address"], exact=True).fill(program.url)
    page.get_by_role("button", name=say["add"], exact=True).click()
    expect(page.locator("code.secret")).to_contain_text("whsec_")
    page.goto("/subscriptions?kind=supplier&id=demo-reseller-01")
    page.get_by_label(say["to_program"]).check()
    page.get_by_label(say["program"]).select_option(label=program.url)
    page.get_by_role("button", name=say["watch"], exact=True).click()
    axe(page)
    told.happens()
    page.get_by_role("link", name=say["messages"]).click()
    row = page.get_by_role("main").locator("tbody tr")
    for status, texts in ((500, ("waits", "code")), (410, ("gone",))):
        program.status = status
        told.tries()
        page.reload()
        for text in texts:
            expect(row).to_contain_text(say[text])
    expect(row).to_contain_text("fictional-c-1")
    axe(page)
    program.status = 204
    row.get_by_role("button", name=say["again"]).click()
    expect(row).to_contain_text(say["waits"])
    told.tries()
    page.reload()
    expect(row).to_contain_text(say["arrived"])
    assert len(program.got) == 3
    assert len({headers["webhook-id"] for headers, _ in program.got}) == 1, "a program can tell that it is the same"
