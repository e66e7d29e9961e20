"""Rules of the national API profile about messages, errors, safety, traces and documentation."""

from __future__ import annotations

import re

from tests.api.conftest import ROOT
from tests.api.profile import Api, get, rule
from tests.api.profile_form import KLANG
from tracegraph_api.document_words import descriptions

PROBLEM = "application/problem+json"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@rule("ARQ.01")
def utf_8(api: Api) -> None:
    """Texts are UTF-8, in both directions."""
    assert get(api, "/search?q=Malm%C3%B6").status_code == 200
    response = api.caller.post(f"{ROOT}/incident-previews", data=b'{"scope": "\xff"}', content_type="application/json")
    assert response.status_code in (400, 422)


@rule("ARQ.02", "ARQ.03")
def headers_of_requests(api: Api) -> None:
    """Authorization, Content-Type and Accept are understood."""
    assert api.document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert api.caller.post(f"{ROOT}/incident-previews", data=b"a=1", content_type="text/plain").status_code == 415
    assert get(api, KLANG, Accept="text/vcard").status_code == 406


@rule("ARQ.04")
def cache_and_etag(api: Api) -> None:
    """ETag and If-None-Match, Cache-Control."""
    first = get(api, KLANG)
    assert get(api, KLANG, **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "Cache-Control" in first.headers


@rule("ARQ.05")
def nothing_of_the_payload_in_headers(api: Api) -> None:
    """Headers carry what belongs to the exchange, never a part of the answer."""
    known = {"etag", "location", "retry-after", "content-disposition", "x-truncated", "idempotency-replayed"}
    known |= {"x-request-id", "traceparent", "content-language", "cache-control", "www-authenticate", "allow"}
    known |= {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "preference-applied"}
    assert {name.lower() for _, _, answer in api.answers for name in answer.get("headers", {})} <= known


@rule("ARP.01", "ARP.02")
def statuses(api: Api) -> None:
    """The usual headers and statuses; no answer is open to the scripts of every site."""
    usual = {"200", "201", "202", "304", "400", "401", "403", "404", "405", "406", "408", "409", "412", "413", "415"}
    usual |= {"422", "428", "429", "500", "503", "default"}
    assert {status for _, status, _ in api.answers} <= usual
    assert "Access-Control-Allow-Origin" not in get(api, KLANG, Origin="https://other.example").headers


@rule("FEL.01", "FEL.02")
def problems(api: Api) -> None:
    """Every error is a problem: in the document, and as served; its type leads to a page."""
    for where, status, answer in api.answers:
        if status == "default" or int(status) >= 400:
            assert list(answer["content"]) == [PROBLEM], (where, status)
    assert {"default"} <= set(api.document["paths"]["/factories"]["get"]["responses"])
    for path in ("/factories/nobody", "/nowhere", "/factories?limit=x"):
        response = get(api, path)
        body = response.get_json()
        assert response.mimetype == PROBLEM
        assert body.keys() >= {"type", "title", "status", "detail", "instance"}
        assert body["status"] == response.status_code
        page = body["type"].partition(ROOT)[2]
        assert get(api, page).get_json()["code"] == body["code"]


@rule("DOT.01", "DOT.04")
def dates_and_times(api: Api) -> None:
    """RFC 3339; any zone is taken, UTC is given; no time where a day is meant."""
    asked = f"{KLANG}/dependent-contracts?valid_at=2019-02-19&known_at=2019-02-19T13:00:00%2B01:00"
    lens = get(api, asked).get_json()["meta"]["query"]["lens"]
    assert (lens["valid_at"], lens["known_at"]) == ("2019-02-19", "2019-02-19T12:00:00Z")
    assert get(api, f"{KLANG}?known_at=2019-02-19T13:00:00").status_code == 422


@rule("SAK.09", "SAK.10", "SAK.18")
def bearer_tokens(api: Api) -> None:
    """Bearer tokens alone: those of an identity provider (OAuth 2), and API keys; no Basic, no Digest."""
    schemes = api.document["components"]["securitySchemes"].values()
    assert {(one["type"], one.get("scheme")) for one in schemes} == {("http", "bearer")}
    for _, _, operation in api.operations:
        assert {name for one in operation["security"] for name in one} == {"bearer"}


@rule("SAK.15", "SAK.16")
def no_secret_in_an_address(api: Api) -> None:
    """No key and no token in an address or a cookie."""
    for where, one in api.every_parameter:
        assert one["in"] in ("query", "path", "header"), where
        if one["in"] != "header":
            assert not re.search(r"token|secret|password|api_?key", one["name"], re.IGNORECASE), where
    assert get(api, "/factories?token=tg_0_1").status_code == 422


@rule("SPA.02", "SPA.04")
def traces(api: Api) -> None:
    """traceparent is taken on every address, and given back."""
    for path, item in api.document["paths"].items():
        assert {"$ref": "#/components/parameters/traceparent"} in item["parameters"], path
    for where, status, answer in api.answers:
        assert "traceparent" in answer["headers"], (where, status)
    assert get(api, "/api-info", traceparent=TRACE).headers["traceparent"].split("-")[1] == TRACE.split("-")[1]


@rule("DOK.01")
def public_documentation(api: Api) -> None:
    """The documentation needs no log-in."""
    assert api.document["externalDocs"]["url"].endswith("/docs")
    for path in ("/docs", "/openapi.json", "/problems", "/docs/try"):
        assert {} in api.document["paths"][path]["get"]["security"]
        assert get(api, path, Accept="text/html, application/json").status_code == 200


@rule("DOK.03", "DOK.07", "DOK.11")
def information(api: Api) -> None:
    """Title, version, description, terms, contact and licence."""
    info = api.document["info"]
    assert all(info[name] for name in ("title", "version", "description", "termsOfService"))
    assert info["contact"].keys() == {"name", "url", "email"}
    assert info["license"].keys() == {"name", "url"}


@rule("DOK.06")
def both_languages(api: Api) -> None:
    """Swedish first, then English, in one text: of the API, and of every operation, answer, parameter and field."""
    info = api.document["info"]["description"].split("\n\n")
    assert len(info) == 2
    assert "leveranskedj" in info[0].lower()
    assert "supply chains" in info[1].lower()
    alone = {text for text in descriptions(api.document) if "\n\n" not in text and " / " not in text}
    assert alone == {"Id.", "Status.", "Version."}  # the same in both


@rule("DOK.08")
def level_of_service(api: Api) -> None:
    """Terms of use, which state the level of service."""
    assert api.document["info"]["termsOfService"].startswith("https://")


@rule("DOK.09")
def limitations(api: Api) -> None:
    """Known limits."""
    assert len(api.document["info"]["x-limitations"]) >= 3


@rule("DOK.15")
def full_examples(api: Api) -> None:
    """Every JSON that is sent or answered has an example."""
    missing = []
    for path, method, operation in api.operations:
        found = [("body", operation.get("requestBody", {}).get("content", {}))]
        found += [
            (status, api.resolved(answer).get("content", {})) for status, answer in operation["responses"].items()
        ]
        for what, content in found:
            missing += [
                f"{method} {path} {what}: see tools/example_requests.py"
                for media, one in content.items()
                if media.endswith("json") and "ndjson" not in media and "geo" not in media and "example" not in one
            ]
    assert missing == []


@rule("DOK.17")
def current_openapi(api: Api) -> None:
    """OpenAPI 3.1."""
    assert api.document["openapi"].startswith("3.1.")


@rule("DOK.19", "DOK.20")
def everything_is_described(api: Api) -> None:
    """Every operation, answer, parameter and resource is described."""
    missing = [
        f"{method} {path}" for path, method, one in api.operations if not one["description"] or not one["summary"]
    ]
    missing += [f"{where} {status}" for where, status, answer in api.answers if not answer["description"]]
    missing += [f"{where} {one['name']}" for where, one in api.every_parameter if not one.get("description")]
    missing += [tag["name"] for tag in api.document["tags"] if not tag["description"]]
    assert missing == []


@rule("FOR.02")
def no_body_on_get(api: Api) -> None:
    """What is read is asked for in the address."""
    assert [path for path, method, one in api.operations if method == "get" and "requestBody" in one] == []
