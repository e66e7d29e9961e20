"""What this API is, and what is in it."""

from __future__ import annotations

from typing import Final

from flask import Response, current_app

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph_api.context import context
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import respond

resource = Resource("about", __name__, url_prefix="", description=N_("What this API is, and what is in it."))

NAME: Final = "tracegraph"
STATUS: Final = "beta"
#: The day on which this version of the interface was settled.
RELEASED: Final = "2026-11-24"


@resource.get("/api-info")
@operation(
    Permission.OPEN,
    says=(
        N_("What this API is"),
        N_("Name, version and state of the interface, in the field names that the national API profile asks for."),
    ),
    answers={200: Answered(N_("What this API is."), "api_info")},
)
def api_info() -> Response:
    """Answer what this API is."""
    return respond(
        {
            "apiName": NAME,
            "apiVersion": current_app.config["API_VERSION"],
            "apiReleased": RELEASED,
            "apiDocumentation": f"{context().settings.public_url}/tracegraph/v1/docs",
            "apiStatus": STATUS,
        }
    )


@resource.get("/")
@operation(
    Permission.OPEN,
    says=(
        N_("What is in this API"),
        N_("Links to everything that can be read without knowing an id; each answer links further."),
    ),
    answers={200: Answered(N_("Links by name of the resource."), "api_root")},
)
def api_root() -> Response:
    """Answer what is in this API."""
    return respond({"name": NAME, "version": current_app.config["API_VERSION"], "_links": _links()})


def _links() -> dict[str, dict[str, str]]:
    """Return the addresses below this one that have no parts of their own and can be read, by their last words."""
    links: dict[str, dict[str, str]] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        root, _, name = rule.rule.partition("/tracegraph/v1/")
        if "GET" in (rule.methods or ()) and not rule.arguments and not root and name:
            links[name.replace("-", "_").replace("/", "_").replace(".", "_")] = {"href": rule.rule}
    return {"self": {"href": "/tracegraph/v1/"}, **links}
