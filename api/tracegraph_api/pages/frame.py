"""What all pages have around them: navigation, who reads, as of when, the other language, and the footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, current_app, g, request
from jinja2 import StrictUndefined

from tracegraph.access import LOCAL, Permission, Principal, Role
from tracegraph.errors import StoreUnavailable
from tracegraph.messages import N_
from tracegraph.model import Region
from tracegraph.settings_api import Access
from tracegraph.vocabulary import Grade, Label
from tracegraph_api.context import context, now, principal, store, translator
from tracegraph_api.pages.assets import asset
from tracegraph_api.pages.declare import is_partial, view_has_lens
from tracegraph_api.pages.guard import form_key, form_token
from tracegraph_api.pages.links import LENS, has_page, here, incident_link, link, node_link
from tracegraph_api.pages.templates import page_from
from tracegraph_api.pages.words import country, day, minute, number, plural, reads, say, share, word

#: What pages may load and do: what this server has, and nothing written into the page itself.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Pages in the navigation, in this order, each with its name and the permission that it asks for. Those that are not
#: served yet, or that the reader may not see, are left out.
NAVIGATION: Final[Sequence[tuple[str, str, Permission]]] = (
    ("start.home", N_("Start"), Permission.READ),
    ("exposure.ask", N_("Who depends on it"), Permission.READ),
    ("incidents.all", N_("Incidents"), Permission.READ),
    ("depth.board", N_("Depth"), Permission.READ),
    ("map.world", N_("Map"), Permission.READ),
    ("concentration.all", N_("Concentration"), Permission.READ),
    ("paths.find", N_("Paths"), Permission.READ),
    ("compare.ask", N_("Compare"), Permission.READ),
    ("imports.all", N_("Import"), Permission.WRITE),
    ("subscriptions.all", N_("Subscriptions"), Permission.WATCH),
    ("jobs.all", N_("Jobs"), Permission.WATCH),
    ("audit.rows", N_("Audit log"), Permission.AUDIT),
    ("administration.home", N_("Administration"), Permission.KEYS),
)
#: Pages in the footer; the documentation of the API stands behind them.
FOOTER: Final[Sequence[tuple[str, str]]] = (
    ("help.home", N_("Help")),
    ("help.accessibility", N_("Accessibility")),
    ("help.privacy", N_("Privacy")),
    ("help.licences", N_("Licences")),
)
API_DOCS: Final = "/tracegraph/v1/docs"
ROLES: Final[Mapping[Role, str]] = {
    Role.READER: N_("reader"),
    Role.ANALYST: N_("analyst"),
    Role.RISK_AREA_LEAD: N_("category lead"),
    Role.REGION_ADMINISTRATOR: N_("region administrator"),
    Role.SYSTEM: N_("system"),
}
#: Headings of the best part of the evidence that is read.
GRADES: Final[Mapping[str, str]] = {
    Grade.REPORTED.value: N_("reported or better"),
    Grade.DECLARED.value: N_("declared or better"),
    Grade.VERIFIED.value: N_("verified"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation.

    Attributes
    ----------
    href, text : str
        Where it leads, and what it is called.
    is_current : bool
        Whether it is this page, or the part of the pages that this one belongs to.
    """

    href: str
    text: str
    is_current: bool


def render(
    template: str,
    title: str,
    *,
    status: int = 200,
    crumbs: Sequence[tuple[str, str]] = (),
    **values: Any,
) -> Response:
    """Return a page.

    Parameters
    ----------
    template : str
        Its template, which begins with ``{% extends layout %}`` and fills the block ``content``; see docs/pages.md.
    title : str
        Its heading and title, in the reader's language (`words.say`); another one on every page.
    status : int
        Its status.
    crumbs : sequence of (str, str)
        The pages above it, each with its name and its address; without the first page and without itself.
    **values
        For the template.
    """
    around: dict[str, Any] = {
        "layout": "pages/fragment.html" if is_partial() else "pages/base.html",
        "title": title,
        "no_search": False,
        "theme": bool(context().settings.pages.theme_file),
        "crumbs": crumbs,
        "lang": translator().lang,
        "is_read": bool(g.get("principal")) and principal().may(Permission.READ),
    }
    if not is_partial():
        around |= {"navigation": _navigation(), "footer": _footer(), "reader": _reader(), "lens": _lens()}
    response = Response(page_from(template, **{**around, **values}), status=status, mimetype="text/html")
    response.headers["Content-Language"] = translator().lang
    return response


def with_headers(response: Response) -> Response:
    """Return a page with the headers that all pages have."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"  # without any, a browser does not say where a form comes from
    response.vary.update(("Accept-Language", "Cookie", "HX-Request", "HX-Request-Type"))
    response.vary.discard("Authorization")
    is_public = "principal" in g and not principal().is_known and "Set-Cookie" not in response.headers
    response.headers["Cache-Control"] = "no-cache" if is_public else "no-store, private"
    return response


def can_log_in() -> bool:
    """Return whether there is anybody to log in with."""
    shared = context()
    return shared.settings.access is not Access.LOCAL and any(one.client_id for one in shared.settings.auth.issuers)


def install(app: Flask) -> None:
    """Give the templates of an application what pages use."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        {
            "_": say,
            "plural": plural,
            "number": number,
            "share": share,
            "day": day,
            "minute": minute,
            "word": word,
            "reads": reads,
            "country": country,
            "link": link,
            "here": here,
            "node_link": node_link,
            "incident_link": incident_link,
            "has_page": has_page,
            "asset": asset,
            "form_token": form_token,
            "form_key": form_key,
        }
    )


def _navigation() -> list[Entry]:
    who = g.get("principal")
    if not isinstance(who, Principal):
        return []
    part = (request.endpoint or "").partition(".")[0]
    return [
        Entry(link(endpoint), str(say(text)), part == f"page_{endpoint.partition('.')[0]}")
        for endpoint, text, permission in NAVIGATION
        if has_page(endpoint) and who.may(permission)
    ]


def _footer() -> list[Entry]:
    entries = [Entry(link(endpoint), str(say(text)), False) for endpoint, text in FOOTER if has_page(endpoint)]
    return [*entries, Entry(f"{API_DOCS}?lang={translator().lang}", str(say(N_("For programs (API)"))), False)]


def _reader() -> dict[str, Any]:
    """Return who reads, as the page says it."""
    who = g.get("principal")
    is_alone = isinstance(who, Principal) and who.id == LOCAL.id
    if is_alone:
        text = say(N_("One person on this computer, no log-in: reads as {reader}"), reader=_seen_by(who))
    elif not isinstance(who, Principal) or not who.is_known:
        text = say(N_("You read what is public")) if _is_public() else say(N_("You are not logged in"))
    else:
        roles = ", ".join(say(ROLES[role]) for role in sorted(who.roles))
        place = _place(who)
        text = say(N_("{place}: {roles}"), place=place[:1].upper() + place[1:], roles=roles)
    is_logged_in = isinstance(who, Principal) and who.is_known and not is_alone
    return {"text": text, "can_log_out": is_logged_in, "can_log_in": can_log_in() and not is_logged_in}


def _seen_by(who: Principal) -> str:
    """Return as whom the one person of this computer reads."""
    return str(say(N_("the public"))) if who.limited_to_public else _place(who)


def _is_public() -> bool:
    return context().settings.access is Access.PUBLIC


def _place(who: Principal) -> str:
    """Return for whom somebody reads: their region, else all of them."""
    if who.region is None:
        return str(say(N_("all regions together")))
    names: dict[str, str] = context().parts.setdefault("region-names", {})
    if who.region not in names:
        try:
            found = store().references(Label.REGION, [who.region])
        except StoreUnavailable:  # the page that says so is to be seen all the same
            return who.region
        names[who.region] = next((one.name for one in found if isinstance(one, Region) and one.name), who.region)
    return names[who.region]


def _lens() -> dict[str, Any] | None:
    """Return what the lens bar shows; None: the page has none."""
    if not view_has_lens(current_app.view_functions):
        return None
    given = {name: request.args.get(name, "") for name in LENS}
    others = [
        (name, value)
        for name, values in request.args.lists()
        for value in values
        if name not in LENS and name not in ("page", "cursor") and value.strip()
    ]
    return {
        "given": given,
        "others": others,
        "grades": [(grade, say(text)) for grade, text in GRADES.items()],
        "today": now()[:10],
        "is_changed": any(given.values()),
        "reset": here(**dict.fromkeys((*LENS, "page", "cursor"))),
    }
