"""What a caller may not set, sent to every route that takes a body: refused with its place, or ignored; never kept.

Made from the schemas of all POST, PUT and PATCH routes: a new route is covered by being served. A field that looks
privileged and is one that callers do set stands in `SET_BY_CALLERS`, and what it may hold is tested below.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields

from tests.api.pinned import api_rules
from tests.api.principals import app_for, token_for
from tracegraph.access import Role
from tracegraph.composition import open_store
from tracegraph.store.port import Store
from tracegraph_api.operation import told_of

ROOT: Final = "/tracegraph/v1"
OTHER: Final = "region:SE-M"
#: In every value that must not be kept.
CANARY: Final = "mass-assigned"
#: What the service sets itself, or what belongs to somebody else.
PRIVILEGED: Final[Mapping[str, Any]] = {
    "id": CANARY,
    "tenant": CANARY,
    "principal": {"id": CANARY, "roles": ["system"]},
    "roles": ["system"],
    "region": "SE-M",
    "scopes": ["system", CANARY],
    "grants": [OTHER],
    "permission": CANARY,
    "visible_to": [OTHER, CANARY],
    "visibility": OTHER,
    "limited_to_public": False,
    "status": CANARY,
    "state": CANARY,
    "owner": CANARY,
    "version": 99,
    "revision": 99,
    "change_set": 99,
    "recorded_at": "1999-01-01T00:00:00Z",
    "recorded_by": CANARY,
    "known_at": "1999-01-01T00:00:00Z",
    "retracted_at": "1999-01-01T00:00:00Z",
    "created_at": "1999-01-01T00:00:00Z",
    "created_by": CANARY,
    "approved_by": CANARY,
    "accepted_by": CANARY,
    "submitted_by": CANARY,
    "published_at": "1999-01-01T00:00:00Z",
    "revoked_at": None,
    "expires_at": "2999-01-01T00:00:00Z",
    "last_used_at": "1999-01-01T00:00:00Z",
    "digests": [[CANARY, None, []]],
    "made_under": [],
    "rotated_by": [],
    "serves": True,
    "secret": CANARY,
    "token": CANARY,
    "grade": "verified",
    "claim_id": CANARY,
    "_links": {"self": {"href": CANARY}},
    "__class__": CANARY,
    "$set": CANARY,
}
#: Fields of this kind that callers do set, by schema. A new one here needs a test of what it may hold.
SET_BY_CALLERS: Final[Mapping[str, frozenset[str]]] = {
    "BulkBody": frozenset({"owner", "state", "visibility"}),
    "FilterBody": frozenset({"region", "status"}),
    "IncidentBody": frozenset({"status", "visibility"}),
    "KeyBody": frozenset({"grants", "region", "roles", "scopes"}),
    "LensBody": frozenset({"known_at"}),
    "ProposalBody": frozenset({"visibility"}),
    "QueryBody": frozenset({"region", "status"}),
    "RevisionBody": frozenset({"status", "visibility"}),
    "SelectorBody": frozenset({"id"}),
    "TriageBody": frozenset({"owner", "state", "visibility"}),
    "UndoBody": frozenset({"visibility"}),
    "WatchBody": frozenset({"id"}),
}
_KEYS: Final = count()


@pytest.fixture(scope="module")
def own_store(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A copy of the demo for this file."""
    store = open_store(f"sqlite:///{shutil.copy(demo_file, tmp_path_factory.mktemp('mass') / 'demo.db')}")
    yield store
    store.close()


def client_of(store: Store, role: Role, region: str | None) -> FlaskClient:
    """Return a client whose key was used before, so that its use is not noted anew."""
    client = app_for(store).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for(store, role, region)}"
    assert client.get(f"{ROOT}/me").status_code == 200
    return client


@pytest.fixture(scope="module")
def system(own_store: Store) -> FlaskClient:
    """Who may call every route."""
    return client_of(own_store, Role.SYSTEM, None)


@pytest.fixture(scope="module")
def stockholm(own_store: Store) -> FlaskClient:
    """Who may do most in one region."""
    return client_of(own_store, Role.REGION_ADMINISTRATOR, "SE-AB")


def bodies(app: Flask) -> Iterator[tuple[str, str, type[Schema] | None]]:
    """Yield method, address (with ids that nobody has), and schema of the body of every route that is not read."""
    for rule in sorted(api_rules(app), key=lambda rule: rule.rule):
        told = told_of(app.view_functions[rule.endpoint])
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<path:{name}>", "nobody-knows").replace(f"<{name}>", "nobody-knows")
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}):
            yield method, path, told.body


def places(schema: Schema, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Schema]]:
    """Yield every object in a body, with its place: the body itself, and what is nested in it."""
    yield path, schema
    for name, found in schema.fields.items():
        inner, place = found, (*path, found.data_key or name)
        while isinstance(inner, fields.List):
            inner, place = inner.inner, (*place, 0)
        if isinstance(inner, fields.Nested):
            yield from places(inner.schema, place)


def put_at(place: tuple[str | int, ...], inner: Any) -> Any:
    """Return a body that has an object at a place, and nothing else."""
    for part in reversed(place):
        inner = {part: inner} if isinstance(part, str) else [inner]
    return inner


def names_of(schema: Schema) -> set[str]:
    return {found.data_key or name for name, found in schema.fields.items()}


def sent(client: FlaskClient, method: str, path: str, body: Any, **headers: str) -> Any:
    key = {"Idempotency-Key": f"mass-assignment-{next(_KEYS)}"}
    return client.open(path, method=method, json=body, headers={**key, **headers})


# --- every route -----------------------------------------------------------------------------------------------------


def test_there_are_enough_of_them() -> None:
    assert len(PRIVILEGED) >= 20


def test_every_object_of_every_body_refuses_what_callers_may_not_set(system: FlaskClient, own_store: Store) -> None:
    before = list(own_store.stream())
    wrong = {}
    for method, path, body in bodies(system.application):
        for place, schema in places(body()) if body else ():
            given = {name: value for name, value in PRIVILEGED.items() if name not in names_of(schema)}
            response = sent(system, method, path, put_at(place, given))
            at = "".join(f"/{part}" for part in place)
            refused = {one.get("pointer") for one in (response.get_json() or {}).get("errors", ())}
            missing = {f"{at}/{name}" for name in given} - refused
            if response.status_code != 422 or missing:
                wrong[f"{method} {path} {at}"] = (response.status_code, sorted(missing))
    assert not wrong
    assert list(own_store.stream()) == before


def test_fields_that_look_privileged_are_known(system: FlaskClient) -> None:
    found: dict[str, set[str]] = {}
    for _, _, body in bodies(system.application):
        for _, schema in places(body()) if body else ():
            found.setdefault(type(schema).__name__, set()).update(names_of(schema) & PRIVILEGED.keys())
    looks = {name: names for name, names in found.items() if names}
    assert looks == SET_BY_CALLERS, "a body has a field that looks privileged: see SET_BY_CALLERS"


def test_routes_without_a_body_keep_nothing_of_one(system: FlaskClient, own_store: Store) -> None:
    for method, path, body in bodies(system.application):
        if body is None:
            assert sent(system, method, path, PRIVILEGED, **{"If-Match": '"1"'}).status_code < 500, (method, path)
    assert kept(own_store) == []


def kept(store: Store) -> list[str]:
    """Return what the store has of what callers may not set."""
    lines = [json.dumps(line) for line in store.stream()]
    return [line for line in lines if CANARY in line or OTHER in line or "1999-01-01" in line or "2999-01-01" in line]


# --- routes that do something with what there is ---------------------------------------------------------------------


def test_a_key_that_is_changed_keeps_its_rights(stockholm: FlaskClient, own_store: Store) -> None:
    made = sent(stockholm, "POST", f"{ROOT}/keys", {"label": "sync", "roles": ["reader"], "region": "SE-AB"})
    path, fixed = made.headers["Location"], ("roles", "region", "scopes", "grants", "expires_at", "created_by")
    for change in ("rotation", "revocation"):
        etag = stockholm.get(path).headers["ETag"]
        assert sent(stockholm, "POST", f"{path}/{change}", PRIVILEGED, **{"If-Match": etag}).status_code == 200
        after = stockholm.get(path).get_json()
        assert {name: after[name] for name in fixed} == {name: made.get_json()[name] for name in fixed}
    assert kept(own_store) == []


@pytest.mark.parametrize(
    "given", [{"roles": ["system"]}, {"region": "SE-M"}, {"region": None}, {"grants": [OTHER]}, {"scopes": ["system"]}]
)
def test_rights_of_a_new_key_are_at_most_ones_own(
    given: dict[str, Any], stockholm: FlaskClient, own_store: Store
) -> None:
    before = rights_there(own_store)
    response = sent(stockholm, "POST", f"{ROOT}/keys", {"label": "x", "roles": ["reader"], "region": "SE-AB", **given})
    if given == {"scopes": ["system"]}:  # narrows: a reader's key is narrowed to nothing that it may
        assert response.status_code == 201
        return
    assert response.status_code == 422
    assert rights_there(own_store) == before


def rights_there(store: Store) -> list[str]:
    return [json.dumps(record.body, sort_keys=True) for record in store.page("key", limit=1000)]


SCOPE: Final = [{"kind": "factory", "id": "demo-plant-klang"}]
INCIDENT: Final = {"title": "Fictional", "kind": "forced_labour", "scope": SCOPE}
TRIAGE: Final = {"state": "confirmed", "reason": "Fictional."}
PROPOSAL: Final = {
    "submitted_by_supplier": "demo-wholesale-01",
    "table": "supplies",
    "rows": [{"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves"}],
}
ONE: Final = f"{ROOT}/incidents/demo-inc-order"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{ROOT}/incidents", {**INCIDENT, "visibility": OTHER}),
        ("POST", f"{ONE}/revisions", {"note": "Fictional.", "visibility": OTHER}),
        ("PUT", f"{ONE}/triage/demo-c-0001", {**TRIAGE, "visibility": OTHER}),
        ("POST", f"{ONE}/triage", {**TRIAGE, "contracts": ["demo-c-0001"], "visibility": OTHER}),
        ("POST", f"{ROOT}/proposals", {**PROPOSAL, "visibility": OTHER}),
        ("POST", f"{ONE}/triage/undo", {"operation_id": "op-3f2a", "visibility": OTHER}),
    ],
)
def test_nobody_writes_into_another_region(
    method: str, path: str, body: dict[str, Any], stockholm: FlaskClient, own_store: Store
) -> None:
    version = stockholm.get(ONE).headers["ETag"] if path.endswith("revisions") else '"0"'
    response = sent(stockholm, method, path, body, **{"If-Match": version})
    assert response.status_code in (403, 404, 422), response.get_json()
    assert kept(own_store) == []


@pytest.mark.parametrize("name", [name for name in PRIVILEGED if name not in ("visibility", "grade")])
def test_rows_of_claims_have_no_such_columns(name: str, stockholm: FlaskClient, own_store: Store) -> None:
    row = {"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves", "note": "Fictional."}
    before = own_store.info().imports
    value = PRIVILEGED[name]
    sheet = {"table": "supplies", "rows": [{**row, name: value if not isinstance(value, dict) else CANARY}]}
    response = sent(stockholm, "POST", f"{ROOT}/claims", sheet)
    assert response.status_code == 422, response.get_json()
    assert own_store.info().imports == before


def test_rows_of_claims_are_of_no_other_region(stockholm: FlaskClient, own_store: Store) -> None:
    row = {"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves", "visibility": OTHER}
    response = sent(stockholm, "POST", f"{ROOT}/claims", {"table": "supplies", "rows": [row]})
    assert response.status_code in (403, 422)
    assert kept(own_store) == []
