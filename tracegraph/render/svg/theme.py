"""Colours of pictures, in light and in dark surroundings, and the style sheet made of them.

Nothing is said by colour alone: every colour only repeats a shape, a line style or a word.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

FONT: Final = '"Liberation Sans", Arial, "Helvetica Neue", "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
SMALL: Final = 11  # pixels; no text is smaller
TEXT: Final = 12
NAME: Final = 13
HEADING: Final = 20


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one kind of surroundings, as ``#rrggbb``.

    Attributes
    ----------
    paper, band, card : str
        What lies behind: the picture, every other column, a box.
    ink, dim : str
        Words and outlines on any of the three.
    line : str
        Lines, also on `route`.
    accent, on_accent : str
        What is touched, and the words on it.
    route : str
        The band under the steps of a route.
    """

    paper: str
    band: str
    card: str
    ink: str
    dim: str
    line: str
    accent: str
    on_accent: str
    route: str


LIGHT: Final = Colours(
    paper="#ffffff",
    band="#f3f5f7",
    card="#ffffff",
    ink="#15202b",
    dim="#4a5866",
    line="#3d4a57",
    accent="#8c2f0b",
    on_accent="#ffffff",
    route="#f6c79c",
)
DARK: Final = Colours(
    paper="#11171d",
    band="#192129",
    card="#202a33",
    ink="#eef3f7",
    dim="#b4c0cb",
    line="#c3cdd7",
    accent="#ffb584",
    on_accent="#1d0f05",
    route="#7d4419",
)

_RULES: Final = """\
.paper{{fill:{paper}}}
.band{{fill:{band}}}
.card{{fill:{card};stroke:{ink}}}
.ink{{fill:{ink}}}
.dim{{fill:{dim}}}
.line{{fill:none;stroke:{line}}}
.thin{{fill:none;stroke:{dim}}}
.head{{fill:{line}}}
.ground{{fill:{card}}}
.part{{stroke:{ink}}}
.route{{fill:none;stroke:{route}}}
.touched{{fill:{accent};stroke:{accent}}}
.maybe{{fill:{card};stroke:{accent}}}
.on{{fill:{on_accent}}}
"""


def style_sheet(*, dark: bool = True) -> str:
    """Return the style sheet of every picture; `dark`: with colours for dark surroundings."""
    general = f"text{{font-family:{FONT};unicode-bidi:isolate}}\n.bold{{font-weight:bold}}\n"
    light = f"\n{general}{_RULES.format(**asdict(LIGHT))}"
    return f"{light}@media (prefers-color-scheme:dark){{\n{_RULES.format(**asdict(DARK))}}}\n" if dark else light
