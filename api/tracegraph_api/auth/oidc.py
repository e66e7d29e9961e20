"""Tokens of identity providers (OIDC): signature, claims, and what they mean here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from tracegraph.access import Principal, Role
from tracegraph.errors import IdentityProviderUnavailable, TokenInvalid
from tracegraph.messages import N_
from tracegraph.settings_auth import REGION, AuthSettings, Issuer
from tracegraph_api.auth.provider import Provider

#: Fixed here: what a token says of its algorithm only chooses among them. All are asymmetric.
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY_S: Final = 30
#: Headers by which a token would bring its own key, or demand what we do not know.
_REFUSED: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
#: What a token may say that it is: tokens for other ends (such as logging out) are signed with the same keys.
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})


class OidcTokens:
    """Tells whose a token is.

    Parameters
    ----------
    issuers : iterable of Issuer
        The identity providers whose tokens are taken.
    """

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._issuers = {one.issuer: one for one in issuers}
        self._providers = {issuer: Provider(issuer) for issuer in self._issuers}

    def principal(self, token: str, now: str) -> Principal:
        """Return whose a token is.

        Raises
        ------
        TokenInvalid
            It is not one that we take.
        IdentityProviderUnavailable
            Nobody can tell, because the provider's keys are not known.
        """
        claims, issuer = self.claims(token, now)
        return principal_of(claims, issuer)

    def claims(self, token: str, now: str, audience: str = "") -> tuple[Mapping[str, Any], Issuer]:
        """Return what a token says, verified, and whose it is; raises as `principal` does.

        Parameters
        ----------
        token, now : str
            The token, and the present moment.
        audience : str
            For whom it must be; empty: whom its issuer's tokens for the API are for.
        """
        header, claims = _unverified(token)
        issuer = self._issuers.get(str(claims.get("iss")))
        kid = header.get("kid")
        if issuer is None or not isinstance(kid, str) or _REFUSED & header.keys():
            raise _invalid()
        if header.get("alg") not in ALGORITHMS or str(header.get("typ", "JWT")).lower() not in _TYPES:
            raise _invalid()
        try:
            key = self._providers[issuer.issuer].key(kid)
        except ConnectionError as error:
            raise IdentityProviderUnavailable(N_("the identity provider cannot be reached: try again")) from error
        if key is None:
            raise _invalid()
        taken = replace(issuer, audience=audience, clients=(audience,)) if audience else issuer
        return _verified(token, key, taken, now), issuer


def tokens_of(settings: AuthSettings) -> OidcTokens | None:
    """Return what tells whose tokens are; None: no identity provider is named."""
    return OidcTokens(settings.issuers) if settings.issuers else None


def _invalid() -> TokenInvalid:
    return TokenInvalid(N_("this is no valid token"))


def _unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims of a token as it says; only to choose the provider whose key verifies it."""
    parts = token.split(".")
    if len(parts) != 3:
        raise _invalid()
    header, claims = _part(parts[0]), _part(parts[1])
    return header, claims


def _part(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _invalid() from error
    if not isinstance(said, dict):
        raise _invalid()
    return said


def _verified(token: str, key: Any, issuer: Issuer, now: str) -> Mapping[str, Any]:
    moment = int(datetime.fromisoformat(now).timestamp())
    registry = JWTClaimsRegistry(
        now=moment,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        decoded = jwt.decode(token, key, algorithms=ALGORITHMS)
        registry.validate(decoded.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise _invalid() from error
    claims: Mapping[str, Any] = decoded.claims
    azp = claims.get("azp")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and azp not in (None, issuer.audience):
        raise _invalid()
    if issuer.clients and not clients_of(claims) <= set(issuer.clients):
        raise _invalid()
    return claims


def clients_of(claims: Mapping[str, Any]) -> set[str]:
    """Return the programs that a token was given to: as it names them, or else all whom it is for."""
    named = [claims[name] for name in ("azp", "client_id") if name in claims]
    if not named:
        audience = claims["aud"]
        named = audience if isinstance(audience, list) else [audience]
    return {str(name) for name in named}


def principal_of(claims: Mapping[str, Any], issuer: Issuer) -> Principal:
    """Return who a token is of: an opaque id, and the roles and the region that its words mean here."""
    subject = f"{issuer.issuer}\x00{claims['sub']}"
    words = _claim(claims, issuer.roles_claim)
    words = [words] if isinstance(words, str) else words
    said = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
    roles = {issuer.roles[word] for word in said if word in issuer.roles}
    region = _claim(claims, issuer.region_claim)
    region = issuer.regions.get(str(region)) if issuer.regions else region
    if not isinstance(region, str) or not REGION.fullmatch(region):
        region = None
    if region is None and roles & {Role.REGION_ADMINISTRATOR}:
        roles -= {Role.REGION_ADMINISTRATOR}  # of no region there is nothing to administer
    id = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return Principal(f"user:{id}", frozenset(roles), region)


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
