"""Settings from the environment, checked; the only place that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from environs import Env, EnvError

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_, Message

LANGUAGES: Final = ("en", "sv")
DEFAULT_STORE: Final = "sqlite:///tracegraph.db"
DEFAULT_READER: Final = "network"

STORE: Final = "TRACEGRAPH_STORE"
LANG: Final = "TRACEGRAPH_LANG"
READER: Final = "TRACEGRAPH_AS"
NEO4J_USER: Final = "TRACEGRAPH_NEO4J_USER"
NEO4J_PASSWORD: Final = "TRACEGRAPH_NEO4J_PASSWORD"
DEBUG: Final = "TRACEGRAPH_DEBUG"
NO_COLOR: Final = "NO_COLOR"

#: Every variable that tracegraph looks at, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    STORE: N_("address of the store: sqlite:///FILE, neo4j://HOST or bolt://HOST"),
    LANG: N_("language of all texts: sv or en; not set, LC_ALL, LC_MESSAGES and LANG decide"),
    READER: N_("who reads: public, network, or a region such as SE-AB"),
    NEO4J_USER: N_("user of the Neo4j store, where its address names none"),
    NEO4J_PASSWORD: N_("password of the Neo4j store, where its address names none"),
    DEBUG: N_("1 shows the traceback of an unexpected error"),
    NO_COLOR: N_("set to anything: no colour"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, with defaults where it says nothing.

    Attributes
    ----------
    store : str
        Address of the store.
    lang : str
        ``en`` or ``sv``.
    reader : str
        Who reads: ``public``, ``network`` or a region's code.
    neo4j_user, neo4j_password : str or None
        For an address that names none.
    debug, no_color : bool
        Tracebacks of unexpected errors; no colour.
    """

    store: str = DEFAULT_STORE
    lang: str = "en"
    reader: str = DEFAULT_READER
    neo4j_user: str | None = None
    neo4j_password: str | None = field(default=None, repr=False)
    debug: bool = False
    no_color: bool = False


def load_settings() -> Settings:
    """Return the settings of this process.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env = Env()
    chosen = env.str(LANG, "").strip().lower()
    if chosen and chosen not in LANGUAGES:
        raise SettingsInvalid(N_("{variable} is {value!r}: use sv or en"), variable=LANG, value=chosen)
    return Settings(
        store=env.str(STORE, "") or DEFAULT_STORE,
        lang=chosen or preferred_language(),
        reader=env.str(READER, "") or DEFAULT_READER,
        neo4j_user=env.str(NEO4J_USER, "") or None,
        neo4j_password=env.str(NEO4J_PASSWORD, "") or None,
        debug=debug(),
        no_color=bool(env.str(NO_COLOR, "")),
    )


def debug() -> bool:
    """Return whether tracebacks are wanted.

    Raises
    ------
    SettingsInvalid
        The variable is neither a yes nor a no.
    """
    try:
        return Env().bool(DEBUG, False)
    except EnvError as error:
        value = os.environ.get(DEBUG)
        raise SettingsInvalid(N_("{variable} is {value!r}: use 1 or 0"), variable=DEBUG, value=value) from error


def preferred_language() -> str:
    """Return the language that the environment asks for; English where it asks for one that there is not."""
    for variable in (LANG, "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").strip().lower()
        if value:
            return "sv" if value.split("_")[0].split(".")[0] == "sv" else "en"
    return "en"


def origin(variable: str) -> Message:
    """Return where a setting's value comes from."""
    return Message(N_("from the environment") if os.environ.get(variable) else N_("default"))
