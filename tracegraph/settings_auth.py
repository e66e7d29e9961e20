"""Settings of identity providers: one TOML file, named by the environment, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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
_KEYS: Final = {"issuer", "audience", "roles_claim", "region_claim", "roles", "regions"}
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
    roles : mapping
        Its words for roles, to ours; what is not there is no role.
    regions : mapping
        Its words for regions, to codes; empty: it says codes.
    """

    issuer: str
    audience: str
    roles_claim: str = "roles"
    region_claim: str = "region"
    roles: Mapping[str, Role] = field(default_factory=lambda: {role.value: role for role in Role})
    regions: Mapping[str, str] = field(default_factory=dict)


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
    return tuple(_issuer(table) for table in tables)


def _issuer(table: Mapping[str, Any]) -> Issuer:
    unknown = sorted(set(table) - _KEYS)
    if unknown or not isinstance(table.get("issuer"), str) or not isinstance(table.get("audience"), str):
        raise SettingsInvalid(
            N_("{variable}: an issuer has issuer and audience, and may have {allowed}; not {unknown}"),
            variable=OIDC_FILE,
            allowed=", ".join(sorted(_KEYS - {"issuer", "audience"})),
            unknown=", ".join(unknown) or "-",
        )
    if not is_protected(table["issuer"]):
        raise SettingsInvalid(
            N_("{variable}: the issuer {value!r} is no https address"), variable=OIDC_FILE, value=table["issuer"]
        )
    roles = table.get("roles", {})
    if wrong := [word for word in roles.values() if word not in list(Role)]:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: use one of {allowed}"),
            variable="issuer.roles",
            value=str(wrong[0]),
            allowed=", ".join(Role),
        )
    said = {name: table[name] for name in ("roles_claim", "region_claim", "regions") if name in table}
    if roles:
        said["roles"] = {word: Role(role) for word, role in roles.items()}
    return Issuer(table["issuer"], table["audience"], **said)


def is_protected(address: str) -> bool:
    """Return whether what is fetched from an address cannot be changed on its way: https, or this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
