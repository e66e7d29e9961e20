"""Help: the method in plain language, accessibility, privacy, and the licences of what this is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.services.logins import LASTS
from tracegraph.settings_api import Access
from tracegraph.vocabulary import Grade, Status
from tracegraph_api.context import context
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.licences import installed, shipped
from tracegraph_api.pages.words import say

pages = Pages("help")

ACCESS: Final[Mapping[Access, str]] = {
    Access.LOCAL: N_("only the person at this computer, without log-in"),
    Access.PUBLIC: N_("everybody reads what is public; who logs in reads and does more"),
    Access.PRIVATE: N_("only who logs in"),
}


@pages.shows("/help", Permission.OPEN)
def home(_: Given) -> Response:
    """Show how answers are made, in plain language."""
    return render("pages/help.html", say(N_("Help")), statuses=list(Status), grades=list(Grade))


@pages.shows("/accessibility", Permission.OPEN)
def accessibility(_: Given) -> Response:
    """Show the accessibility statement."""
    settings = context().settings
    return render(
        "pages/accessibility.html",
        say(N_("Accessibility statement")),
        operator=settings.contact_name,
        email=settings.contact_email,
        address=settings.public_url,
    )


@pages.shows("/privacy", Permission.OPEN)
def privacy(_: Given) -> Response:
    """Show which personal data are kept, and for how long."""
    settings = context().settings
    return render(
        "pages/privacy.html",
        say(N_("Privacy")),
        operator=settings.contact_name,
        email=settings.contact_email,
        hours=int(LASTS.total_seconds() // 3600),
        access=say(ACCESS[settings.access]),
        reads=settings.audit.audit_reads == "on",
    )


@pages.shows("/licences", Permission.OPEN)
def licences(_: Given) -> Response:
    """Show the software of others, with its licences."""
    own, *others = installed()
    return render("pages/licences.html", say(N_("Licences")), own=own, installed=others, shipped=shipped())
