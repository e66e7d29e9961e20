"""Twin worlds over every page and every file of the pages: what is private to another region changes no byte of any.

The worlds are those of `test_twin_routes`: one with what only region Skåne may see, and with what Skåne did, and one
without. A new page is covered by being served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.api.test_twin_routes import LENS, LIVED, SKANE, STOCKHOLM, Ids, app_of, pair
from tracegraph.access import ANONYMOUS, Principal
from tracegraph.settings_audit import OFF, AuditSettings
from tracegraph_api.context import context_of
from tracegraph_api.pages import guard
from tracegraph_api.pages.files import MEDIA
from tracegraph_api.policy import API, LOGGED_IN

#: What forms have anew each time; PDF and ZIP say when they were made.
ANEW = re.compile(rb'name="form_(?:key|token)" value="[^"]*"')
NOT_OF_THE_STORE = ("/assets/", "/log-in", "/logged-out", "/language")
#: Parts of addresses that are no ids, and what stands for them.
PARTS = {"ending": tuple(MEDIA), "name": ("suppliers", "nothing"), "number": ("1", "2"), "code": ("MY",)}


def addresses(app: Flask, ids: Ids) -> Iterator[str]:
    """Yield every address of a page: with ids that are seen, hidden and unknown, and every form of its files."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        path = str(rule)
        if "GET" in (rule.methods or ()) and not path.startswith((API, *NOT_OF_THE_STORE)):
            yield from _filled(rule, ids)


def _filled(rule: Rule, ids: Ids) -> Iterator[str]:
    resource = next((part for part in str(rule).strip("/").split("/") if part in ids.of), "jobs")
    paths = [str(rule)]
    for part in sorted(rule.arguments):
        about = next((kind for kind in ("contract", "supplier") if kind in part), None)
        values = PARTS.get(part) or ids.of[f"{about}s" if about else resource]
        paths = [re.sub(rf"<(?:[^<>:]+:)?{part}>", value, path) for path in paths for value in values]
    yield from paths


def queries(path: str, ids: Ids) -> Iterator[dict[str, str]]:
    """Yield queries: what pages are asked about, a page leaves out what it does not take."""
    yield dict(LENS)
    if path in ("/", "/search", "/audit", "/jobs", "/imports", "/subscriptions"):
        yield {}
    if any(id in path for of in ids.of.values() for id in of):
        return
    contract = ids.of["contracts"][0]
    for id in ids.of["factories"][:2]:
        yield {**LENS, "factory": id, "from": id, "to": contract, "q": id, "region": "SE-AB", "other_factory": id}


def shown(client: FlaskClient, path: str, query: dict[str, str]) -> tuple[object, ...]:
    """Return what a reader gets: status, headers and content, without what is new each time."""
    response = client.get(path, query_string=query, headers={"X-Request-Id": "twin-pages"})
    headers = sorted((name, value) for name, value in response.headers if name not in ("Date", "traceparent"))
    return response.status_code, headers, ANEW.sub(b"", response.data)


def reading_as(client: FlaskClient, who: Principal) -> FlaskClient:
    context_of(client.application).parts[LOGGED_IN] = lambda: who if who.is_known else None
    return client


@pytest.mark.parametrize(
    ("seed", "who"), [(39, ANONYMOUS), (1, STOCKHOLM)], ids=lambda value: str(getattr(value, "id", value))
)
def test_a_reader_learns_nothing_from_any_page(seed: int, who: Principal, tmp_path: Path) -> None:
    asked = 0
    with pair(seed, "small", who, tmp_path) as twins:
        clients = [reading_as(client, who) for client in twins.clients]
        for path in addresses(clients[0].application, twins.ids):
            for query in queries(path, twins.ids):
                one, other = (shown(client, path, query) for client in clients)
                assert one == other, (path, query)
                assert one[0] != 500, (path, query)
                asked += 1
    assert asked > 60


# --- forms -----------------------------------------------------------------------------------------------------------


def forms(app: Flask) -> list[str]:
    """Return the addresses that take a form; those about an incident, also of one that is seen."""
    rules = [str(rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    own = sorted(rule for rule in rules if not rule.startswith((API, "/log-out")))
    return [*own, *(rule.replace("<id>", "inc-1") for rule in own if rule.startswith("/incidents/<id>"))]


def typed(id: str, ids: Ids) -> list[dict[str, object]]:
    """Return what is sent: about an id, in every field that takes one; and nothing but what every form has."""
    contracts = [ids.of["contracts"][0], id]
    about = {"contract": contracts, "operation_id": id, "selector": json.dumps({"kind": "factory", "id": id})}
    about |= {"kind": "factory", "id": id, "channel": "webhook", "endpoint": id, "sources": id, "goods": id}
    return [{}, {**about, "state": "confirmed", "reason": "Twin (fictional).", "do": "preview", "title": "Twin"}]


def sent(client: FlaskClient, path: str, data: dict[str, object], key: str) -> tuple[object, ...]:
    """Return what a reader gets who sends a form."""
    with client.application.test_request_context("/"):
        client.application.preprocess_request()
        token = guard.form_token()
    given = {**data, "form_token": token, "form_key": key, "version": "1"}
    response = client.post(path, data=given, headers={"X-Request-Id": "twin-forms"})
    headers = sorted((name, value) for name, value in response.headers if name not in ("Date", "traceparent"))
    return response.status_code, headers, ANEW.sub(b"", response.data)


def test_a_form_about_what_others_have_tells_nothing_of_it(tmp_path: Path) -> None:
    """It is answered as in a world in which that is not there."""
    told = set()
    with pair(1, "small", STOCKHOLM, tmp_path) as twins:
        clients = [reading_as(client, STOCKHOLM) for client in twins.clients]
        theirs = [twins.hidden[name][0] for name in LIVED]
        for path in forms(clients[0].application):
            for id in ("secret-f", "secret-c", "inc-secret", "src-secret", *theirs):
                for number, data in enumerate(typed(id, twins.ids)):
                    address, key = re.sub(r"<[^>]+>", id, path), f"twin-{path.count('/')}-{id}-{number}"[:100]
                    one, other = (sent(client, address, data, key) for client in clients)
                    assert one == other, (address, data)
                    assert one[0] != 500, (address, data)
                    told.add(one[0])
    assert told <= {200, 403, 404, 422}  # 200: a form that is shown again with what would be touched


# --- what one reader leaves behind in a process ----------------------------------------------------------------------


def test_what_another_asked_before_changes_no_page(tmp_path: Path) -> None:
    """Portfolios, answers, drawings and names are kept for all readers of a process: each by what its reader sees."""
    asked = 0
    with pair(1, "small", STOCKHOLM, tmp_path) as twins:
        apps = [app_of(twins.stores[1], STOCKHOLM, AuditSettings(audit_reads=OFF)) for _ in range(2)]
        alone, shared = (reading_as(app.test_client(), STOCKHOLM) for app in apps)
        for path in addresses(alone.application, twins.ids):
            for query in queries(path, twins.ids):
                reading_as(shared, SKANE).get(path, query_string=query)
                one, other = shown(reading_as(shared, STOCKHOLM), path, query), shown(alone, path, query)
                assert one == other, (path, query)
                asked += 1
    assert asked > 60


def test_what_is_private_would_show(tmp_path: Path) -> None:
    """Skåne's own pages differ between the worlds, and so would those of others if they showed what is Skåne's."""
    with pair(1, "small", STOCKHOLM, tmp_path) as twins:
        clients = [reading_as(app_of(store, SKANE).test_client(), SKANE) for store in twins.stores]
        for path in ("/imports", "/subscriptions", "/audit", "/jobs", "/administration/keys", "/factories/secret-f"):
            one, other = (shown(client, path, {}) for client in clients)
            assert one != other, path
