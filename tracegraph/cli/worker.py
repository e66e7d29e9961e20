"""The command `worker`: what the API leaves to be done in the background."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tracegraph.cli.help import Spoken
from tracegraph.cli.options import common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.delivery.mail import MailSender
from tracegraph.delivery.senders import Outward
from tracegraph.delivery.webhooks import WebhookSender
from tracegraph.messages import N_
from tracegraph.services import import_jobs
from tracegraph.services.anchors import keep_anchor
from tracegraph.services.delivering import deliver
from tracegraph.services.events import EVENT
from tracegraph.services.notifying import notify
from tracegraph.services.owners_now import owners_at
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.working import QUESTION, Duties, Step, Work, run
from tracegraph.settings_api import Access, ApiSettings, load_api_settings
from tracegraph.settings_delivery import load_delivery_settings
from tracegraph.settings_limits import LimitSettings
from tracegraph_api import create_app, heavy, logs
from tracegraph_api.context import utc_now
from tracegraph_api.serving import note_start

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: So many events are looked at together: what happened meanwhile is told in one message.
_AT_ONCE: Final = 1_000


@click.command(
    "worker",
    cls=Spoken,
    help=N_(
        "Do what the API leaves to be done later: imports, questions that take long, messages to subscribers. Several "
        "may run at once. Ends, on SIGTERM or Ctrl-C, with what is at hand done or given back."
    ),
    example="tracegraph worker --store neo4j://localhost\ntracegraph worker --once",
)
@click.option("--once", is_flag=True, help=N_("End when nothing is left to be done."))
@click.option("--name", metavar="NAME", help=N_("Its own name among workers (default: host and process)."))
@common_options
@pass_session
def worker(session: Session, /, *, once: bool, name: str | None) -> None:
    """Work until told to stop."""
    settings = load_api_settings()
    logs.configure()
    with session.store() as store:
        work = Work(store, name or f"{socket.gethostname()}-{os.getpid()}", utc_now, settings.jobs.lease_seconds)

        def stop(*_: Any) -> None:
            work.stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        note_start(store, settings, "worker", utc_now())
        run(work, duties(settings, store), once=once)


def duties(settings: ApiSettings, store: Store) -> Duties:
    """Return what a worker does.

    Questions are asked of an application of its own, which has no rates and no deadline.
    """
    app = create_app(replace(settings, access=Access.PUBLIC, limits=LimitSettings()), store)
    steps = {**telling(settings), **anchoring(settings)}
    return Duties({**import_jobs.HANDLERS, QUESTION: heavy.handler(app)}, steps)


def anchoring(settings: ApiSettings) -> Mapping[str, Step]:
    """Return the step by which ends of the audit trail are kept, if there is a file for them."""
    path = settings.audit.audit_anchor

    def anchored(work: Work) -> int:
        return int(keep_anchor(work.store, Path(path), work.clock()) is not None)

    return {"anchors": anchored} if path else {}


def telling(settings: ApiSettings) -> Mapping[str, Step]:
    """Return the steps by which subscribers are told what is new to them."""
    delivery = load_delivery_settings()
    senders = Outward(WebhookSender(delivery.webhook_networks), MailSender(delivery, settings.public_url))
    kept: list[Portfolios] = []

    def notified(work: Work) -> int:
        events = work.store.take(EVENT, work.clock(), work.held_until, _AT_ONCE)
        if not events:
            return 0
        if not kept:
            kept.append(Portfolios(work.store))
        return notify(work.store, events, work.clock(), kept[0], owners_at(work.store, work.clock())).events

    def delivered(work: Work) -> int:
        return deliver(work.store, senders, owners_at(work.store, work.clock()), work.clock())

    return {"events": notified, "messages": delivered}
