"""The permission of every route, written down once more: whoever changes one changes it here too, and is seen to.

Routes are written as the application has them, below ``/tracegraph/v1``. Every GET is a HEAD too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

#: Routes by the permission that they ask for.
PINNED: Final[Mapping[str, str]] = {
    "open": """
        GET /
        GET /api-info
        GET /docs
        GET /docs/files/<name>
        GET /docs/resources/<name>
        GET /docs/try
        GET /me
        GET /openapi.json
        GET /problems
        GET /problems/<code>
    """,
    "read": """
        GET /categories
        GET /categories/<id>
        GET /changes
        GET /claims
        GET /claims/<id>
        POST /comparisons
        GET /concentration
        GET /contracts
        GET /contracts/<id>
        GET /contracts/<id>/chain
        GET /contracts/<id>/depth
        GET /contracts/<id>/routes
        GET /countries
        GET /countries/<code>/dependent-contracts
        GET /countries/<id>
        GET /depth
        POST /exposure-queries
        GET /exposures
        GET /exposures/changes
        GET /factories
        GET /factories/<id>
        GET /factories/<id>/dependent-contracts
        GET /groups/<id>/dependent-contracts
        POST /incident-previews
        GET /incidents
        GET /incidents/<id>
        GET /incidents/<id>/ask-next
        GET /incidents/<id>/evidence-bundle
        GET /incidents/<id>/exposures
        GET /incidents/<id>/letters
        GET /incidents/<id>/preview
        GET /incidents/<id>/revisions
        GET /incidents/<id>/triage
        GET /incidents/<id>/triage/<contract>
        GET /incidents/<id>/triage/<contract>/history
        GET /items
        GET /items/<holder>/<product>
        GET /jobs/<id>
        GET /jobs/<id>/result
        GET /leverage
        GET /open-ends
        GET /products
        GET /products/<id>
        GET /proposals
        GET /proposals/<id>
        GET /regions
        GET /regions/<id>
        GET /regions/<id>/depth
        GET /routes
        GET /search
        GET /sources
        GET /sources/<id>
        GET /stops/if-closed
        GET /stops/routes
        GET /stops/single-points
        GET /suppliers
        GET /suppliers/<id>
        GET /suppliers/<id>/dependent-contracts
    """,
    "watch": """
        POST /stops/cascade
        POST /stops/recovery
        GET /endpoints
        GET /endpoints/<id>
        GET /jobs
        POST /jobs/<id>/cancellation
        GET /messages
        GET /messages/<id>
        POST /messages/<id>/resending
        GET /subscriptions
        POST /subscriptions
        DELETE /subscriptions/<id>
        GET /subscriptions/<id>
    """,
    "write": """
        POST /claims
        DELETE /claims/<id>
        GET /imports
        POST /imports
        GET /imports/<id>
        POST /imports/<id>/commit
        POST /imports/<id>/discard
        GET /imports/<id>/errors
        POST /imports/<id>/undo
        POST /proposals
        PUT /proposals/<id>
    """,
    "report": """
        POST /incidents
        POST /incidents/<id>/revisions
    """,
    "triage": """
        POST /incidents/<id>/triage
        PUT /incidents/<id>/triage/<contract>
        POST /incidents/<id>/triage/undo
    """,
    "review": """
        POST /proposals/<id>/acceptance
        POST /proposals/<id>/refusal
    """,
    "keys": """
        POST /endpoints
        DELETE /endpoints/<id>
        POST /endpoints/<id>/rotation
        GET /keys
        POST /keys
        GET /keys/<id>
        POST /keys/<id>/revocation
        POST /keys/<id>/rotation
    """,
    "audit": """
        GET /audit
        GET /audit/export
    """,
    "system": """
        GET /audit/verification
    """,
}
#: Permissions by route.
ROUTES: Final[Mapping[str, str]] = {
    route.strip(): permission for permission, routes in PINNED.items() for route in routes.strip().splitlines() if route
}


def api_rules(app: Flask) -> list[Rule]:
    """Return the rules of the API of an application; its pages have a table of their own (`test_pages_frame.py`)."""
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/tracegraph/")]
