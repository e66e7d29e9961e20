"""Addresses and texts of pages that are compiled once say what those that are made each time would say."""

from __future__ import annotations

from typing import Any

import pytest
from flask import url_for

from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.pages.links import LENS, here, link
from tracegraph_api.pages.words import filled, said

ODD = "a b/c?d&e=f%g<å>'\"+;,:@!$()*~"


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("factories.one", {"id": "plain-1"}),
        ("factories.one", {"id": ODD}),
        ("contracts.all", {"region": ["SE-AB", None, ODD], "page": 2, "name": None, "known_at": "2020-01-01"}),
        ("contracts.all", {"as_": None}),
        ("chain.file", {"id": "c", "ending": "svg"}),
        ("start.home", {}),
    ],
)
@pytest.mark.parametrize("root", ["", "/below"])
def test_a_compiled_address_is_the_one_that_flask_builds(
    read_store: Store, endpoint: str, values: dict[str, Any], root: str
) -> None:
    app = create_app(ApiSettings(access=Access.LOCAL), read_store)
    asked = {"known_at": "2019-02-19 +å&", "as": "public", "min_grade": " ", "other": "x"}
    with app.test_request_context(f"{root}/contracts", query_string=asked, base_url=f"http://localhost{root}"):
        given = {name.rstrip("_"): value for name, value in values.items()}
        lens = {name: value for name, value in asked.items() if name in LENS and value.strip()}
        assert link(endpoint, **values) == url_for(
            f"page_{endpoint}", **{name: value for name, value in {**lens, **given}.items() if value is not None}
        )


def test_this_page_keeps_its_parameters_in_their_order(read_store: Store) -> None:
    app = create_app(ApiSettings(access=Access.LOCAL), read_store)
    with app.test_request_context("/contracts?b=1&a=2&b=3&empty=&page=4"):
        assert here(page=None, a=["x", "å&"]) == "/contracts?b=1&b=3&a=x&a=%C3%A5%26"


def test_places_are_filled_in_escaped_and_whole_numbers_as_the_language_writes_them() -> None:
    text = said("Who depends on {what}?", "en")
    assert filled(text, "en", what="<b>") == "Who depends on &lt;b&gt;?"
    assert filled(text, "sv", what=12345) == "Who depends on 12\N{NO-BREAK SPACE}345?"


def test_one_process_speaks_both_languages(read_store: Store) -> None:
    client = create_app(ApiSettings(access=Access.LOCAL), read_store).test_client()
    for _ in range(2):
        for lang, words in (("sv", "Sök"), ("en", "Search")):
            page = client.get("/help", headers={"Accept-Language": lang}).get_data(as_text=True)
            assert f"<button>{words}</button>" in page
