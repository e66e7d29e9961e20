"""Administration: who may do what, and the settings in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from tracegraph.access import ROLE_MAY, Permission, Role
from tracegraph.messages import N_
from tracegraph.settings import origin
from tracegraph.settings_api import ACCESS, PUBLIC_URL, doubtful
from tracegraph.settings_auth import Issuer
from tracegraph.settings_shown import served_settings
from tracegraph_api.context import context, principal
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
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
    """Show every setting in force, and where it comes from; secrets are masked."""
    parts, own = served_settings(), context().settings
    in_force = {ACCESS: own.access.value, PUBLIC_URL: own.public_url}  # what serves may have set them itself
    return render(
        "pages/settings.html",
        say(N_("Settings in force")),
        crumbs=[(say(N_("Administration")), link("administration.home"))],
        rows=[
            (name, say(part.about[name]), in_force.get(name, value), message(origin(name)))
            for part in parts
            for name, value in part.values.items()
        ],
        wrong=[message(part.wrong) for part in parts if part.wrong],
        doubtful=[message(one) for one in doubtful(context().settings)],
    )
