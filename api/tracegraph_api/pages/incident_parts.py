"""The pages of incidents, with every module that fills them."""

from __future__ import annotations

from typing import Final

from tracegraph_api.pages import (
    incident_brief,
    incident_follow_up,
    incident_letters,
    incident_wider,
    incident_writing,
    incidents,
)
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.incident_pages import pages

PARTS: Final = (incidents, incident_brief, incident_letters, incident_wider, incident_follow_up, incident_writing)
INCIDENTS: Final[Pages] = pages
