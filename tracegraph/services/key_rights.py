"""What a key may be for: never more than who gives it away may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tracegraph.access import Permission, Principal, Role
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.vocabulary import REGION_PREFIX

_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Rights:
    """What a key is for.

    Attributes
    ----------
    roles : frozenset of Role
        At least one.
    region : str or None
        The region whose member it is.
    scopes : frozenset of Permission or None
        What it is narrowed to; None: all that its roles may.
    grants : frozenset of str
        Visibilities of regions that it sees besides.
    """

    roles: frozenset[Role]
    region: str | None = None
    scopes: frozenset[Permission] | None = None
    grants: frozenset[str] = frozenset()


def checked_rights(by: Principal, rights: Rights) -> Rights:
    """Return rights that somebody may give away: never more than their own.

    Raises
    ------
    InvalidInput
        They are more than that, or contradict themselves.
    """
    if not rights.roles:
        raise InvalidInput(N_("a key needs a role: {allowed}"), allowed=", ".join(Role)).at("/roles")
    if rights.region is not None and not _REGION.fullmatch(rights.region):
        raise InvalidInput(N_("{value!r} is no region: write a code like SE-AB"), value=rights.region).at("/region")
    if not all(_is_of_region(visibility) for visibility in rights.grants):
        raise InvalidInput(N_("a grant is the visibility of a region, like region:SE-AB")).at("/grants")
    given = _key_principal(rights)
    beyond = any(given.may(permission) and not by.may(permission) for permission in Permission)
    if Role.SYSTEM not in by.roles:
        is_foreign = by.region is None or rights.region != by.region
        beyond |= is_foreign or Role.SYSTEM in rights.roles or not set(given.visible_to) <= set(by.visible_to)
    if beyond:
        raise InvalidInput(N_("you cannot give away more than you may yourself, nor for another region"))
    return rights


def _is_of_region(visibility: str) -> bool:
    return visibility.startswith(REGION_PREFIX) and bool(_REGION.fullmatch(visibility.removeprefix(REGION_PREFIX)))


def _key_principal(rights: Rights) -> Principal:
    return Principal("key:new", rights.roles, rights.region, rights.grants, rights.scopes)
