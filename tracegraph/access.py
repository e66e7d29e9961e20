"""Who asks, and what they may do: roles, permissions, and the visibilities that follow from them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX


class Role(StrEnum):
    """What a person or program is to the service."""

    READER = "reader"
    ANALYST = "analyst"
    RISK_AREA_LEAD = "risk_area_lead"
    REGION_ADMINISTRATOR = "region_administrator"
    SYSTEM = "system"


class Permission(StrEnum):
    """What one route asks for; every route has exactly one."""

    OPEN = "open"  # no data of the store: health, documentation
    READ = "read"  # what is stored, and the questions, under the lens
    WATCH = "watch"  # one's own subscriptions and jobs
    WRITE = "write"  # claims, nodes, datasets
    REPORT = "report"  # incidents and their revisions
    TRIAGE = "triage"  # where a contract stands towards an incident
    REVIEW = "review"  # accept or refuse what others proposed
    KEYS = "keys"  # API keys and webhooks of one's region
    AUDIT = "audit"  # who read or changed what, of one's region
    SYSTEM = "system"  # everything without a lens: export, undo of others' imports, state of the store


_READER: Final = frozenset({Permission.OPEN, Permission.READ, Permission.WATCH})
_ANALYST: Final = _READER | {Permission.WRITE, Permission.REPORT, Permission.TRIAGE}
#: What each role may do. Whoever asks without a token may do `ANONYMOUS_MAY`, where that is allowed at all.
ROLE_MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.READER: _READER,
    Role.ANALYST: _ANALYST,
    Role.RISK_AREA_LEAD: _ANALYST | {Permission.REVIEW},
    Role.REGION_ADMINISTRATOR: _ANALYST | {Permission.REVIEW, Permission.KEYS, Permission.AUDIT},
    Role.SYSTEM: frozenset(Permission),
}
ANONYMOUS_MAY: Final = frozenset({Permission.OPEN, Permission.READ})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes
    ----------
    id : str
        ``anonymous``, ``local``, ``key:...`` or ``user:...``; never a name or an address of a person.
    roles : frozenset of Role
        What they are; empty for who is not known.
    region : str or None
        The region whose member they are; None for national leads, the public and the system.
    grants : frozenset of str
        Visibilities of regions that they were granted besides.
    scopes : frozenset of Permission or None
        What a key is narrowed to; None: all that the roles may.
    limited_to_public : bool
        Whether only what is public is seen, whatever the roles.
    """

    id: str
    roles: frozenset[Role] = frozenset()
    region: str | None = None
    grants: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[Permission] | None = None
    limited_to_public: bool = False

    @property
    def is_known(self) -> bool:
        """Whether they showed who they are."""
        return bool(self.roles)

    @property
    def tenant(self) -> str:
        """Whose limits they share and whose jobs they see: their region's, else their own."""
        return f"{REGION_PREFIX}{self.region}" if self.region else self.id

    @property
    def home(self) -> str:
        """The visibility of what belongs to their region alone; of who has none, to all regions together."""
        return f"{REGION_PREFIX}{self.region}" if self.region else NETWORK

    @property
    def visible_to(self) -> tuple[str, ...]:
        """The visibilities that they may see, sorted: public, network, their region's, and what was granted."""
        if not self.is_known or self.limited_to_public:
            return (PUBLIC,)
        own = {f"{REGION_PREFIX}{self.region}"} if self.region else set()
        return tuple(sorted({PUBLIC, NETWORK} | own | self.grants))

    def may(self, permission: Permission) -> bool:
        """Return whether a route with this permission is open to them."""
        allowed = frozenset().union(*(ROLE_MAY[role] for role in self.roles)) if self.roles else ANONYMOUS_MAY
        if permission is Permission.OPEN:
            return True
        return permission in allowed and (self.scopes is None or permission in self.scopes)

    @property
    def writes_to(self) -> tuple[str, ...]:
        """The visibilities that they may record for, sorted; a grant lets them see, and not write."""
        return tuple(one for one in self.visible_to if one not in self.grants) if self.is_known else ()

    def may_write_as(self, visibility: str) -> bool:
        """Return whether they may record something of this visibility."""
        return visibility in self.writes_to


#: Who shows no token.
ANONYMOUS: Final = Principal("anonymous")
#: The one person of an installation without log-in.
LOCAL: Final = Principal("local", frozenset({Role.SYSTEM}))


def local(reader: str) -> Principal:
    """Return the one person of an installation without log-in, who reads as `reader`.

    Parameters
    ----------
    reader : str
        ``public``, ``network``, or the code of the region whose member they are.
    """
    region = reader if reader not in (PUBLIC, NETWORK) else None
    return replace(LOCAL, region=region, limited_to_public=reader == PUBLIC)
