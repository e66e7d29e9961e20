"""From the header ``Authorization`` to a principal."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Final, Protocol

from tracegraph.access import Principal
from tracegraph.errors import TokenInvalid, TracegraphError
from tracegraph.messages import N_
from tracegraph.services.keys import ApiKey, note_use, verified
from tracegraph.store.port import Store
from tracegraph_api.remembered import Remembered

_LOG: Final = logging.getLogger(__name__)
_LONGEST: Final = 8_192


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
        self._known: Remembered[ApiKey] = Remembered()

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

    def remembered(self, header: str) -> Principal | None:
        """Return whose key this is, if it was found valid a moment ago."""
        key = self._fresh(_name_of(header.partition(" ")[2].strip()), self._clock())
        return None if key is None else key.principal

    def _fresh(self, name: str, now: str) -> ApiKey | None:
        key = self._known.get(name)
        return key if key is not None and key.is_live(now) else None

    def _of_key(self, token: str) -> Principal:
        now, name = self._clock(), _name_of(token)
        found = self._fresh(name, now)
        if found is not None:
            return found.principal
        key = verified(self._store, token, now)
        self._known.put(name, key)
        try:
            note_use(self._store, key, now)
        except TracegraphError as error:  # a use that cannot be noted fails no request
            _LOG.warning("the use of a key could not be noted: %s", error.code)
        return key.principal


def _name_of(token: str) -> str:
    """Return under what a key is remembered: never its token."""
    return hashlib.sha256(token.encode()).hexdigest()
