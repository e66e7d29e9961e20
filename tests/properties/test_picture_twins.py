"""Twin worlds, one with secrets of another region: a reader who may not see them gets the same pictures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.library import lens_of
from tests.properties.test_twin_worlds import READERS, Tables, parted, quiet, secret_worlds, secrets_about, worlds
from tests.strategies import Query
from tests.unit.render.drawing import drawn, drawn_depth
from tracegraph.incidents import selector_from_body
from tracegraph.lens import visible_to
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store

NOW = "2030-01-01T00:00:00Z"


def pictures(store: Store, query: Query, reader: str) -> list[str]:
    """Return the pictures of every chain that the reader sees, with what is asked marked, and that of depth."""
    lens = replace(lens_of(dict(query), today="2020-01-01", now=NOW), visible_to=visible_to(reader))
    scope = tuple(selector_from_body(selector) for selector in query["scope"])
    contracts = Portfolios(store).under(lens).portfolio.contract_ids
    return [*(drawn(store, name, lens, scope) for name in contracts), drawn_depth(store, lens)]


@settings(quiet, max_examples=12)
@given(secret_worlds(), st.sampled_from(READERS), st.integers(0, 20))
def test_a_picture_shows_nothing_of_what_its_reader_may_not_see(
    given_world: tuple[Tables, Query], reader: str, number: int
) -> None:
    tables, query = given_world
    rest, hidden = parted(tables)
    views = []
    for parts in ((rest,), (rest, hidden, secrets_about(rest, number))):
        with worlds(lambda folder: f"sqlite:///{folder}/store.db", *parts) as store:
            views.append(pictures(store, query, reader))
    without, beside = views
    assert beside == without
