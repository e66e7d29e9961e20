"""The keys of an identity provider: fetched, kept, and fetched again when they change."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from threading import Lock
from typing import Any, Final

import httpx
from joserfc.jwk import KeySet

from tracegraph.settings_auth import is_protected

_LOG: Final = logging.getLogger(__name__)

#: No request waits longer for the provider.
WAIT_S: Final = 1.0
#: For so long keys serve while the provider cannot be reached.
KEPT_S: Final = 24 * 3600.0
#: After so long they are fetched again.
FRESH_S: Final = 3600.0
#: The provider is asked at most this often, whatever tokens say.
PAUSE_S: Final = 60.0
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
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="identity-provider")
        self._fetching: Future[None] | None = None
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._asked_at = 0.0

    def key(self, kid: str) -> Any | None:
        """Return the key of a name; None: the provider has none of that name.

        Raises
        ------
        ConnectionError
            No keys are known, because the provider cannot be reached.
        """
        self._refresh(unless_found=kid)
        with self._lock:
            keys = self._keys
            age = time.monotonic() - self._fetched_at
        if keys is None or age > KEPT_S:
            raise ConnectionError(self.issuer)
        return _named(keys, kid)

    def _refresh(self, unless_found: str) -> None:
        """Fetch the keys where they are old or lack one, not more often than allowed, waiting not longer than that."""
        with self._lock:
            now = time.monotonic()
            found = self._keys is not None and _named(self._keys, unless_found) is not None
            if found and now - self._fetched_at < FRESH_S:
                return
            if self._fetching is None and (not self._asked_at or now - self._asked_at >= PAUSE_S):
                self._asked_at = now
                self._fetching = self._pool.submit(self._fetch)
            waiting = self._fetching
        if waiting is not None:
            try:
                waiting.result(WAIT_S)
            except NotInTime:
                return

    def _fetch(self) -> None:
        """Fetch discovery and keys; what goes wrong is logged, and the old keys stay."""
        try:
            with httpx.Client(timeout=10.0, follow_redirects=False) as http:
                said = _json(http, self.issuer.rstrip("/") + _DISCOVERY)
                if said.get("issuer") != self.issuer or not is_protected(str(said.get("jwks_uri", ""))):
                    raise ValueError("the discovery document is of another issuer, or its keys are not protected")
                keys = KeySet.import_key_set(_json(http, said["jwks_uri"]))  # type: ignore[arg-type]
            with self._lock:
                self._keys, self._fetched_at = keys, time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever a provider sends, requests go on with the old keys
            _LOG.warning("keys of an identity provider could not be fetched: %s", type(error).__name__)
        finally:
            with self._lock:
                self._fetching = None


def _json(http: httpx.Client, url: str) -> dict[str, Any]:
    with http.stream("GET", url, headers={"Accept": "application/json"}) as response:
        response.raise_for_status()
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _LARGEST:
                raise ValueError("the answer is too large")
    said = httpx.Response(200, content=content).json()
    if not isinstance(said, dict):
        raise TypeError("the answer is no object")
    return said


def _named(keys: KeySet, kid: str) -> Any | None:
    return next((key for key in keys.keys if key.kid == kid), None)
