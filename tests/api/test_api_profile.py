"""The national API profile: every rule that binds us is a test of its name, and a row of the checklist in docs/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

pytest.register_assert_rewrite("tests.api.profile_form", "tests.api.profile_safety")

from tests.api import profile_form, profile_safety  # noqa: E402
from tests.api.checked import checked  # noqa: E402
from tests.api.conftest import ROOT  # noqa: E402
from tests.api.profile import RULES, Api  # noqa: E402
from tracegraph.settings_api import Access, ApiSettings  # noqa: E402
from tracegraph.store.port import Store  # noqa: E402
from tracegraph_api import create_app  # noqa: E402

CHECKLIST = Path(__file__).resolve().parents[2] / "docs" / "api-profile.md"
ROW = re.compile(r"^\| ([A-Z]{3}(?:\.[a-z0-9]+)?) \|.*`test_rule\[([^\]]+)\]`", re.MULTILINE)
PARTS = (profile_form, profile_safety)


@pytest.fixture(scope="module")
def api(read_store: Store) -> Api:
    """The API as the public meets it, with its document."""
    caller: FlaskClient = checked(create_app(ApiSettings(access=Access.PUBLIC), read_store))
    return Api(dict(caller.get(f"{ROOT}/openapi.json").get_json()), caller)


@pytest.mark.parametrize("id", sorted(RULES))
def test_rule(id: str, api: Api) -> None:
    RULES[id](api)


def test_the_checklist_has_every_rule_and_names_its_test() -> None:
    rows = dict(
        re.findall(r"^\| ([A-Z]{3}(?:\.[a-z0-9]+)?) \|.*`test_rule\[([^\]]+)\]`", CHECKLIST.read_text("utf-8"), re.M)
    )
    assert rows == {id: id for id in RULES}


def test_every_rule_says_what_it_holds() -> None:
    assert {part.__name__ for part in PARTS} == {found.__module__ for found in RULES.values()}
    assert [id for id, found in RULES.items() if not found.__doc__] == []
