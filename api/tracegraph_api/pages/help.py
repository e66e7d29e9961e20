"""Help: the method in plain language, accessibility, privacy, and the licences of what this is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import ANONYMOUS, Permission
from tracegraph.errors import NotNow
from tracegraph.messages import N_
from tracegraph.services.feedback import LONGEST, LONGEST_PLACE, new_feedback
from tracegraph.services.logins import LASTS
from tracegraph.settings_api import Access
from tracegraph.vocabulary import Grade, Status
from tracegraph_api.changes import change
from tracegraph_api.context import context, now, store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.licences import installed, shipped
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message, say

pages = Pages("help")

#: Day on which the shortcomings that the statement names were last gone through; to be changed with them.
GONE_THROUGH: Final = "2026-11-24"
ACCESS: Final[Mapping[Access, str]] = {
    Access.LOCAL: N_("only the person at this computer, without log-in"),
    Access.PUBLIC: N_("everybody reads what is public; who logs in reads and does more"),
    Access.PRIVATE: N_("only who logs in"),
}


@pages.shows("/help", Permission.OPEN)
def home(_: Given) -> Response:
    """Show how answers are made, in plain language."""
    return render("pages/help.html", say(N_("Help")), statuses=list(Status), grades=list(Grade))


class _StatementQuery(Schema):
    """What the statement answers to who has sent something."""

    sent = fields.Boolean(load_default=False)


class _FeedbackForm(Schema):
    """What somebody says of the accessibility; nothing of who they are."""

    text = fields.String(
        required=True, validate=validate.Length(max=LONGEST), error_messages={"required": N_("write what is wrong")}
    )
    place = fields.String(validate=validate.Length(max=LONGEST_PLACE), load_default="")


@pages.shows("/accessibility", Permission.OPEN, (_StatementQuery,))
def accessibility(given: Given) -> Response:
    """Show the accessibility statement, with a form that can be sent without a name."""
    return _statement(Form(), is_sent=given["sent"])


def _statement(form: Form, *, is_sent: bool = False, status: int = 200) -> Response:
    settings = context().settings
    return render(
        "pages/accessibility.html",
        say(N_("Accessibility statement")),
        status=status,
        operator=settings.contact_name,
        email=settings.contact_email,
        address=settings.public_url,
        stated=settings.pages,
        gone_through=GONE_THROUGH,
        form=form,
        is_sent=is_sent,
        longest=LONGEST,
    )


@pages.takes("/accessibility", Permission.OPEN)
def say_what_is_wrong() -> Response | AnyResponse:
    """Keep what somebody says of the accessibility."""
    form = sent(_FeedbackForm)
    if form.is_right:
        try:
            write = new_feedback(store(), form.given["text"].strip(), form.given["place"].strip(), now())
        except NotNow as error:
            form.errors.append({"field": "", "text": message(error.message)})
            return _statement(form, status=409)
        reply = done(link("help.accessibility", sent="true"))
        facts = {"characters": len(form.given["text"])}
        subject = f"feedback:{write.id}"
        beside = change().beside("feedback.send", subject, reply, records=[write], facts=facts, by=ANONYMOUS)
        store().commit(beside, now())
        return change().answered()
    return _statement(form, status=422)


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
