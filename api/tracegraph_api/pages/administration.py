"""Administration: who may do what, the settings in force and before, and what was said of the accessibility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import ROLE_MAY, Permission, Role
from tracegraph.messages import N_
from tracegraph.services.feedback import MOST, deleted, feedback_kept
from tracegraph.services.settings_history import Start, settings_history
from tracegraph.settings import load_settings, origin
from tracegraph.settings_api import doubtful
from tracegraph.settings_auth import Issuer
from tracegraph.settings_shown import served_settings, settings_in_force
from tracegraph_api.changes import change
from tracegraph_api.context import context, now, principal, store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import done
from tracegraph_api.pages.frame import ROLES, render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message, say

pages = Pages("administration")

PERMISSIONS: Final[Mapping[Permission, str]] = {
    Permission.OPEN: N_("read help and documentation"),
    Permission.READ: N_("read, and ask"),
    Permission.WATCH: N_("watch things, and see one’s jobs"),
    Permission.WRITE: N_("import, and record facts"),
    Permission.REPORT: N_("record incidents"),
    Permission.TRIAGE: N_("say where contracts stand"),
    Permission.REVIEW: N_("accept or refuse proposals"),
    Permission.KEYS: N_("manage keys and addresses of programs"),
    Permission.AUDIT: N_("read the audit log"),
    Permission.SYSTEM: N_("run the service: see everything, check the log"),
}
#: Kinds of processes whose settings are kept.
PROCESSES: Final[Mapping[str, str]] = {
    "api": N_("the service itself"),
    "serve": N_("the service on one computer"),
    "worker": N_("what works in the background"),
}
_STARTS: Final = 50


@pages.shows("/administration", Permission.KEYS)
def home(_: Given) -> Response:
    """Show who may do what, and where that is managed."""
    who = principal()
    return render(
        "pages/administration.html",
        say(N_("Administration")),
        roles=[(say(ROLES[role]), [say(PERMISSIONS[one]) for one in _may(role)]) for role in Role],
        own_roles=", ".join(say(ROLES[role]) for role in sorted(who.roles)),
        own_id=who.id,
        issuers=[_issuer(one) for one in context().settings.auth.issuers],
        may_see_settings=who.may(Permission.SYSTEM),
    )


def _may(role: Role) -> list[Permission]:
    return [one for one in Permission if one in ROLE_MAY[role] and one is not Permission.OPEN]


def _issuer(one: Issuer) -> dict[str, Any]:
    """Return what an identity provider's words mean here; never its secret."""
    return {
        "name": one.name or one.issuer,
        "address": one.issuer,
        "roles": [(word, say(ROLES[role])) for word, role in sorted(one.roles.items())],
        "regions": sorted(one.regions.items()),
    }


@pages.shows("/administration/settings", Permission.SYSTEM)
def settings(_: Given) -> Response:
    """Show every setting in force, where it comes from, and what it was before; secrets are masked."""
    shared = context()
    info, history = store().info(), settings_history(store())
    in_force = settings_in_force(load_settings(), shared.settings, info.url)
    return render(
        "pages/settings.html",
        say(N_("Settings in force")),
        crumbs=_crumbs(),
        rows=[(name, say(about), value, message(origin(name))) for name, (about, value) in in_force.items()],
        wrong=[message(part.wrong) for part in served_settings() if part.wrong],
        doubtful=[message(one) for one in doubtful(shared.settings)],
        info=info,
        history=[_start(one, in_force) for one in history[:_STARTS]],
        total=len(history),
    )


def _start(one: Start, in_force: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return a start with other settings than the one before, in words."""
    return {
        "at": one.at,
        "process": say(PROCESSES[one.process]) if one.process in PROCESSES else one.process,
        "version": one.version,
        "is_first": one.is_first,
        "changed": [
            (name, say(in_force[name][0]) if name in in_force else "", before, after)
            for name, (before, after) in one.changed.items()
        ],
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(say(N_("Administration")), link("administration.home"))]


# --- what was said of the accessibility ------------------------------------------------------------------------------


@pages.shows("/administration/feedback", Permission.SYSTEM)
def feedback(_: Given) -> Response:
    """Show what readers said of the accessibility."""
    kept = feedback_kept(store())
    return render(
        "pages/feedback.html",
        say(N_("What was said of the accessibility")),
        crumbs=_crumbs(),
        rows=kept,
        most=MOST,
    )


@pages.takes("/administration/feedback/<id>/delete", Permission.SYSTEM)
def delete_feedback(id: str) -> Response | AnyResponse:
    """Delete something that was said."""
    write = deleted(store(), id, change().expected_version())
    reply = done(link("administration.feedback"))
    store().commit(change().beside("feedback.delete", f"feedback:{id}", reply, records=[write]), now())
    return change().answered()
