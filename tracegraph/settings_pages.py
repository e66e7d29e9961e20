"""Settings of the web pages from the environment, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from environs import Env

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

SESSION_SECRET: Final = "TRACEGRAPH_SESSION_SECRET"
THEME_FILE: Final = "TRACEGRAPH_THEME_FILE"
MAP_FILE: Final = "TRACEGRAPH_MAP_FILE"
PUBLISHED: Final = "TRACEGRAPH_ACCESSIBILITY_PUBLISHED"
ASSESSED: Final = "TRACEGRAPH_ACCESSIBILITY_ASSESSED"
ASSESSED_BY: Final = "TRACEGRAPH_ACCESSIBILITY_ASSESSED_BY"
REVIEWED: Final = "TRACEGRAPH_ACCESSIBILITY_REVIEWED"
_SHORTEST: Final = 32
_LARGEST: Final = 32 * 1024
_LARGEST_MAP: Final = 1024 * 1024

#: Every variable of the pages, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    SESSION_SECRET: N_(
        "signs the forms and the log-in of the pages: 32 random characters or more, the same on all machines; not set: "
        "a new one at each start, for one machine"
    ),
    THEME_FILE: N_("style sheet with the colours and fonts of one's own, loaded behind that of the pages"),
    MAP_FILE: N_(
        "shapes of countries on the map, as JSON like ours (tools/world_map.py); not set: those of Natural Earth"
    ),
    PUBLISHED: N_("day on which the service was opened, for the accessibility statement: 2019-02-19"),
    ASSESSED: N_("day of the last assessment of the accessibility, as somebody made it of this service: 2019-02-19"),
    ASSESSED_BY: N_("who made that assessment; not set: whoever is responsible for the service, themselves"),
    REVIEWED: N_("day on which the accessibility statement was last gone through: 2019-02-19"),
}


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the environment says of the pages.

    Attributes
    ----------
    session_secret : str
        Signs forms and log-in; empty: one is made.
    theme_file : str
        Style sheet of the region's own; empty: none.
    map_file : str
        Shapes of countries; empty: ours.
    accessibility_published, accessibility_assessed, accessibility_reviewed : str
        Days for the accessibility statement: of opening the service, of the last assessment, of going through the
        statement; empty: not stated.
    accessibility_assessed_by : str
        Who made that assessment; empty: who is responsible.
    """

    session_secret: str = field(default="", repr=False)
    theme_file: str = ""
    map_file: str = ""
    accessibility_published: str = ""
    accessibility_assessed: str = ""
    accessibility_assessed_by: str = ""
    accessibility_reviewed: str = ""


def load_page_settings() -> PageSettings:
    """Return the settings of the pages.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env = Env()
    secret, theme, shapes = env.str(SESSION_SECRET, ""), env.str(THEME_FILE, ""), env.str(MAP_FILE, "")
    if secret and len(secret) < _SHORTEST:
        raise SettingsInvalid(
            N_("{variable} has {count} characters: use {least} random ones or more"),
            variable=SESSION_SECRET,
            count=len(secret),
            least=_SHORTEST,
        )
    if theme and not (Path(theme).is_file() and Path(theme).stat().st_size <= _LARGEST):
        raise SettingsInvalid(
            N_("{variable}: {path} is no file of at most {most} bytes"),
            variable=THEME_FILE,
            path=theme,
            most=_LARGEST,
        )
    if shapes and not (Path(shapes).is_file() and Path(shapes).stat().st_size <= _LARGEST_MAP):
        raise SettingsInvalid(
            N_("{variable}: {path} is no file of at most {most} bytes"),
            variable=MAP_FILE,
            path=shapes,
            most=_LARGEST_MAP,
        )
    return PageSettings(
        session_secret=secret,
        theme_file=theme,
        map_file=shapes,
        accessibility_published=_day(env, PUBLISHED),
        accessibility_assessed=_day(env, ASSESSED),
        accessibility_assessed_by=env.str(ASSESSED_BY, ""),
        accessibility_reviewed=_day(env, REVIEWED),
    )


def _day(env: Env, variable: str) -> str:
    text = env.str(variable, "")
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: write a day like 2019-02-19"), variable=variable, value=text
        ) from error
