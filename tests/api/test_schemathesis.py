"""Every operation of the document with good and with bad input: no 5xx, nothing that the document does not describe.

Who may do what is held elsewhere (`test_policy_matrix.py`); here everybody may do everything. Good input by the
document may still be refused, where it names what there is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as known

from tests.api.conftest import ROOT
from tests.faults.served import serving
from tools.make_openapi_doc import DOCUMENT, demo
from tracegraph.access import LOCAL
from tracegraph.settings_api import Access, ApiSettings
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

METHODS = ("get", "post", "put", "patch", "delete")
EXAMPLES = 5
MANY = 200
STEPS = 20
MOST_SECONDS = 5
TOKEN = {"Authorization": "Bearer anybody"}
#: What is not held here: whoever asks may do everything, and good input may name what there is not.
NOT_HERE: list[Any] = [known.ignored_auth, known.positive_data_acceptance]
#: Bad input is refused later, in the job that is asked for, or for another reason first: the version, or its size.
LATER = (202, 412, 413)
MODES = {"good": GenerationMode.POSITIVE, "bad": GenerationMode.NEGATIVE}


PATHS: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]


def operations() -> Iterator[tuple[str, str]]:
    """Yield the operations of the snapshot, which a test holds to be what is served, with the input that there is."""
    for path, item in PATHS.items():
        for method in (one for one in METHODS if one in item):
            yield f"{method.upper()} {path}", "good"
            inputs = [one.get("in") for one in (*item["parameters"], *item[method]["parameters"])]
            if "requestBody" in item[method] or "query" in inputs or "path" in inputs:
                yield f"{method.upper()} {path}", "bad"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The API over a demo of its own, in which everybody may do everything."""
    store = demo(tmp_path_factory.mktemp("schemathesis"))
    made = create_app(ApiSettings(access=Access.PUBLIC), store)
    context_of(made).parts[AUTHENTICATE] = lambda _header: LOCAL
    yield made
    store.close()


@cache
def schema_of(app: Flask) -> Any:
    """Return the document of an application, as the generator reads it."""
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app)


def patiently(case: Any) -> Any:
    """Send a request; where jobs that were asked for before take all places, or the disk, again when they are done."""
    until = monotonic() + 60
    while is_refused(response := case.call(headers=TOKEN)) and monotonic() < until:
        sleep(0.2)
    return response


def is_refused(response: Any) -> bool:
    """Return whether too much is being worked on, or written, and the caller is told when to come again."""
    if response.status_code != 503 or "retry-after" not in response.headers:
        return False
    return response.json()["code"] in ("overloaded", "store-unavailable")


def hold(operation: Any, mode: GenerationMode, most: int) -> None:
    """Send an operation so many requests; hold each answer against the document."""
    shared = PATHS[operation.path]["parameters"]
    parts = {one["name"]: one["example"] for one in shared if one.get("in") == "path"}

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=most == EXAMPLES,  # the same requests each time; long runs draw others
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and len(str(case.path_parameters)) % 2:  # every other time, what there is
            case.path_parameters.update(parts)
        response = patiently(case)
        assert response.status_code < 500, response.text
        assert response.elapsed < MOST_SECONDS
        unsent = any(value in ([], {}) for value in (case.query or {}).values())  # an empty list leaves no trace
        later = [known.negative_data_rejection] if unsent or response.status_code in LATER else []
        case.validate_response(response, excluded_checks=[*NOT_HERE, *later])

    run()


@pytest.mark.parametrize(("name", "mode"), list(operations()))
def test_each_operation(name: str, mode: str, app: Flask) -> None:
    method, _, path = name.partition(" ")
    hold(schema_of(app)[path][method], MODES[mode], EXAMPLES)


@pytest.mark.parametrize("id", ["c%3Fd", "c%23d", "c%2525", "%C3%A5"])
def test_strange_characters_in_an_address_are_just_unknown(id: str, app: Flask) -> None:
    """Found here: a question mark inside an id was taken for the query, where a question is asked in another thread."""
    response = app.test_client().get(f"{ROOT}/incidents/{id}/evidence-bundle", headers=TOKEN)
    assert (response.status_code, response.get_json()["code"]) == (404, "unknown-node")


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_each_operation_many_times(app: Flask) -> None:
    for name, mode in operations():
        method, _, path = name.partition(" ")
        hold(schema_of(app)[path][method], MODES[mode], MANY)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_one_request_leads_to_the_next_on_a_real_server(tmp_path: Path) -> None:
    demo(tmp_path).close()
    with serving(tmp_path, f"sqlite:///{tmp_path}/demo.db", TRACEGRAPH_ACCESS="local") as served:
        address = f"http://127.0.0.1:{served.port}{ROOT}"
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        schema.config.update(base_url=address)

        class Following(schema.as_state_machine()):  # type: ignore[misc]
            """Requests that follow from each other's answers."""

            def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **_: Any) -> None:
                """Hold an answer; whoever asks may do everything, so that bad tokens are none."""
                assert response.status_code < 500 or is_refused(response), response.text
                no_token = [known.negative_data_rejection]
                case.validate_response(response, excluded_checks=[*NOT_HERE, *no_token])

        bounds = settings(
            max_examples=STEPS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        )
        Following.run(settings=bounds)
