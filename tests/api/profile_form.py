"""Rules of the national API profile about the form of the interface: addresses, names, messages, versions."""

from __future__ import annotations

import re

from tests.api.conftest import ROOT
from tests.api.profile import NAMED_ELSEWHERE, NO_RESOURCES, SNAKE, Api, get, property_names, rule
from tests.api.test_document import RELEASED
from tools.openapi_promises import broken, promises

#: A trail without end is read on from where one was: rows cannot be counted off within the time of a request.
BY_CURSOR_ALONE = frozenset({"/audit"})
KLANG = "/factories/demo-plant-klang"


@rule("MOG.01")
def resources_and_verbs(api: Api) -> None:
    """Level 2 of Richardson's: resources, and HTTP's own verbs and statuses."""
    assert len(api.document["paths"]) > 30
    assert {method for _, method, _ in api.operations} == {"get", "post", "put", "delete"}
    assert get(api, f"{KLANG}-unknown").status_code == 404


@rule("MOG.02")
def links(api: Api) -> None:
    """Level 3: answers link further."""
    assert [name for name, one in api.pages.items() if "_links" not in one.get("required", ())] == []
    assert "dependent_contracts" in get(api, KLANG).get_json()["_links"]


@rule("UFN.01", "VER.05")
def address_of_the_server(api: Api) -> None:
    """https://host/api/version, and addresses in the document are relative to it."""
    (server,) = api.document["servers"]
    assert re.fullmatch(r"https://[^/]+/tracegraph/v1", server["url"])
    assert [path for path in api.document["paths"] if "tracegraph" in path or "v1" in path] == []


@rule("UFN.02", "SAK.01")
def https_alone(api: Api) -> None:
    """Every server is reached by https, none is this computer."""
    for server in api.document["servers"]:
        assert server["url"].startswith("https://")
        assert "localhost" not in server["url"]
        assert "127.0.0.1" not in server["url"]
    assert "max-age" in get(api, "/api-info").headers["Strict-Transport-Security"]


@rule("UFN.05")
def short_addresses(api: Api) -> None:
    """Addresses stay below 2,048 characters; a large selection is sent as a body."""
    assert "post" in api.document["paths"]["/exposure-queries"]
    for path in ("/factories?limit=1", f"{KLANG}/dependent-contracts?limit=1"):
        for link in get(api, path).get_json()["_links"].values():
            assert len(link["href"]) < 2_048


@rule("UFN.07", "UFN.08", "UFN.09", "RES.06")
def letters_of_addresses(api: Api) -> None:
    """Lower case, words apart by hyphens, no underscore and no space; parts in one word."""
    for path in api.document["paths"]:
        for step in path.strip("/").split("/"):
            assert re.fullmatch(r"[a-z0-9]*(?:[-.][a-z0-9]+)*|\{[a-z][A-Za-z0-9]*\}", step), path


@rule("RES")
def plural_nouns(api: Api) -> None:
    """Resources are plural nouns; what is none is a question to the whole, or about the API itself."""
    first = {path.split("/")[1] for path in api.document["paths"]}
    assert {step for step in first - NO_RESOURCES if not step.endswith("s")} == set()


@rule("RES.02")
def no_keys_of_persons(api: Api) -> None:
    """No personal identifiers in addresses: ids are the data's own or random."""
    names = {one["name"] for _, one in api.every_parameter}
    assert not names & {"ssn", "pnr", "personnummer", "personal_number", "email"}


@rule("AME.01", "AME.02")
def json_by_default(api: Api) -> None:
    """JSON, also for who asks for nothing in particular."""
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        response = get(api, KLANG, **headers)
        assert response.mimetype == "application/json"
        response.data.decode("utf-8")


@rule("AME.03")
def other_forms_by_accept(api: Api) -> None:
    """Other forms where the caller asks for them; one that there is not is 406."""
    assert get(api, "/factories", Accept="text/csv").mimetype == "text/csv"
    assert get(api, "/factories", Accept="application/xml").status_code == 406


@rule("AME.04", "AME.05", "AME.07")
def snake_case(api: Api) -> None:
    """One way of writing names, everywhere; letters, digits and what joins words."""
    schemas = {name: one for name, one in api.document["components"]["schemas"].items() if name not in NAMED_ELSEWHERE}
    names = {(name, found) for name, schema in schemas.items() for found in property_names(schema)}
    names |= {(where, one["name"]) for where, one in api.every_parameter if one["in"] == "query"}
    assert {pair for pair in names if not SNAKE.fullmatch(pair[1])} == set()


@rule("AME.06")
def lists_are_plural(api: Api) -> None:
    """A list in an envelope is `items`, which is one."""
    assert [name for name, one in api.pages.items() if one["properties"]["items"]["type"] != "array"] == []


@rule("VER.01", "VER.02", "VER.03")
def nothing_is_taken_away(api: Api) -> None:
    """What was promised is kept; new things may come beside it."""
    assert broken(RELEASED.read_text(encoding="utf-8").splitlines(), promises(api.document)) == []


@rule("VER.06")
def api_info(api: Api) -> None:
    """What the API is, at its root."""
    body = get(api, "/api-info").get_json()
    assert set(body) >= {"apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"}
    assert body["apiVersion"] == api.document["info"]["version"]
    assert body["apiDocumentation"].endswith(f"{ROOT}/docs")


@rule("FNS.01", "FNS.03", "FNS.06")
def names_of_parameters(api: Api) -> None:
    """One way of writing them, from a letter on, safe in an address; one name means one thing."""
    words: dict[str, set[str]] = {}
    for where, one in api.every_parameter:
        if one["in"] == "query":
            assert SNAKE.fullmatch(one["name"]), where
            assert one["name"][0].isalpha(), where
            words.setdefault(one["name"], set()).add(one["schema"].get("items", one["schema"]).get("type", ""))
    assert {name: kinds for name, kinds in words.items() if len(kinds) > 1} == {}


@rule("FNS.05")
def optional_parameters(api: Api) -> None:
    """Parameters of the query are optional, but those without which there is no question."""
    needed = {(where, one["name"]) for where, one in api.every_parameter if one["in"] == "query" and one["required"]}
    assert {name for _, name in needed} <= {"ids", "q", "from", "to", "since", "widen", "holder"}


@rule("FNS.07", "FNS.08", "FNS.09")
def paging(api: Api) -> None:
    """Lists have limit and page; the first page is 1, and 20 rows are the default."""
    for path, method, operation in api.operations:
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name.endswith(("_page", "_list")) and path not in BY_CURSOR_ALONE:
            found = {one["name"]: one["schema"] for one in api.parameters(path, operation)}
            assert found.keys() >= {"limit", "page"}, f"{method} {path}"
            assert (found["limit"]["default"], found["limit"]["maximum"]) == (20, 200), path
            assert (found["page"]["default"], found["page"]["minimum"]) == (1, 1), path


@rule("FNS.filters")
def filters_are_parameters(api: Api) -> None:
    """Filters stand in the query; where words are allowed alone, they are listed."""
    found = {one["name"]: one for _, one in api.every_parameter if one["in"] == "query"}
    assert "enum" in found["status"]["schema"]["items"]
    assert "enum" in found["min_grade"]["schema"]
    assert get(api, "/factories?country=MY").status_code == 200
