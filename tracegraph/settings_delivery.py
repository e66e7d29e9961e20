"""Settings of webhooks and e-mail from the environment, checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from environs import Env, EnvError

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

SMTP_HOST: Final = "TRACEGRAPH_SMTP_HOST"
SMTP_PORT: Final = "TRACEGRAPH_SMTP_PORT"
SMTP_TLS: Final = "TRACEGRAPH_SMTP_TLS"
SMTP_USER: Final = "TRACEGRAPH_SMTP_USER"
SMTP_PASSWORD: Final = "TRACEGRAPH_SMTP_PASSWORD"
MAIL_FROM: Final = "TRACEGRAPH_MAIL_FROM"
WEBHOOK_NETWORKS: Final = "TRACEGRAPH_WEBHOOK_NETWORKS"

TLS: Final = ("starttls", "tls", "none")
#: Every variable of delivery, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    SMTP_HOST: N_("mail server for digests; not set: no e-mail is sent"),
    SMTP_PORT: N_("its port"),
    SMTP_TLS: N_("how the connection to it is protected: starttls, tls or none"),
    SMTP_USER: N_("user at the mail server, where it asks for one"),
    SMTP_PASSWORD: N_("password at the mail server"),
    MAIL_FROM: N_("sender of e-mail"),
    WEBHOOK_NETWORKS: N_(
        "networks that webhooks may be sent to though they are not public, such as 10.1.0.0/16; separated by commas"
    ),
}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """What the environment says of webhooks and e-mail.

    Attributes
    ----------
    smtp_host, smtp_port, smtp_tls, smtp_user, smtp_password : str, int, str, str, str
        The mail server; without a host no e-mail is sent.
    mail_from : str
        Sender.
    webhook_networks : tuple of networks
        Where webhooks may go besides the public internet.
    """

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = "tracegraph@tracegraph.example"
    webhook_networks: tuple[Network, ...] = ()


def load_delivery_settings() -> DeliverySettings:
    """Return the settings of delivery of this process.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env, default = Env(), DeliverySettings()
    tls = env.str(SMTP_TLS, "") or default.smtp_tls
    if tls not in TLS:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: use one of {allowed}"), variable=SMTP_TLS, value=tls, allowed=", ".join(TLS)
        )
    return DeliverySettings(
        smtp_host=env.str(SMTP_HOST, ""),
        smtp_port=_port(env, default.smtp_port),
        smtp_tls=tls,
        smtp_user=env.str(SMTP_USER, ""),
        smtp_password=env.str(SMTP_PASSWORD, ""),
        mail_from=env.str(MAIL_FROM, "") or default.mail_from,
        webhook_networks=tuple(_network(text.strip()) for text in env.str(WEBHOOK_NETWORKS, "").split(",") if text),
    )


def _port(env: Env, default: int) -> int:
    try:
        port = env.int(SMTP_PORT, default)
    except EnvError:
        port = 0
    if not 0 < port < 65_536:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: write the number of a port"), variable=SMTP_PORT, value=env.str(SMTP_PORT)
        )
    return port


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsInvalid(
            N_("{variable}: {value!r} is no network; write one like 10.1.0.0/16"),
            variable=WEBHOOK_NETWORKS,
            value=text,
        ) from error
