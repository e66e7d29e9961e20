"""The pages of incidents, with every module that fills them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.incident_brief import brief
from tracegraph_api.pages.incident_follow_up import follow_up
from tracegraph_api.pages.incident_letters import letters
from tracegraph_api.pages.incident_pages import pages
from tracegraph_api.pages.incident_wider import wider
from tracegraph_api.pages.incident_writing import new
from tracegraph_api.pages.incidents import one

#: One page of each module, so that all of them are served.
PARTS: Final[tuple[Callable[..., Any], ...]] = (one, brief, letters, wider, follow_up, new)
INCIDENTS: Final[Pages] = pages
