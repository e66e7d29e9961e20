"""Every route, every method, every role: who is let in, as tables that are written here by hand.

`ROUTES` has each route's permission, so that a change of one is seen in review; `MAY` has what each caller may, and is
not taken from the code. Every route of the application is asked by every caller: 401, 403, or neither.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.api.pinned import ROUTES, api_rules
from tests.api.principals import app_for, token_for
from tracegraph.access import ANONYMOUS, Permission, Principal, Role
from tracegraph.composition import open_store
from tracegraph.settings_api import Access
from tracegraph.store.port import Store
from tracegraph_api.context import context_of
from tracegraph_api.operation import Operation, told_of
from tracegraph_api.policy import AUTHENTICATE, install, permission_of

ROOT: Final = "/tracegraph/v1"
#: What each caller may; written without a look at `tracegraph.access`.
MAY: Final[Mapping[str, str]] = {
    "reader": "open read watch",
    "analyst": "open read watch write report triage",
    "risk_area_lead": "open read watch write report triage review",
    "region_administrator": "open read watch write report triage review keys audit",
    "system": "open read watch write report triage review keys audit system",
    "a key for keys alone": "open keys",
    "anonymous": "open read",
    "anonymous where it is private": "open",
}
#: Those of them who show no token.
WITHOUT_TOKEN: Final = frozenset({"anonymous", "anonymous where it is private"})
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
WRITING: Final = frozenset({"write", "report", "triage", "review"})
#: Questions: they change nothing and are sent with POST because of their size.
ASKED_BY_POST: Final = frozenset(
    {
        "POST /comparisons",
        "POST /exposure-queries",
        "POST /incident-previews",
        "POST /stops/cascade",
        "POST /stops/recovery",
    }
)
#: What was uploaded and is not in the graph yet is shown to those alone who may upload.
SHOWN_TO_WRITERS: Final = "GET /imports"
REMEDY: Final = "write it into tests/api/pinned.py under the permission that it is meant to have"


@pytest.fixture(scope="module")
def matrix_store(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A copy of the demo for this file."""
    path = Path(shutil.copy(demo_file, tmp_path_factory.mktemp("matrix") / "demo.db"))
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def app(matrix_store: Store) -> Flask:
    """The application; which routes there are does not depend on who is let in."""
    return app_for(matrix_store)


def caller(name: str, store: Store) -> FlaskClient:
    """Return the client of a line of `MAY`, with a key that was really made."""
    client = app_for(store, Access.PRIVATE if name.endswith("private") else Access.PUBLIC).test_client()
    if name not in WITHOUT_TOKEN:
        is_role = name in list(Role)
        role = Role(name) if is_role else Role.REGION_ADMINISTRATOR
        token = token_for(
            store,
            role,
            None if role is Role.SYSTEM else "SE-AB",
            scopes=None if is_role else frozenset({Permission.KEYS}),
        )
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def routes(app: Flask) -> dict[str, Rule]:
    """Return the rules of an application as `pinned` writes them."""
    return {
        f"{method} {rule.rule.removeprefix(ROOT)}": rule
        for rule in api_rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(rule: Rule) -> str:
    """Return an address of a route, with ids that nobody has."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<path:{name}>", "nobody-knows").replace(f"<{name}>", "nobody-knows")
    assert "<" not in path, f"{rule.rule} has a part of a kind that this test does not know"
    return path


def told(app: Flask, rule: Rule) -> Operation:
    """Return what is declared of a route."""
    return told_of(app.view_functions[rule.endpoint])


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_route_has_the_permission_that_it_is_meant_to_have(app: Flask) -> None:
    declared = {route: str(told(app, rule).permission) for route, rule in routes(app).items()}
    new = {route: permission for route, permission in declared.items() if route not in ROUTES}
    changed = {
        route: (ROUTES[route], declared[route])
        for route in ROUTES.keys() & declared
        if ROUTES[route] != declared[route]
    }
    gone = sorted(ROUTES.keys() - declared.keys())
    assert not new, f"new routes: {new}: {REMEDY}"
    assert not changed, f"routes whose permission is another than pinned (pinned, declared): {changed}: {REMEDY}"
    assert not gone, f"routes that are pinned and not served: {gone}: take them out of tests/api/pinned.py"


def test_what_is_declared_is_what_is_enforced(app: Flask) -> None:
    for rule in api_rules(app):
        assert permission_of(app, rule.endpoint) is told(app, rule).permission, rule.rule


@pytest.mark.parametrize("name", MAY)
def test_who_is_let_in(name: str, matrix_store: Store) -> None:
    """A parameter that no route knows is sent along: who is let in is told of it, and nothing is done."""
    client = caller(name, matrix_store)
    refusal = 401 if name in WITHOUT_TOKEN else 403
    wrong = {}
    for route, rule in routes(client.application).items():
        method = route.split(" ")[0]
        for asked in (method, "HEAD") if method == "GET" else (method,):
            status = client.open(address(rule), method=asked, query_string={"nobody-knows": "1"}).status_code
            expected = 422 if told(client.application, rule).permission in MAY[name].split(" ") else refusal
            if status != expected:
                wrong[f"{asked} {rule.rule}"] = (status, expected)
    assert not wrong, f"{name}: (status, expected) of each route: {wrong}"


def test_other_methods_reach_nothing(app: Flask, matrix_store: Store) -> None:
    client = caller("system", matrix_store)
    for path in {address(rule) for rule in api_rules(app)}:
        for method in METHODS:
            if not is_taken(app, method, path):
                assert client.open(path, method=method).status_code == 405, (method, path)


def is_taken(app: Flask, method: str, path: str) -> bool:
    """Return whether a route takes the method at this address: it may be one that has an id in this place."""
    return bool(app.url_map.bind("").test(path, method))


def test_asking_which_methods_there_are_does_nothing(app: Flask, matrix_store: Store) -> None:
    before = list(matrix_store.stream())
    client = app.test_client()
    for rule in api_rules(app):
        assert client.options(address(rule)).status_code in (200, 401), rule.rule
    assert list(matrix_store.stream()) == before


# --- reading changes nothing, writing is never open to readers -------------------------------------------------------


def test_reading_has_no_permission_to_write_and_changes_nothing(app: Flask) -> None:
    for route, rule in routes(app).items():
        if route.startswith("GET "):
            assert not told(app, rule).changes, route
            assert told(app, rule).permission not in WRITING or route.startswith(SHOWN_TO_WRITERS), route


def test_changing_is_open_to_no_reader(app: Flask) -> None:
    asked = set()
    for route, rule in routes(app).items():
        if route.startswith("GET "):
            continue
        if told(app, rule).changes:
            assert told(app, rule).permission not in {"open", "read", "audit"}, route
        else:
            asked.add(route)
    assert asked == ASKED_BY_POST


# --- what a refusal tells --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAY)
def test_no_such_address_is_the_same_to_all(name: str, matrix_store: Store) -> None:
    response = caller(name, matrix_store).get(f"{ROOT}/no-such-thing")
    assert (response.status_code, response.get_json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("name", ["reader", "anonymous"])
def test_who_may_not_read_a_list_learns_nothing_of_its_ids(name: str, matrix_store: Store) -> None:
    """The refusal of what there is and of what there is not are the same, and come before anything is looked up."""
    there = token_for(matrix_store, Role.READER, "SE-AB")[3:19]
    client = caller(name, matrix_store)
    refusals = [client.get(f"{ROOT}/keys/{id}").get_json() for id in (there, "f" * 16)]
    for refusal in refusals:
        del refusal["instance"], refusal["request_id"]
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("region", ["SE-M", "SE-ZZ", "SE-AB"])
@pytest.mark.parametrize("name", ["anonymous", "reader"])
def test_whether_a_region_exists_is_not_told_by_a_refused_lens(name: str, region: str, matrix_store: Store) -> None:
    client = caller(name, matrix_store)
    response = client.get(f"{ROOT}/factories", query_string={"as": region})
    if (name, region) == ("reader", "SE-AB"):
        assert response.status_code == 200
        return
    assert (response.status_code, response.get_json()["code"]) == (422, "invalid-input")
    assert response.get_json()["detail"].replace(region, "REGION") == "you cannot read as REGION: you see less"


def test_a_token_is_looked_at_even_where_nobody_needs_one(matrix_store: Store) -> None:
    client = app_for(matrix_store, Access.LOCAL).test_client()
    assert client.get(f"{ROOT}/me").get_json()["id"] == "local"
    shown = {"Authorization": "Bearer tg_0000000000000000_" + "x" * 43}
    assert client.get(f"{ROOT}/me", headers=shown).status_code == 401
    shown = {"Authorization": f"Bearer {token_for(matrix_store, Role.READER, 'SE-AB')}"}
    assert client.get(f"{ROOT}/keys", headers=shown).status_code == 403
    assert client.get(f"{ROOT}/keys").status_code == 200


@pytest.mark.parametrize(
    ("access", "may", "seen", "status"),
    [(Access.PUBLIC, ["open", "read"], ["public"], 403), (Access.PRIVATE, ["open"], [], 403)],
)
def test_who_is_known_and_has_no_role_may_what_the_public_may(
    access: Access, may: list[str], seen: list[str], status: int, matrix_store: Store
) -> None:
    app = app_for(matrix_store, access)
    context_of(app).parts[AUTHENTICATE] = lambda _header: Principal("user:0123")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer of-somebody-without-a-role"
    who = client.get(f"{ROOT}/me").get_json()
    assert (who["id"], who["may"], who["visible_to"]) == ("user:0123", may, seen)
    assert client.get(f"{ROOT}/subscriptions").status_code == status
    assert client.get(f"{ROOT}/regions").status_code == (200 if "read" in may else status)


def test_a_route_without_a_policy_stops_the_start() -> None:
    app = Flask("without-policy", static_folder=None)
    app.add_url_rule("/open-to-all", "open_to_all", lambda: "here it is")
    with pytest.raises(LookupError, match="open_to_all has no policy"):
        install(app)


# --- what roles mean -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [role.value for role in Role])
@pytest.mark.parametrize("permission", list(Permission))
def test_roles_may_what_the_table_says(name: str, permission: Permission) -> None:
    who = Principal("key:x", frozenset({Role(name)}))
    assert who.may(permission) is (permission in MAY[name].split(" "))
    narrow = replace(who, scopes=frozenset({Permission.READ}))
    assert narrow.may(permission) is (permission in {"open", "read"})


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (ANONYMOUS, ("public",)),
        (Principal("key:x", frozenset({Role.READER})), ("network", "public")),
        (Principal("key:x", frozenset({Role.READER}), "SE-AB"), ("network", "public", "region:SE-AB")),
        (Principal("key:x", frozenset({Role.READER}), "SE-AB", limited_to_public=True), ("public",)),
        (Principal("user:x", region="SE-AB", grants=frozenset({"region:SE-M"})), ("public",)),
        (
            Principal("key:x", frozenset({Role.READER}), "SE-AB", frozenset({"region:SE-M"})),
            ("network", "public", "region:SE-AB", "region:SE-M"),
        ),
    ],
)
def test_what_each_sees(who: Principal, seen: tuple[str, ...]) -> None:
    assert who.visible_to == seen
    for visibility in ("public", "network", "region:SE-AB", "region:SE-M"):
        own = visibility in ("public", "network", f"region:{who.region}")  # what was granted is seen, and not written
        assert who.may_write_as(visibility) is (who.is_known and own and visibility in seen)
    assert who.tenant == ("region:SE-AB" if who.region else who.id)
