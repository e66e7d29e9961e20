"""Settings of what the HTTP API bears: rates, deadlines, proxies, metrics; from the environment, checked."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from environs import Env

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

RATE_PUBLIC: Final = "TRACEGRAPH_RATE_PUBLIC"
RATE_MEMBER: Final = "TRACEGRAPH_RATE_MEMBER"
RATE_UPLOAD: Final = "TRACEGRAPH_RATE_UPLOAD"
RATE_LIMIT_URI: Final = "TRACEGRAPH_RATE_LIMIT_URI"
RUN_DIR: Final = "TRACEGRAPH_RUN_DIR"
TRUSTED_PROXIES: Final = "TRACEGRAPH_TRUSTED_PROXIES"
CORS_ORIGINS: Final = "TRACEGRAPH_CORS_ORIGINS"
DEADLINE: Final = "TRACEGRAPH_DEADLINE_SECONDS"
BODY: Final = "TRACEGRAPH_BODY_SECONDS"
REQUESTS: Final = "TRACEGRAPH_REQUESTS_AT_ONCE"
QUESTIONS: Final = "TRACEGRAPH_QUESTIONS_AT_ONCE"
WAITING: Final = "TRACEGRAPH_QUESTIONS_WAITING"
WAIT: Final = "TRACEGRAPH_WAIT_SECONDS"
METRICS_PORT: Final = "TRACEGRAPH_METRICS_PORT"
METRICS_HOST: Final = "TRACEGRAPH_METRICS_HOST"

#: Every variable of these, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    RATE_PUBLIC: N_("requests of one address without a token: a number per second, minute, hour or day; off: no limit"),
    RATE_MEMBER: N_("requests with one token, likewise"),
    RATE_UPLOAD: N_("uploads of one region, or of one address without a token, likewise"),
    RATE_LIMIT_URI: N_("where rates are counted for several machines, such as redis://HOST; not set: on this machine"),
    RUN_DIR: N_("folder for what the processes of one machine share while they run; not set: a temporary one"),
    TRUSTED_PROXIES: N_("networks of the proxies whose X-Forwarded-For is believed; separated by commas"),
    CORS_ORIGINS: N_("web sites whose scripts may call the API, such as https://map.example; separated by commas"),
    DEADLINE: N_("seconds after which a request is answered, whatever becomes of it"),
    BODY: N_("seconds in which the body of a request must have arrived"),
    REQUESTS: N_("requests that one process works on at once"),
    QUESTIONS: N_("questions to the graph that one process works on at once"),
    WAITING: N_("questions that may wait for their turn in one process"),
    WAIT: N_("seconds that a question may wait for its turn"),
    METRICS_PORT: N_("port of the metrics, apart from the API's; 0: no metrics"),
    METRICS_HOST: N_("address that the metrics are bound to"),
}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_RATE: Final = re.compile(r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$")
_ORIGIN: Final = re.compile(r"^https?://[A-Za-z0-9.\-\[\]:]+$")
OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class Rates:
    """How often one caller may ask; an empty text is no limit.

    Attributes
    ----------
    public, member, upload : str
        By address without a token; with one token; uploads.
    """

    public: str = "60/minute"
    member: str = "600/minute"
    upload: str = "20/hour"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What the API bears.

    Attributes
    ----------
    rates : Rates or None
        None: no rate is counted.
    rate_limit_uri : str
        Where rates are counted for several machines; empty: on this one.
    run_dir : str
        Folder that the processes of this machine share; empty: this process is alone.
    trusted_proxies : tuple of networks
        Whose word on the caller's address is taken.
    cors_origins : tuple of str
        Whose scripts may call.
    deadline_seconds : float or None
        None: requests are answered when they are done, in the thread that took them.
    body_seconds : float
        How long the body of a request may take to arrive.
    requests_at_once, questions_at_once, questions_waiting : int
        In one process. A question to a large graph is computing and not waiting: more at once are all late.
    wait_seconds : float
        How long a question waits for its turn.
    metrics_host, metrics_port : str, int
        Where metrics are served; 0: nowhere.
    """

    rates: Rates | None = None
    rate_limit_uri: str = field(default="", repr=False)
    run_dir: str = ""
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()
    deadline_seconds: float | None = None
    body_seconds: float = 20.0
    requests_at_once: int = 32
    questions_at_once: int = 2
    questions_waiting: int = 12
    wait_seconds: float = 2.0
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0


#: What holds where the environment says nothing else; `LimitSettings()` is for tests, which are not held up.
SHIPPED: Final = LimitSettings(rates=Rates(), deadline_seconds=5.0)


def load_limit_settings() -> LimitSettings:
    """Return the limits of this process.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env, rates = Env(), Rates()
    return LimitSettings(
        rates=Rates(
            public=_rate(env, RATE_PUBLIC, rates.public),
            member=_rate(env, RATE_MEMBER, rates.member),
            upload=_rate(env, RATE_UPLOAD, rates.upload),
        ),
        rate_limit_uri=env.str(RATE_LIMIT_URI, ""),
        run_dir=env.str(RUN_DIR, ""),
        trusted_proxies=tuple(_network(text) for text in _listed(env, TRUSTED_PROXIES)),
        cors_origins=tuple(_origin(text) for text in _listed(env, CORS_ORIGINS)),
        deadline_seconds=_number(env, DEADLINE, SHIPPED.deadline_seconds or 0, (0.1, 3_600)),
        body_seconds=_number(env, BODY, SHIPPED.body_seconds, (0.1, 3_600)),
        requests_at_once=int(_number(env, REQUESTS, SHIPPED.requests_at_once, (1, 1_000), whole=True)),
        questions_at_once=int(_number(env, QUESTIONS, SHIPPED.questions_at_once, (1, 1_000), whole=True)),
        questions_waiting=int(_number(env, WAITING, SHIPPED.questions_waiting, (0, 10_000), whole=True)),
        wait_seconds=_number(env, WAIT, SHIPPED.wait_seconds, (0, 60)),
        metrics_host=env.str(METRICS_HOST, "") or SHIPPED.metrics_host,
        metrics_port=int(_number(env, METRICS_PORT, SHIPPED.metrics_port, (0, 65_535), whole=True)),
    )


def _listed(env: Env, variable: str) -> list[str]:
    return [text.strip() for text in env.str(variable, "").split(",") if text.strip()]


def _rate(env: Env, variable: str, default: str) -> str:
    text = env.str(variable, "").strip().lower() or default
    if text == OFF:
        return ""
    if not _RATE.match(text):
        raise SettingsInvalid(
            N_("{variable} is {value!r}: write a rate like 60/minute, or off"), variable=variable, value=text
        )
    return text


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsInvalid(
            N_("{variable}: {value!r} is no network; write one like 10.1.0.0/16"), variable=TRUSTED_PROXIES, value=text
        ) from error


def _origin(text: str) -> str:
    if not _ORIGIN.match(text):
        raise SettingsInvalid(
            N_("{variable}: {value!r} is no origin; write one like https://map.example, without a path"),
            variable=CORS_ORIGINS,
            value=text,
        )
    return text.lower()


def _number(env: Env, variable: str, default: float, allowed: tuple[float, float], *, whole: bool = False) -> float:
    """Return a number from the environment; only whole ones where `whole`."""
    text, (least, most) = env.str(variable, "").strip(), allowed
    if not text:
        return default
    try:
        value = float(int(text)) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: write a number from {least:g} to {most:g}"),
            variable=variable,
            value=text,
            least=least,
            most=most,
        )
    return value
