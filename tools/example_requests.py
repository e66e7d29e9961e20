"""The requests behind the examples of the API's document, in the order in which they are sent to one demo.

Every GET without a line here is asked with the examples of the parameters that it needs. A line says more: other parts
of the path, a query, a body, what is kept of the answer for later lines (`keeps`: a name, and a JSON pointer into the
body), and whether to ask until something is so. ``{name}`` in parts, headers and bodies is what was kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

LENS: Final = {"valid_at": "2019-02-19"}
KLANG: Final = {"kind": "factory", "id": "demo-plant-klang"}
#: Stands for no request: a worker does all that is left to be done.
WORK: Final = "WORK"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes
    ----------
    method, path : str
        As the document has them: ``GET``, ``/factories/{id}``; or `WORK`.
    parts : mapping
        What stands for the parts of the path; others have their example.
    query, headers : mapping
        Of the request.
    body : object
        Its JSON; None: none.
    files : mapping or None
        Contents by file name, sent as a form.
    keeps : mapping
        Name to JSON pointer into the answer, or to ``ETag``.
    until : tuple or None
        A JSON pointer and a value: ask again until it is so.
    shown : bool
        Whether it becomes an example; else it only prepares one.
    """

    method: str
    path: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, str] | None = None
    keeps: Mapping[str, str] = field(default_factory=dict)
    until: tuple[str, str] | None = None
    shown: bool = True


INCIDENT: Final = {
    "incident_id": "inc-2019-demo",
    "title": "Demo Daily on debts of workers in Klang (fictional)",
    "kind": "forced_labour",
    "happened_from": "2019-02-18",
    "indicators": ["debt_bondage"],
    "indicators_edition": 2025,
    "documents": [
        {
            "ref": "daily",
            "title": "Demo Daily on debts (fictional)",
            "publisher": "Demo Daily",
            "published": "2019-02-19",
            "url": "https://example.org/1",
        }
    ],
    "sources": ["daily"],
    "visibility": "network",
    "scope": [KLANG],
}
CONFIRMED: Final = {
    "state": "confirmed",
    "reason": "The supplier has confirmed the plant in writing (fictional).",
    "owner": "buyer-gloves",
    "due_on": "2024-07-01",
    "visibility": "network",
}
SUPPLIES_CSV: Final = (
    "seller_id,buyer_id,product,source_id,grade,valid_from\n"
    "demo-plant-klang,demo-wholesale-01,gloves-nitrile,demo-src-contracts,reported,2019-01-01\n"
)

CLAIMS: Final = {
    "table": "supplies",
    "rows": [
        {
            "seller_id": "demo-plant-klang",
            "buyer_id": "demo-wholesale-02",
            "product": "gloves-nitrile",
            "source_id": "demo-src-contracts",
            "grade": "reported",
            "valid_from": "2019-01-01",
        }
    ],
}
_INCIDENT: Final = {"id": "inc-2019-demo"}
_TRIAGE: Final = {"id": "inc-2019-demo", "contract": "demo-c-0001"}


def _tag_of(path: str, parts: Mapping[str, str]) -> Ask:
    """Return the request that reads a version, to be named in the next one's If-Match as ``{tag}``."""
    return Ask("GET", path, parts, keeps={"tag": "ETag"}, shown=False)


_TAGGED: Final = {"If-Match": "{tag}"}
#: Somebody else than who asks all the rest.
_REVIEWER: Final = {"Authorization": "Bearer reviewer"}
PROPOSAL: Final = {**CLAIMS, "submitted_by_supplier": "demo-wholesale-02", "note": "Answer to our letter (fictional)."}

#: Sites, goods and firms of a user's own; fictional.
SITES: Final[Mapping[str, Any]] = {
    "time_unit": "weeks",
    "currency": "SEK",
    "sites": [
        {"site_id": "plant-1", "capacity": 100, "time_to_recover": 8, "makes": {"gloves": 1}},
        {"site_id": "plant-2", "capacity": 60, "time_to_recover": 12, "makes": {"gloves": 1, "masks": 2}},
    ],
    "products": [
        {"product_id": "gloves", "demand": 120, "inventory": 200, "margin": 3},
        {"product_id": "masks", "demand": 20, "inventory": 50, "margin": 1.5},
    ],
}
SALES: Final[Sequence[Mapping[str, Any]]] = [
    {"seller_id": "firm-a", "buyer_id": "firm-b", "value": 100, "industry": "latex", "need": "essential"},
    {"seller_id": "firm-b", "buyer_id": "firm-c", "value": 80, "industry": "gloves", "need": "non_essential"},
]

WRITES: Final[Sequence[Ask]] = (
    # subscriptions first: they tell of what comes after
    Ask(
        "POST",
        "/subscriptions",
        body={
            "watch": {**KLANG, "products": ["gloves"]},
            "channel": {"kind": "email", "to": "name@region.example", "digest": "immediate", "lang": "sv"},
        },
        keeps={"subscription": "/subscription_id"},
    ),
    Ask("GET", "/subscriptions/{id}", {"id": "{subscription}"}),
    Ask(
        "POST",
        "/endpoints",
        body={"url": "https://hooks.region.example/tracegraph"},
        keeps={"endpoint": "/endpoint_id"},
    ),
    Ask("GET", "/endpoints/{id}", {"id": "{endpoint}"}, keeps={"tag": "ETag"}),
    Ask("POST", "/endpoints/{id}/rotation", {"id": "{endpoint}"}, headers=_TAGGED),
    # incidents
    Ask("POST", "/incidents", body=INCIDENT),
    _tag_of("/incidents/{id}", _INCIDENT),
    Ask(
        "POST",
        "/incidents/{id}/revisions",
        _INCIDENT,
        headers=_TAGGED,
        body={"status": "corroborated", "note": "A second source says the same (fictional)."},
    ),
    _tag_of("/incidents/{id}", _INCIDENT),
    Ask("POST", "/incidents/{id}/revisions", _INCIDENT, headers=_TAGGED, body={"status": "corroborated"}),
    Ask("POST", "/incident-previews", body={"scope": [KLANG]}),
    Ask(WORK),
    Ask("GET", "/messages", keeps={"message": "/items/0/message_id"}),
    Ask("GET", "/messages/{id}", {"id": "{message}"}),
    Ask("POST", "/messages/{id}/resending", {"id": "{message}"}),
    # triage
    Ask("PUT", "/incidents/{id}/triage/{contract}", _TRIAGE, headers={"If-Match": '"0"'}, body=CONFIRMED),
    _tag_of("/incidents/{id}/triage/{contract}", _TRIAGE),
    Ask(
        "PUT",
        "/incidents/{id}/triage/{contract}",
        _TRIAGE,
        headers=_TAGGED,
        body={**CONFIRMED, "state": "restored", "reason": "The supplier buys from another plant (fictional)."},
    ),
    Ask(
        "POST",
        "/incidents/{id}/triage",
        _INCIDENT,
        body={**CONFIRMED, "contracts": ["demo-c-0002", "demo-c-0003"]},
        keeps={"operation": "/operation_id"},
    ),
    Ask(
        "POST",
        "/incidents/{id}/triage/undo",
        _INCIDENT,
        body={"operation_id": "{operation}", "visibility": "network"},
    ),
    Ask("GET", "/incidents/{id}/triage", _INCIDENT),
    Ask("GET", "/incidents/{id}/triage/{contract}", _TRIAGE),
    Ask("GET", "/incidents/{id}/triage/{contract}/history", _TRIAGE),
    # claims
    Ask("POST", "/claims", body=CLAIMS, keeps={"claim": "/rows/0/claim_ids/0"}),
    Ask("POST", "/claims", body=CLAIMS),
    Ask("GET", "/claims", query={"ids": ["{claim}"]}),
    Ask("GET", "/claims/{id}", {"id": "{claim}"}, keeps={"tag": "ETag"}),
    Ask("DELETE", "/claims/{id}", {"id": "{claim}"}, headers=_TAGGED),
    # jobs and imports
    Ask(
        "GET",
        "/factories/{id}/dependent-contracts",
        headers={"Prefer": "respond-async"},
        keeps={"job": "/job_id"},
        shown=False,
    ),
    Ask("GET", "/jobs/{id}", {"id": "{job}"}, until=("/state", "succeeded")),
    Ask("GET", "/jobs/{id}/result", {"id": "{job}"}),
    Ask("POST", "/imports", files={"supplies.csv": SUPPLIES_CSV}, keeps={"import": "/import_id"}),
    Ask(WORK),
    Ask("GET", "/imports/{id}", {"id": "{import}"}, keeps={"tag": "ETag"}),
    Ask("GET", "/imports/{id}/errors", {"id": "{import}"}),
    Ask("POST", "/imports/{id}/commit", {"id": "{import}"}, headers=_TAGGED),
    Ask(WORK),
    _tag_of("/imports/{id}", {"id": "{import}"}),
    Ask("POST", "/imports/{id}/undo", {"id": "{import}"}, headers=_TAGGED),
    Ask(WORK),
    Ask("POST", "/imports", files={"supplies.csv": SUPPLIES_CSV}, keeps={"import": "/import_id"}, shown=False),
    Ask(WORK),
    _tag_of("/imports/{id}", {"id": "{import}"}),
    Ask("POST", "/imports/{id}/discard", {"id": "{import}"}, headers=_TAGGED),
    Ask("POST", "/imports", files={"supplies.csv": SUPPLIES_CSV}, keeps={"job": "/job_id"}, shown=False),
    Ask("POST", "/jobs/{id}/cancellation", {"id": "{job}"}),
    Ask("GET", "/jobs"),
    # keys
    Ask(
        "POST",
        "/keys",
        body={"label": "nightly-sync", "roles": ["reader"], "region": "SE-AB"},
        keeps={"key": "/key_id"},
    ),
    Ask("GET", "/keys/{id}", {"id": "{key}"}, keeps={"tag": "ETag"}),
    Ask("POST", "/keys/{id}/rotation", {"id": "{key}"}, headers=_TAGGED, keeps={"key": "/key_id"}),
    _tag_of("/keys/{id}", {"id": "{key}"}),
    Ask("POST", "/keys/{id}/revocation", {"id": "{key}"}, headers=_TAGGED),
    Ask("GET", "/keys"),
    # proposals: a second person decides
    Ask("POST", "/proposals", body=PROPOSAL, keeps={"proposal": "/proposal_id", "tag": "ETag"}),
    Ask(
        "PUT",
        "/proposals/{id}",
        {"id": "{proposal}"},
        headers=_TAGGED,
        body={**PROPOSAL, "note": "Answer to our second letter (fictional)."},
        keeps={"tag": "ETag", "hash": "/content_hash"},
    ),
    Ask("GET", "/proposals/{id}", {"id": "{proposal}"}),
    Ask(
        "POST",
        "/proposals/{id}/acceptance",
        {"id": "{proposal}"},
        headers={**_TAGGED, **_REVIEWER},
        body={"content_hash": "{hash}"},
    ),
    Ask(
        "POST",
        "/proposals",
        body={**PROPOSAL, "note": "Another answer (fictional)."},
        keeps={"proposal": "/proposal_id", "tag": "ETag", "hash": "/content_hash"},
        shown=False,
    ),
    Ask(
        "POST",
        "/proposals/{id}/refusal",
        {"id": "{proposal}"},
        headers={**_TAGGED, **_REVIEWER},
        body={"content_hash": "{hash}", "reason": "The plant's address is another one (fictional)."},
    ),
    # what others ask in a body
    Ask("POST", "/exposure-queries", body={"scope": [KLANG], "lens": LENS}),
    Ask("POST", "/stops/recovery", body=SITES),
    Ask("POST", "/stops/cascade", body={"links": SALES, "close": ["firm-a"]}),
    Ask(
        "POST",
        "/comparisons",
        body={
            "before": {"scope": [KLANG], "lens": {"valid_at": "2018-06-01"}},
            "after": {"lens": LENS},
        },
    ),
)
#: Reads of which more is to be said than the examples of their parameters.
READS: Final[Sequence[Ask]] = (
    Ask("GET", "/contracts/{id}/routes", query={**LENS, "factory": ["demo-plant-klang"]}),
    Ask("GET", "/exposures/changes", query={"since": "2019-02-01", **LENS}),
    Ask("GET", "/routes", query={**LENS, "from": "demo-plant-klang", "to": "demo-c-0001"}),
    Ask("GET", "/search", query={**LENS, "q": "klang"}),
    Ask("GET", "/stops/if-closed", query={**LENS, "holder": ["demo-plant-klang"]}),
    Ask("GET", "/stops/routes", query={**LENS, "from": "demo-plant-klang", "to": "demo-c-0001"}),
)
#: Ends of what stands in examples above.
ENDS: Final[Sequence[Ask]] = (
    _tag_of("/subscriptions/{id}", {"id": "{subscription}"}),
    Ask("DELETE", "/subscriptions/{id}", {"id": "{subscription}"}, headers=_TAGGED),
    _tag_of("/endpoints/{id}", {"id": "{endpoint}"}),
    Ask("DELETE", "/endpoints/{id}", {"id": "{endpoint}"}, headers=_TAGGED),
)
