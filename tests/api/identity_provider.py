"""An identity provider on this machine, and the tokens that it and others sign."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

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
CLIENT_SECRET = "for-tests-alone"
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
        self.says: dict[str, Any] = {}  # claims of who logs in
        self.keeps_back = ""  # a part of what is given for a code that is not
        self.codes: dict[str, dict[str, str]] = {}  # what was asked for with each code that was given out
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, said = owner.token(dict(parse_qsl(sent)), self.headers.get("Authorization", ""))
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                time.sleep(owner.delay_s)
                if self.path.startswith(("/authorize", "/leave")):
                    self.show(owner.back(self.path))
                    return
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

            def show(self, back: str) -> None:
                """Show a page on which one says who one is."""
                body = f'<!doctype html><html lang="en"><title>IdP</title><a href="{escape(back)}">Go on</a>'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

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
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "end_session_endpoint": "leave"}
            at = {name: f"{self.issuer}/{path}" for name, path in ends.items()}
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **at, **self.changes}
        self.fetched += 1
        return {"keys": [*self.stated, *(key.as_dict(private=False) for key in self.keys)]}

    def back(self, path: str) -> str:
        """Return where a browser goes on that came to log in, or out."""
        asked = dict(parse_qsl(urlsplit(path).query))
        if path.startswith("/leave"):
            return asked["post_logout_redirect_uri"]
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Return tokens for a code: once, to the client that it was given for, and with the right verifier (PKCE)."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or sent["redirect_uri"] != asked["redirect_uri"] or not proves(asked, sent):
            return 400, {"error": "invalid_grant"}
        client = f"{asked['client_id']}:{CLIENT_SECRET}".encode()
        if authorization != f"Basic {base64.b64encode(client).decode()}":
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {"aud": asked["client_id"], "nonce": asked["nonce"], "iat": now - 1, "exp": now + 600, **self.says}
        id_token = signed(claims_of(self, **claims))
        given = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 600, "id_token": id_token}
        return 200, {name: value for name, value in given.items() if name != self.keeps_back}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def proves(asked: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Return whether who sends a code is who began."""
    digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]


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
