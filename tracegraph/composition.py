"""Opens a store by its address: the one place, with the tests, that names concrete stores."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote, urlsplit, urlunsplit

from tracegraph.errors import InvalidInput, StoreNotReady
from tracegraph.messages import N_

if TYPE_CHECKING:  # the port needs numpy, which a command that opens nothing can do without
    from tracegraph.store.port import Store

SQLITE: Final = "sqlite"
NEO4J_SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def open_store(
    url: str,
    *,
    user: str | None = None,
    password: str | None = None,
    create: bool = True,
    init: bool = True,
    read_seconds: float | None = None,
) -> Store:
    """Open the store at an address.

    Parameters
    ----------
    url : str
        ``sqlite:///file.db`` (relative), ``sqlite:////folder/file.db`` (absolute), ``neo4j://host`` or ``bolt://host``.
    user, password : str, optional
        For a Neo4j whose address names none.
    create : bool
        Whether a store that does not exist yet is made: an SQLite file, or the schema in a Neo4j database.
    init : bool
        Whether a store that may be made, or an SQLite file, is set up or brought up to date at once. Who only reads
        from Neo4j need not be allowed to change its schema.
    read_seconds : float, optional
        How long one question may take, and a writer of an SQLite file may wait for another; None: as long as the store
        thinks right. Setting up takes as long as it takes.

    Returns
    -------
    Store
        To be closed by the caller.

    Raises
    ------
    InvalidInput
        The address is none of these.
    StoreNotReady
        There is no such SQLite file and `create` is false.
    """
    scheme = url.partition("://")[0].lower()
    if scheme == SQLITE:
        return _open_sqlite(sqlite_path(url), create, init, read_seconds)
    if scheme in NEO4J_SCHEMES:
        limit = {} if read_seconds is None else {"timeout_s": read_seconds}
        store = _store_class("tracegraph.store.neo4j", "Neo4jStore")(with_credentials(url, user, password), **limit)
        return _set_up(store) if create and init else store
    raise InvalidInput(
        N_("{url!r} is not the address of a store: use sqlite:///file.db, neo4j://host or bolt://host"),
        url=without_password(url),
    )


def _open_sqlite(path: Path, create: bool, init: bool, read_seconds: float | None) -> Store:
    if not path.exists() and not create:
        raise StoreNotReady(
            N_("there is no store at {path}: import a dataset first (tracegraph import DIR), or try tracegraph demo"),
            path=str(path),
        )
    limit = {} if read_seconds is None else {"read_seconds": read_seconds}
    store = _store_class("tracegraph.store.sqlite", "SqliteStore")(path, **limit)
    return _set_up(store) if init else store


def _set_up(store: Store) -> Store:
    """Bring a store's schema up to date; close it if that fails."""
    try:
        store.init()
    except BaseException:
        store.close()
        raise
    return store


def _store_class(module: str, name: str) -> Callable[..., Store]:
    """Return a store's class; its module, and the driver that it needs, are loaded when it is used."""
    return cast("Callable[..., Store]", getattr(import_module(module), name))


def sqlite_path(url: str) -> Path:
    """Return the file of an SQLite address."""
    rest = url.partition("://")[2]
    if not rest.startswith("/") or len(rest) < 2:
        raise InvalidInput(
            N_("{url!r} names no file: write sqlite:///file.db, or sqlite:////folder/file.db for an absolute path"),
            url=url,
        )
    return Path(rest[1:])


def with_credentials(url: str, user: str | None, password: str | None) -> str:
    """Return a Neo4j address with user and password, unless it names them itself."""
    parts = urlsplit(url)
    if parts.username or not password:
        return url
    login = f"{quote(user or 'neo4j', safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def without_password(url: str) -> str:
    """Return an address as it may be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@", 1)))
