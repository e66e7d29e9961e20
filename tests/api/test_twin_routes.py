"""Twin worlds over every route that reads: what is private to another region changes no byte of any answer.

Two stores, one with claims and revisions of incidents that only region Skåne may see, one without; and Skåne has keys,
endpoints, subscriptions, messages, proposals, imports, jobs and triage in the one and nothing in the other, while who
asks has the same in both. Every GET route of the application is asked of both, with ids that are seen, hidden and
unknown, in every form, page by page: body, status and headers are equal. A new route is covered by being served.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.api.conftest import ROOT
from tests.api.lives import Life, same_chances
from tests.api.pinned import api_rules
from tests.library import opened
from tests.properties.test_twin_commands import made
from tracegraph.access import ANONYMOUS, Principal, Role
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_audit import OFF, AuditSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

SKANE = Principal("user:m", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-M")
NAMED = (("factories", "factory_id"), ("suppliers", "supplier_id"), ("contracts", "contract_id"))
LENS = {"valid_at": "2019-06-01", "known_at": "2024-06-01T00:00:00Z"}
NOW = "2025-01-01T00:00:00Z"
STOCKHOLM = Principal("user:ab", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-AB")
LEAD = Principal("key:lead", frozenset({Role.RISK_AREA_LEAD}))
WORLDS = (
    (39, "small", ANONYMOUS),
    (1, "small", STOCKHOLM),
    (0, "small", LEAD),
    pytest.param(103, "medium", STOCKHOLM, marks=pytest.mark.long),
)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEADERS = {"Authorization": "Bearer test", "X-Request-Id": "twin-worlds", "traceparent": TRACE}
FORMS = ("application/json", "text/csv", "application/graphml+xml", "application/geo+json", "application/zip")
AUDITED = AuditSettings()
#: Resources of which a region has its own.
LIVED = ("keys", "endpoints", "subscriptions", "proposals", "imports", "jobs", "messages", "claims")
#: Routes whose answers are of the process and not of the store, or are bytes of the program itself.
NOT_OF_THE_STORE = ("/metrics", "/healthz", "/readyz", "openapi", "/docs", "api-info", "/problems/")


@dataclass(frozen=True)
class Ids:
    """Ids by the kind of node: one that is seen, one that is hidden, one that is unknown."""

    of: Mapping[str, tuple[str, ...]]

    def paths(self, rule: Rule) -> Iterator[str]:
        """Yield the addresses of a route: with each id of its first part in turn."""
        if not rule.arguments:
            yield str(rule)
            return
        resource = next(part for part in str(rule).split("/") if part in self.of)
        for id in self.of[resource]:
            path = str(rule)
            for name in sorted(rule.arguments):
                path = path.replace(f"<{name}>", self.named(name, id)).replace(f"<path:{name}>", id)
            yield path

    def named(self, name: str, id: str) -> str:
        """Return what stands for one part of a path."""
        holder, _, product = id.partition("/")
        return {"contract": self.of["contracts"][0], "holder": holder, "product": product}.get(name, id)


def app_of(store: Store, who: Principal, audit: AuditSettings = AUDITED) -> Flask:
    """Return the application as one caller meets it, at one moment."""
    app = create_app(ApiSettings(access=Access.PUBLIC, audit=audit), store)
    shared = context_of(app)
    shared.clock = lambda: NOW
    shared.parts[AUTHENTICATE] = lambda _header: who
    return app


def ids_of(rest: Mapping[str, list[dict[str, str]]], hidden: str, *lives: Mapping[str, list[str]]) -> Ids:
    factory, supplier = rest["factories"][0]["factory_id"], rest["suppliers"][0]["supplier_id"]
    contract = rest["contracts"][0]["contract_id"]
    unknown = "nobody-knows"
    lived = {name: tuple(id for life in lives for id in life.get(name, ())) for name in LIVED}
    return Ids(
        {
            "factories": (factory, "secret-f", unknown),
            "suppliers": (supplier, "secret-s", unknown),
            "groups": (supplier, "secret-s", unknown),
            "items": (f"{factory}/p1", "secret-f/secret", f"{unknown}/p1"),
            "contracts": (contract, "secret-c", unknown),
            "incidents": ("inc-1", "inc-3", "inc-secret", unknown),
            "countries": ("MY", "SE", "ZZ"),
            "regions": ("SE-AB", "SE-M", "SE-ZZ"),
            "categories": ("gloves", "secret", unknown),
            "products": ("p1", "secret", unknown),
            "sources": ("src-1", "src-secret", unknown),
            "stops": (factory, "secret-f", unknown),
            **{name: (*ids, unknown) for name, ids in lived.items()},
            "claims": (*lived["claims"], hidden, "clm-00000000000000000000"),
        }
    )


def questions(app: Flask, ids: Ids) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every address with a query that its route takes."""
    for rule in sorted(api_rules(app), key=str):
        if "GET" not in (rule.methods or ()) or any(part in str(rule) for part in NOT_OF_THE_STORE):
            continue
        for path in ids.paths(rule):
            yield from ((path, query) for query in queries(str(rule), ids))


def queries(rule: str, ids: Ids) -> Iterator[dict[str, str]]:
    """Yield queries; a route that does not take a parameter refuses it in both worlds alike."""
    yield dict(LENS)
    yield {**LENS, "limit": "1"}
    yield {}
    if rule.endswith("/search"):
        yield from ({**LENS, "q": text} for text in ("secret", "Secret", ids.of["factories"][0], "f"))
    if rule.endswith("/routes"):
        contract, factory = ids.of["contracts"][0], ids.of["factories"][0]
        yield from ({**LENS, "factory": id} for id in ids.of["factories"])
        yield from ({**LENS, "from": one, "to": contract} for one in (factory, "secret-f"))
    if rule.endswith("/changes"):
        yield {**LENS, "since": "2019-01-01T00:00:00Z"}
    if rule.endswith("/dependent-contracts"):
        yield {**LENS, "status": "no_link"}


def answers(client: FlaskClient, path: str, query: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Yield status, headers and body in every form; and of all pages, to the end."""
    for form in FORMS:
        response = client.get(path, query_string=query, headers={**HEADERS, "Accept": form})
        yield form, *taken(response)
        if response.status_code == 406:
            continue
        pages = 0
        while form == FORMS[0] and response.is_json and pages < 20:
            following = response.get_json().get("_links", {}).get("next")
            if not following:
                break
            response = client.get(following["href"], headers=HEADERS)
            yield "page", *taken(response)
            pages += 1


def taken(response: object) -> tuple[object, ...]:
    """Return what a caller sees of a response, without what every response has anew."""
    headers = sorted((name, value) for name, value in response.headers if name not in ("Date", "traceparent"))  # type: ignore[attr-defined]
    return response.status_code, headers, response.data  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Pair:
    """Both worlds as one caller meets them, and every question, with its query, in an order of chance."""

    clients: tuple[FlaskClient, FlaskClient]
    stores: tuple[Store, Store]
    ids: Ids
    asked: list[tuple[str, dict[str, str]]]
    own: Mapping[str, list[str]]
    hidden: Mapping[str, list[str]]


@contextmanager
def pair(seed: int, size: str, who: Principal, folder: Path) -> Iterator[Pair]:
    """Make two worlds in which the caller has lived, and in the second one Skåne too."""
    urls = [f"sqlite:///{folder}/{number}.db" for number in range(2)]
    worlds, secret = made(seed, size, urls, folder)
    factory, supplier, contract = (worlds.rest[table][0][column] for table, column in NAMED)
    about = (factory, supplier, contract)
    with opened(urls[0]) as without, opened(urls[1]) as beside:
        stores = (without, beside)
        begins = {f"secret-{day}": f"2024-12-0{day}T00:00:00Z" for day in (1, 3)}
        theirs = [Life(app_of(beside, SKANE), beside, SKANE, about, *begun) for begun in begins.items()]
        theirs[0].live()
        lives = [Life(app_of(store, who), store, who, about, "mine", "2024-12-02T00:00:00Z") for store in stores]
        for life in lives if who.is_known else ():
            with same_chances(seed):
                life.live()
        theirs[1].live()
        assert lives[0].ids == lives[1].ids
        hidden = {name: [*theirs[0].ids[name], *theirs[1].ids[name]] for name in LIVED}
        apps = [app_of(store, who) for store in stores]
        ids = ids_of(worlds.rest, secret, lives[0].ids, hidden)
        found = list(questions(apps[0], ids))
        random.Random(seed).shuffle(found)  # what one question leaves behind may not show in the next
        yield Pair((apps[0].test_client(), apps[1].test_client()), stores, ids, found, lives[0].ids, hidden)


@pytest.mark.parametrize(("seed", "size", "who"), WORLDS, ids=lambda value: str(getattr(value, "id", value)))
def test_a_reader_learns_nothing_from_any_route(seed: int, size: str, who: Principal, tmp_path: Path) -> None:
    asked = 0
    with pair(seed, size, who, tmp_path) as twins:
        for path, query in twins.asked:
            for one, other in zip(*(answers(client, path, query) for client in twins.clients), strict=True):
                assert one == other, (path, query, one[0])
                assert one[1] != 500, (path, query, one)
                asked += 1
    assert asked > 20


def test_what_others_do_would_show(tmp_path: Path) -> None:
    """Skåne itself finds what it did in the one world alone, and Stockholm its own in both."""
    with pair(1, "small", STOCKHOLM, tmp_path) as twins:
        assert all(twins.own[name] and twins.hidden[name] for name in LIVED)
        for name in ("audit", *LIVED[:-1]):  # claims are no list of one's own
            mine = [listed(client, name) for client in twins.clients]
            theirs = [listed(app_of(store, SKANE).test_client(), name) for store in twins.stores]
            assert mine[0] == mine[1] != []
            assert len(theirs[0]) < len(theirs[1])


def listed(client: FlaskClient, name: str) -> list[object]:
    """Return the rows of a list."""
    rows: list[object] = client.get(f"{ROOT}/{name}", headers=HEADERS).get_json()["items"]
    return rows


# --- how long it takes -----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_no_route_takes_longer_for_what_is_hidden(tmp_path: Path) -> None:
    """Medians of each route differ by 5 % or 2 ms at most, whichever is more; a difference is looked at again.

    The worlds are asked in turns, so that what else the machine does meets both; a true difference stays.
    """
    with pair(103, "medium", STOCKHOLM, tmp_path) as twins:
        apps = [app_of(store, STOCKHOLM, AuditSettings(audit_reads=OFF)) for store in twins.stores]
        clients = [app.test_client() for app in apps]
        doubtful = sorted({(path, json.dumps(query)) for path, query in twins.asked if set(query) >= set(LENS)})
        assert len(doubtful) > 100
        for repeats in (9, 31, 101, 301):
            doubtful = [asked for asked in doubtful if not is_as_long(medians(clients, *asked, repeats))]
        assert [(asked, medians(clients, *asked, 31)) for asked in doubtful] == []


def medians(clients: Sequence[FlaskClient], path: str, query: str, repeats: int) -> tuple[float, float]:
    """Return the median time of a question in each world, in seconds, asked in turns after one that is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * (repeats + 1)):
        world = (number + number // 2) % 2  # 0 1 1 0: neither always comes first
        began = perf_counter()
        clients[world].get(path, query_string=json.loads(query), headers=HEADERS)
        times[world].append(perf_counter() - began)
    return median(times[0][1:]), median(times[1][1:])


def is_as_long(found: tuple[float, float]) -> bool:
    """Return whether two times differ by no more than 5 %, or by 2 ms."""
    return abs(found[0] - found[1]) <= max(0.05 * min(found), 0.002)
