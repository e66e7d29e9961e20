"""Callers for tests: keys that were really made, and clients that show them."""

from __future__ import annotations

from itertools import count

from flask import Flask
from flask.testing import FlaskClient

from tests.api.checked import checked
from tracegraph.access import LOCAL, Permission, Role
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import new_key
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph_api import create_app
from tracegraph_api.context import utc_now

_NUMBERS = count()


def token_for(
    store: Store,
    role: Role,
    region: str | None = None,
    *,
    scopes: frozenset[Permission] | None = None,
    grants: frozenset[str] = frozenset(),
) -> str:
    """Return the token of a new key."""
    made = new_key(LOCAL, f"test-{next(_NUMBERS)}", Rights(frozenset({role}), region, scopes, grants), utc_now())
    store.commit(Beside([made.write]), utc_now())
    return made.token


def app_for(store: Store, access: Access = Access.PUBLIC) -> Flask:
    """Return the application as it is served to others."""
    return create_app(ApiSettings(access=access), store)


def client_as(app: Flask, token: str | None) -> FlaskClient:
    """Return a client that shows a token with every request; None: none."""
    client = checked(app)
    if token is not None:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
