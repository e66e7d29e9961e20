"""Where a Neo4j store is, read from its URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

_SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is, taken apart.

    Attributes
    ----------
    uri : str
        Scheme, host and port.
    user, password : str
        Credentials; never shown.
    database : str or None
        None: the user's home database.
    """

    uri: str
    user: str
    password: str
    database: str | None

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"

    @property
    def shown(self) -> str:
        """The URL without credentials."""
        return self.uri + (f"/{self.database}" if self.database else "")


def parse_url(url: str, user: str | None = None, password: str | None = None, database: str | None = None) -> Address:
    """Return the address that a URL ``neo4j://USER:PASSWORD@HOST:PORT/DATABASE`` names.

    Parameters
    ----------
    url : str
        ``neo4j``, ``bolt``, or one of these with ``+s`` or ``+ssc``; everything but the host may be left out.
    user, password, database : str, optional
        Instead of those in the URL.

    Raises
    ------
    SettingsInvalid
        The URL is none of these; the message does not repeat the password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 7687
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme not in _SCHEMES or parts.query or "/" in parts.path.strip("/"):
        raise SettingsInvalid(
            N_("{scheme} is not a Neo4j URL: write neo4j://USER:PASSWORD@HOST:PORT/DATABASE, or bolt://..."),
            scheme=f"{url.partition('://')[0][:20]}://...",
        )
    return Address(
        uri=f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}",
        user=user or unquote(parts.username or "") or "neo4j",
        password=password if password is not None else unquote(parts.password or ""),
        database=database or unquote(parts.path.strip("/")) or None,
    )
