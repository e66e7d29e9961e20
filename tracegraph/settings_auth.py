"""Settings of identity providers: one TOML file, named by the environment, checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from environs import Env

from tracegraph.access import Role
from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

OIDC_FILE: Final = "TRACEGRAPH_OIDC_FILE"
#: Every variable of identity providers, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    OIDC_FILE: N_("TOML file with the identity providers whose tokens are taken (docs/operations.md); not set: none"),
}
_KEYS: Final[Mapping[str, type]] = {
    "issuer": str,
    "audience": str,
    "roles_claim": str,
    "region_claim": str,
    "client_id": str,
    "client_secret": str,
    "name": str,
    "clients": list,
    "roles": dict,
    "regions": dict,
}
#: Codes of regions.
REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_OWN_WORDS: Final = {role.value: role for role in Role if role is not Role.SYSTEM}
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider, and what its words mean here.

    Attributes
    ----------
    issuer : str
        Its address, exactly as its tokens have it (``iss``).
    audience : str
        What its tokens for us have as ``aud``.
    roles_claim, region_claim : str
        Names of the claims; a dot leads into an object.
    clients : tuple of str
        The programs whose tokens are taken (``azp``, ``client_id``; else ``aud``); empty: whatever it gave a token to.
    roles : mapping
        Its words for roles, to ours; what is not there is no role. Not given: our own words, but for system.
    regions : mapping
        Its words for regions, to codes; what is not there is no region. Empty: it says codes, and may speak for all.
    client_id, client_secret : str
        What the pages are to it, for logging in; no id: one does not log in with it. No secret: a public client.
    name : str
        What people call it; empty: its address.
    """

    issuer: str
    audience: str
    roles_claim: str = "roles"
    region_claim: str = "region"
    clients: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=lambda: dict(_OWN_WORDS), hash=False)
    regions: Mapping[str, str] = field(default_factory=dict, hash=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """What the environment says of identity providers.

    Attributes
    ----------
    oidc_file : str
        Where they are listed; empty: nowhere.
    issuers : tuple of Issuer
        The identity providers whose tokens are taken.
    """

    oidc_file: str = ""
    issuers: tuple[Issuer, ...] = ()

    @property
    def summaries(self) -> Mapping[str, str]:
        """What is shown of variables that name a file: also what it says."""
        taken = [f"{one.issuer} ({', '.join(one.clients) or '*'})" for one in self.issuers]
        return {"oidc_file": ": ".join(filter(None, (self.oidc_file, "; ".join(taken))))}


def load_auth_settings() -> AuthSettings:
    """Return the settings of identity providers of this process.

    Raises
    ------
    SettingsInvalid
        The file cannot be read, or says what it may not.
    """
    name = Env().str(OIDC_FILE, "")
    return AuthSettings(name, read_issuers(Path(name)) if name else ())


def read_issuers(path: Path) -> tuple[Issuer, ...]:
    """Return the identity providers of a file; errors as in `load_auth_settings`."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(
            N_("{variable}: {path} cannot be read: {reason}"), variable=OIDC_FILE, path=str(path), reason=str(error)
        ) from error
    tables = content.get("issuer", [])
    if not isinstance(tables, list) or not tables or set(content) != {"issuer"}:
        raise SettingsInvalid(
            N_("{variable}: {path} has tables [[issuer]] and nothing else"), variable=OIDC_FILE, path=str(path)
        )
    issuers = tuple(_issuer(table) for table in tables)
    if len(issuers) > 1 and not all(one.regions for one in issuers):
        raise SettingsInvalid(
            N_("{variable}: of several issuers, each needs a table regions: the regions that it may speak for"),
            variable=OIDC_FILE,
        )
    if len({one.issuer for one in issuers}) < len(issuers):
        raise SettingsInvalid(N_("{variable}: an issuer is listed twice"), variable=OIDC_FILE)
    return issuers


def _issuer(table: Any) -> Issuer:
    _check_shape(table)
    if not is_protected(table["issuer"]):
        raise SettingsInvalid(
            N_("{variable}: the issuer {value!r} is no https address"), variable=OIDC_FILE, value=table["issuer"]
        )
    roles, regions = table.get("roles", {}), table.get("regions", {})
    _check_words("issuer.roles", roles, tuple(Role))
    if wrong := [code for code in regions.values() if not REGION.fullmatch(str(code))]:
        raise SettingsInvalid(
            N_("{variable}: {value!r} is no region: write a code like SE-AB"), variable=OIDC_FILE, value=str(wrong[0])
        )
    said = {name: table[name] for name in _KEYS if name in table and name not in ("issuer", "audience", "roles")}
    if "clients" in table:
        said["clients"] = tuple(table["clients"])
    if roles:
        said["roles"] = {word: Role(role) for word, role in roles.items()}
    return Issuer(table["issuer"], table["audience"], **said)


def _check_shape(table: Any) -> None:
    """Check that a table has what an issuer has, in the types that these have."""
    given: Mapping[str, Any] = table if isinstance(table, dict) else {}
    wrong = {name for name in given if not isinstance(given[name], _KEYS.get(name, ()))}
    wrong |= {name for name in ("issuer", "audience") if not given.get(name)}
    clients = given.get("clients", ["*"])
    if not clients or not all(isinstance(one, str) and one for one in clients):
        wrong.add("clients")  # an empty list would read as nobody, and mean everybody
    if wrong:
        raise SettingsInvalid(
            N_(
                "{variable}: an issuer has the texts {texts}, and may have the list clients (at least one id) and the "
                "tables {tables}; look at {wrong}"
            ),
            variable=OIDC_FILE,
            texts=", ".join(name for name, kind in _KEYS.items() if kind is str),
            tables=", ".join(name for name, kind in _KEYS.items() if kind is dict),
            wrong=", ".join(sorted(wrong)),
        )


def _check_words(name: str, words: Mapping[str, Any], allowed: Sequence[str]) -> None:
    if wrong := [word for word in words.values() if word not in allowed]:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: use one of {allowed}"),
            variable=name,
            value=str(wrong[0]),
            allowed=", ".join(allowed),
        )


def is_protected(address: str) -> bool:
    """Return whether what is fetched from an address cannot be changed on its way: https, or this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
