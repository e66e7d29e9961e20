"""From the header ``Authorization`` to a principal."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, Protocol

from tracegraph.access import Principal
from tracegraph.errors import TokenInvalid, TracegraphError
from tracegraph.messages import N_
from tracegraph.services.keys import ApiKey, note_use, verified
from tracegraph.store.port import Store

_LOG: Final = logging.getLogger(__name__)
_LONGEST: Final = 8_192
#: For so long a key that was found valid is not looked up again: a revocation holds everywhere after that.
REMEMBERED_S: Final = 3.0
_REMEMBERED: Final = 1_000


class Tokens(Protocol):
    """What tells whose a token of an identity provider is."""

    def principal(self, token: str, now: str) -> Principal:
        """Return whose a token is; raises `TokenInvalid`."""
        ...


class Bearer:
    """Tells who shows a token.

    Parameters
    ----------
    store : Store
        Where the keys are.
    clock : callable
        Returns the present moment.
    tokens : Tokens, optional
        For tokens of an identity provider; None: only keys are taken.
    """

    def __init__(self, store: Store, clock: Callable[[], str], tokens: Tokens | None = None) -> None:
        self._store = store
        self._clock = clock
        self._tokens = tokens
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, ApiKey]] = OrderedDict()

    def __call__(self, header: str) -> Principal:
        """Return who shows the value of ``Authorization``.

        Raises
        ------
        TokenInvalid
            It is none that is valid.
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST:
            raise TokenInvalid(N_("send the token as Authorization: Bearer TOKEN; other ways are not taken"))
        token = token.strip()
        if token.startswith("tg_"):
            return self._of_key(token)
        if self._tokens is None:
            raise TokenInvalid(N_("this is no valid token"))
        return self._tokens.principal(token, self._clock())

    def _of_key(self, token: str) -> Principal:
        now, name = self._clock(), hashlib.sha256(token.encode()).hexdigest()
        with self._lock:
            found = self._known.get(name)
        if found is not None and time.monotonic() - found[0] < REMEMBERED_S and found[1].is_live(now):
            return found[1].principal
        key = verified(self._store, token, now)
        with self._lock:
            self._known[name] = (time.monotonic(), key)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        try:
            note_use(self._store, key, now)
        except TracegraphError as error:  # a use that cannot be noted fails no request
            _LOG.warning("the use of a key could not be noted: %s", error.code)
        return key.principal
