"""An identity provider on this machine, and the tokens that it and others sign."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_auth import AuthSettings, Issuer
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of

NOW = 1_767_225_600  # 2026-01-01T00:00:00Z
MOMENT = "2026-01-01T00:00:00Z"
ME = "/tracegraph/v1/me"
SIGNING = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
CURVED = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "k1"})


class IdentityProvider:
    """What a region runs: discovery and keys over HTTP, as it is told."""

    def __init__(self) -> None:
        self.keys: list[Any] = [SIGNING, CURVED]
        self.fetched = 0
        self.delay_s = 0.0
        self.changes: dict[str, Any] = {}
        self.stated: list[dict[str, Any]] = []  # published besides the keys
        self.body: bytes | None = None  # sent whatever is asked
        self.moved: dict[str, str] = {}  # where a path leads to
        self.drop_s = 0.0  # between one byte and the next
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                time.sleep(owner.delay_s)
                moved_to = owner.moved.get(self.path)
                said = {} if moved_to else owner.answer(self.path)
                body = json.dumps(said).encode() if owner.body is None else owner.body
                self.send_response(302 if moved_to else 200)
                if moved_to:
                    self.send_header("Location", moved_to)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):  # who asked has left
                    self.drop(body) if owner.drop_s else self.wfile.write(body)

            def drop(self, body: bytes) -> None:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(owner.drop_s)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path: str) -> dict[str, Any]:
        if path.startswith("/.well-known"):
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **self.changes}
        self.fetched += 1
        return {"keys": [*self.stated, *(key.as_dict(private=False) for key in self.keys)]}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def issuer_of(idp: IdentityProvider, **said: Any) -> Issuer:
    return Issuer(idp.issuer, "tracegraph", **said)


def client_of(store: Store, *issuers: Issuer) -> FlaskClient:
    app = create_app(ApiSettings(access=Access.PUBLIC, auth=AuthSettings("x", issuers)), store)
    context_of(app).clock = lambda: MOMENT
    return app.test_client()


def claims_of(idp: IdentityProvider, **changed: Any) -> dict[str, Any]:
    claims = {"iss": idp.issuer, "aud": "tracegraph", "sub": "u-1", "iat": NOW - 60, "exp": NOW + 600}
    claims |= {"roles": ["analyst"], "region": "SE-AB", **changed}
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: Mapping[str, Any], key: Any = SIGNING, alg: str = "RS256", **header: Any) -> str:
    algorithms = ["RS256", "PS256", "ES256", "HS256"]
    head = {"alg": alg, "kid": key.kid, **header}
    head = {name: value for name, value in head.items() if value is not None}
    return jwt.encode(head, dict(claims), key, algorithms=algorithms)


def plain(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def asked(client: FlaskClient, token: str) -> Any:
    return client.get(ME, headers={"Authorization": f"Bearer {token}"})
