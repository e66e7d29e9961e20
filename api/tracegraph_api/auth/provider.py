"""The keys of an identity provider: fetched, kept, and fetched again when they change."""

from __future__ import annotations

import json
import logging
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from threading import Lock, Thread
from typing import Any, Final

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tracegraph.settings_auth import is_protected

Key = RSAKey | ECKey

_LOG: Final = logging.getLogger(__name__)

#: No request waits longer for the provider.
WAIT_S: Final = 1.0
#: For so long keys serve while the provider cannot be reached.
KEPT_S: Final = 24 * 3600.0
#: After so long they are fetched again.
FRESH_S: Final = 3600.0
#: The provider is asked at most this often, whatever tokens say.
PAUSE_S: Final = 60.0
#: So long may one fetch take, however slowly the provider sends.
FETCH_S: Final = 10.0
#: RSA keys that are shorter are not taken.
SMALLEST_RSA: Final = 2048
_LARGEST: Final = 256 * 1024
_DISCOVERY: Final = "/.well-known/openid-configuration"


class Provider:
    """Knows the keys of one identity provider.

    Parameters
    ----------
    issuer : str
        Its address.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._lock = Lock()
        self._fetching: Future[None] | None = None
        self._keys: dict[str, Key] = {}
        self._fetched_at = 0.0
        self._asked_at = 0.0

    def key(self, kid: str) -> Key | None:
        """Return the key of a name; None: the provider has none of that name.

        Raises
        ------
        ConnectionError
            No keys are known, because the provider cannot be reached.
        """
        self._refresh(kid)
        with self._lock:
            if not self._keys or time.monotonic() - self._fetched_at > KEPT_S:
                raise ConnectionError(self.issuer)
            return self._keys.get(kid)

    def _refresh(self, kid: str) -> None:
        """Fetch the keys where they are old or lack one, not more often than allowed; wait only for one that lacks."""
        with self._lock:
            now = time.monotonic()
            age = now - self._fetched_at
            found = kid in self._keys
            if found and age < FRESH_S:
                return
            if self._fetching is None and (not self._asked_at or now - self._asked_at >= PAUSE_S):
                self._asked_at = now
                self._fetching = self._begin()
            waiting = None if found and age < KEPT_S else self._fetching
        if waiting is not None:
            try:
                waiting.result(WAIT_S)
            except NotInTime:
                return

    def _begin(self) -> Future[None]:
        """Fetch beside the request, which does not wait for the end of it; nor does the end of the process."""
        done: Future[None] = Future()
        Thread(target=self._fetch, args=(done,), name="identity-provider", daemon=True).start()
        return done

    def _fetch(self, done: Future[None]) -> None:
        """Fetch discovery and keys; what goes wrong is logged, and the old keys stay."""
        until = time.monotonic() + FETCH_S
        try:
            with httpx.Client(timeout=FETCH_S / 2, follow_redirects=False) as http:
                said = _json(http, self.issuer.rstrip("/") + _DISCOVERY, until)
                if said.get("issuer") != self.issuer or not is_protected(str(said.get("jwks_uri", ""))):
                    raise ValueError("the discovery document is of another issuer, or its keys are not protected")
                keys = keys_of(_json(http, said["jwks_uri"], until)["keys"])
            with self._lock:
                self._keys, self._fetched_at = keys, time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever a provider sends, requests go on with the old keys
            _LOG.warning("keys of an identity provider could not be fetched: %s", type(error).__name__)
        finally:
            with self._lock:
                self._fetching = None
            done.set_result(None)


def keys_of(stated: Iterable[Any]) -> dict[str, Key]:
    """Return the keys that signatures are verified with, by their names; what else a provider publishes is left out.

    Raises
    ------
    ValueError
        There are none.
    """
    found: dict[str, Key] = {}
    for one in stated:
        key = _key_of(one)
        if key is not None and key.kid:
            found.setdefault(key.kid, key)
    if not found:
        raise ValueError("the provider publishes no key that signatures are verified with")
    return found


def _key_of(stated: Any) -> Key | None:
    if not isinstance(stated, dict) or stated.get("use", "sig") != "sig" or not isinstance(stated.get("kid"), str):
        return None
    try:
        if stated.get("kty") == "EC":
            return ECKey.import_key(stated)
        if stated.get("kty") == "RSA" and _bits(stated["n"]) >= SMALLEST_RSA:
            return RSAKey.import_key(stated)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None


def _bits(number: str) -> int:
    """Return how long a number is that is written as in a key."""
    return int.from_bytes(urlsafe_b64decode(number + "=" * (-len(number) % 4))).bit_length()


def _json(http: httpx.Client, url: str, until: float) -> dict[str, Any]:
    with http.stream("GET", url, headers={"Accept": "application/json"}) as response:
        response.raise_for_status()
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _LARGEST or time.monotonic() > until:
                raise ValueError("the answer is too large, or takes too long")
    said = json.loads(content)
    if not isinstance(said, dict):
        raise TypeError("the answer is no object")
    return said
