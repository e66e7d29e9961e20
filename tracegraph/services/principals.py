"""Who asks, as records keep it: for what is done for them later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.access import Permission, Principal, Role


def principal_body(who: Principal) -> dict[str, Any]:
    """Return who asks as JSON: an opaque id, and what they may do and see."""
    return {
        "id": who.id,
        "roles": sorted(who.roles),
        "region": who.region,
        "grants": sorted(who.grants),
        "scopes": None if who.scopes is None else sorted(who.scopes),
        "limited_to_public": who.limited_to_public,
    }


def principal_from(body: Mapping[str, Any]) -> Principal:
    """Return who asked."""
    scopes = body["scopes"]
    return Principal(
        id=body["id"],
        roles=frozenset(Role(role) for role in body["roles"]),
        region=body["region"],
        grants=frozenset(body["grants"]),
        scopes=None if scopes is None else frozenset(Permission(scope) for scope in scopes),
        limited_to_public=body["limited_to_public"],
    )
