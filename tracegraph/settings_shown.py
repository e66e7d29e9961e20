"""Settings of the parts that are served, as they may be shown: every variable with its value, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from environs import Env

from tracegraph import (
    settings_api,
    settings_audit,
    settings_auth,
    settings_delivery,
    settings_jobs,
    settings_limits,
    settings_pages,
)
from tracegraph.errors import SettingsInvalid
from tracegraph.messages import Message
from tracegraph.settings import LANG, NEO4J_PASSWORD, NEO4J_USER, READER, STORE, VARIABLES, Settings
from tracegraph.settings_api import ACCESS, PUBLIC_URL, ApiSettings
from tracegraph.settings_limits import RUN_DIR

_PREFIX: Final = "TRACEGRAPH_"
_SECRET: Final = re.compile(r"PASSWORD|SECRET|TOKEN|(^|_)KEYS?($|_)")
_MASK: Final = "***"
#: Set where what serves made a folder of its own at its start, another one each time.
_MADE: Final = "TRACEGRAPH_RUN_DIR_MADE"
#: Settings of the store and of all commands that are of concern to what is served.
_COMMON: Final = (STORE, NEO4J_USER, NEO4J_PASSWORD, LANG, READER)


@dataclass(frozen=True, slots=True)
class Shown:
    """One part's settings.

    Attributes
    ----------
    about : mapping
        What each variable is for.
    values : mapping
        The value in force of each variable, as it may be shown; as given where something is wrong.
    wrong : Message or None
        What is wrong; None: nothing.
    """

    about: Mapping[str, str]
    values: Mapping[str, str]
    wrong: Message | None = None


#: Each part: its variables, and what reads and checks them.
PARTS: Final[Sequence[tuple[Mapping[str, str], Callable[[], object]]]] = (
    (settings_api.VARIABLES, settings_api.load_own),
    (settings_auth.VARIABLES, settings_auth.load_auth_settings),
    (settings_audit.VARIABLES, settings_audit.load_audit_settings),
    (settings_limits.VARIABLES, settings_limits.load_limit_settings),
    (settings_jobs.VARIABLES, settings_jobs.load_job_settings),
    (settings_pages.VARIABLES, settings_pages.load_page_settings),
    (settings_delivery.VARIABLES, settings_delivery.load_delivery_settings),
)


def served_settings() -> list[Shown]:
    """Return the settings of all parts that are served."""
    return [_shown(about, load) for about, load in PARTS]


def settings_in_force(common: Settings, own: ApiSettings, store: str) -> dict[str, tuple[str, str]]:
    """Return every setting of what is served: what it is for, and its value as it may be shown.

    Parameters
    ----------
    common, own : Settings, ApiSettings
        Those in force; what serves may have set some of them itself.
    store : str
        Address of the store that is open.
    """
    given = {
        STORE: store,
        NEO4J_USER: common.neo4j_user or "",
        NEO4J_PASSWORD: common.neo4j_password or "",
        LANG: common.lang,
        READER: common.reader,
    }
    found = {name: (VARIABLES[name], _masked(name, given[name])) for name in _COMMON}
    for part in served_settings():
        found |= {name: (part.about[name], value) for name, value in part.values.items()}
    made = {RUN_DIR: ""} if Env().str(_MADE, "") else {}
    for name, value in {ACCESS: own.access.value, PUBLIC_URL: own.public_url, **made}.items():
        found[name] = (found[name][0], value)
    return found


def _shown(about: Mapping[str, str], load: Callable[[], object]) -> Shown:
    try:
        loaded = load()
    except SettingsInvalid as error:
        env = Env()
        return Shown(about, {name: _masked(name, env.str(name, "")) for name in about}, error.message)
    return Shown(about, {name: _masked(name, _text(_value(loaded, name))) for name in about})


def _value(loaded: object, variable: str) -> Any:
    """Return the attribute that a variable fills: it has the same name."""
    name = variable.removeprefix(_PREFIX).lower()
    summaries: Mapping[str, str] = getattr(loaded, "summaries", {})
    if name in summaries:
        return summaries[name]
    rates = getattr(loaded, "rates", None)
    if name.startswith("rate_") and hasattr(rates, name.removeprefix("rate_")):
        return getattr(rates, name.removeprefix("rate_")) or settings_limits.OFF
    return getattr(loaded, name)


def _text(value: Any) -> str:
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _masked(variable: str, text: str) -> str:
    """Return a value without what is secret in it."""
    if text and _SECRET.search(variable):
        return _MASK
    if "@" in text and "://" in text and (password := urlsplit(text).password):
        return text.replace(f":{password}@", f":{_MASK}@", 1)
    return text
