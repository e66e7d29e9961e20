"""Logging in with an identity provider: OpenID Connect with an authorisation code and PKCE, by Authlib."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response
from joserfc.errors import JoseError
from requests import RequestException

from tracegraph.access import Principal
from tracegraph.errors import IdentityProviderUnavailable, TokenInvalid
from tracegraph.messages import N_
from tracegraph.settings_auth import Issuer, is_protected
from tracegraph_api.auth.oidc import OidcTokens, principal_of

_LOG: Final = logging.getLogger(__name__)
#: No request to the provider takes longer.
WAIT_S: Final = 3.0
_DISCOVERY: Final = "/.well-known/openid-configuration"


class LogIn:
    """Logs people in with the identity providers that take us as a client.

    Parameters
    ----------
    app : Flask
        The application, whose session keeps what is needed between the two steps.
    issuers : iterable of Issuer
        The identity providers; those without a ``client_id`` are left out.
    """

    def __init__(self, app: Flask, issuers: Iterable[Issuer]) -> None:
        self.issuers = {f"idp{place}": one for place, one in enumerate(one for one in issuers if one.client_id)}
        self._tokens = OidcTokens(self.issuers.values())
        self._oauth = OAuth(app)
        for name, one in self.issuers.items():
            self._oauth.register(
                name,
                client_id=one.client_id,
                client_secret=one.client_secret or None,
                server_metadata_url=one.issuer.rstrip("/") + _DISCOVERY,
                client_kwargs={
                    "scope": "openid",
                    "code_challenge_method": "S256",
                    "default_timeout": WAIT_S,
                    "token_endpoint_auth_method": "client_secret_basic" if one.client_secret else "none",
                },
            )

    def away(self, name: str, back: str) -> Response:
        """Return what leads to an identity provider, which leads back to an address.

        Raises
        ------
        IdentityProviderUnavailable
            It does not answer, or says what it may not.
        """
        client = self._client(name)
        try:
            answer: Response = client.authorize_redirect(back)
        except (OAuthError, RequestException, JoseError, ValueError, RuntimeError, TypeError) as error:
            raise _unavailable(error) from error
        return answer

    def back(self, name: str, now: str) -> tuple[Principal, Issuer]:
        """Return who came back, by the code in the address of this request.

        Raises
        ------
        TokenInvalid
            They did not log in, or what they bring does not belong to a log-in that began in this browser.
        IdentityProviderUnavailable
            The provider does not answer.
        """
        client, issuer = self._client(name), self.issuers[name]
        try:
            token = client.authorize_access_token()
        except RequestException as error:
            raise _unavailable(error) from error
        except (OAuthError, JoseError, ValueError, RuntimeError, TypeError, KeyError) as error:
            _LOG.warning("a log-in failed: %s", type(error).__name__)
            raise TokenInvalid(N_("logging in did not succeed: begin again")) from error
        if not token.get("userinfo"):  # it has no verified id token
            raise TokenInvalid(N_("logging in did not succeed: begin again"))
        claims, _ = self._tokens.claims(str(token["id_token"]), now, audience=issuer.client_id)
        if claims["iss"] != issuer.issuer:
            raise TokenInvalid(N_("logging in did not succeed: begin again"))
        return principal_of(claims, issuer), issuer

    def end_session(self, issuer: str, back: str) -> str | None:
        """Return the address at which one logs out of the identity provider itself; None: it has none."""
        name = next((name for name, one in self.issuers.items() if one.issuer == issuer), None)
        if name is None:
            return None
        try:
            address = str(self._client(name).load_server_metadata().get("end_session_endpoint") or "")
        except (OAuthError, RequestException, ValueError, RuntimeError, TypeError):
            return None
        if not is_protected(address):
            return None
        query = urlencode({"client_id": self.issuers[name].client_id, "post_logout_redirect_uri": back})
        return f"{address}{'&' if '?' in address else '?'}{query}"

    def _client(self, name: str) -> Any:
        if name not in self.issuers:
            raise TokenInvalid(N_("there is no such identity provider: choose one on the log-in page"))
        return self._oauth.create_client(name)


def _unavailable(error: Exception) -> IdentityProviderUnavailable:
    _LOG.warning("an identity provider cannot be used: %s", type(error).__name__)
    return IdentityProviderUnavailable(N_("the identity provider cannot be reached: try again"))
