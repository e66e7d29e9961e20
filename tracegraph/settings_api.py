"""Settings of the HTTP API from the environment, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from environs import Env

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_, Message
from tracegraph.settings_audit import AuditSettings, load_audit_settings
from tracegraph.settings_auth import AuthSettings, load_auth_settings
from tracegraph.settings_delivery import load_delivery_settings
from tracegraph.settings_jobs import JobSettings, load_job_settings
from tracegraph.settings_limits import LimitSettings, load_limit_settings
from tracegraph.settings_pages import PageSettings, load_page_settings

ACCESS: Final = "TRACEGRAPH_ACCESS"
PUBLIC_URL: Final = "TRACEGRAPH_PUBLIC_URL"
CONTACT_NAME: Final = "TRACEGRAPH_CONTACT_NAME"
CONTACT_EMAIL: Final = "TRACEGRAPH_CONTACT_EMAIL"
TERMS_URL: Final = "TRACEGRAPH_TERMS_URL"


class Access(StrEnum):
    """Who is let in."""

    LOCAL = "local"  # one person on one computer: no log-in, everything is allowed, loopback only
    PUBLIC = "public"  # without a token one sees what is public
    PRIVATE = "private"  # without a token one sees nothing


#: Every variable of the API's own, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    ACCESS: N_(
        "who is let in: local (no log-in, this computer only), public (without a token, what is public) or private"
    ),
    PUBLIC_URL: N_("address under which callers reach the API, with https://"),
    CONTACT_NAME: N_("who answers questions about the API"),
    CONTACT_EMAIL: N_("their e-mail address"),
    TERMS_URL: N_("address of the terms of use, which state the level of service"),
}


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What the environment says of the API, with defaults where it says nothing.

    Attributes
    ----------
    access : Access
        Who is let in.
    public_url : str
        Address under which callers reach the API, without a slash at its end.
    contact_name, contact_email, terms_url : str
        What the API's document states.
    auth : AuthSettings
        The identity providers whose tokens are taken.
    audit : AuditSettings
        What is written to the audit trail.
    limits : LimitSettings
        What it bears.
    jobs : JobSettings
        How work in the background is done.
    has_mail : bool
        Whether there is a mail server; see `tracegraph.settings_delivery`.
    pages : PageSettings
        The web pages.
    """

    access: Access = Access.PUBLIC
    public_url: str = "https://tracegraph.example"
    contact_name: str = "tracegraph"
    contact_email: str = "tracegraph@tracegraph.example"
    terms_url: str = "https://tracegraph.example/terms"
    auth: AuthSettings = field(default_factory=AuthSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    jobs: JobSettings = field(default_factory=JobSettings)
    has_mail: bool = True
    pages: PageSettings = field(default_factory=PageSettings)


def load_api_settings(unset: Access = Access.PUBLIC) -> ApiSettings:
    """Return the API's settings of this process, with what it bears.

    Parameters
    ----------
    unset : Access
        Who is let in where the environment does not say.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    return replace(
        load_own(unset),
        auth=load_auth_settings(),
        audit=load_audit_settings(),
        limits=load_limit_settings(),
        jobs=load_job_settings(),
        has_mail=bool(load_delivery_settings().smtp_host),
        pages=load_page_settings(),
    )


def doubtful(settings: ApiSettings) -> list[Message]:
    """Return what is worth a look before anybody else is served."""
    if settings.access is Access.LOCAL or settings.public_url != ApiSettings().public_url:
        return []
    text = N_("{variable} is not set: others are served, and links lead to {url}, an example at which nobody answers")
    return [Message(text, {"variable": PUBLIC_URL, "url": settings.public_url})]


def load_own(unset: Access = Access.PUBLIC) -> ApiSettings:
    """Return the API's own settings of this process; see `load_api_settings`."""
    env, default = Env(), ApiSettings()
    access = env.str(ACCESS, "") or unset
    if access not in list(Access):
        raise SettingsInvalid(
            N_("{variable} is {value!r}: use one of {allowed}"),
            variable=ACCESS,
            value=access,
            allowed=", ".join(Access),
        )
    return ApiSettings(
        access=Access(access),
        public_url=(env.str(PUBLIC_URL, "") or default.public_url).rstrip("/"),
        contact_name=env.str(CONTACT_NAME, "") or default.contact_name,
        contact_email=env.str(CONTACT_EMAIL, "") or default.contact_email,
        terms_url=env.str(TERMS_URL, "") or default.terms_url,
    )
