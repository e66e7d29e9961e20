"""The routes of a contract, and how sure they are, are the same bytes from either store."""

from __future__ import annotations

from tests.contract.build import LENS, NOW, change_set
from tests.unit.demo_world import REFERENCES, statements
from tracegraph.answer import Question
from tracegraph.answer_routes import Effort
from tracegraph.exchange.routes import routes_body
from tracegraph.model import Selector
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.routes import routes
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind


def test_both_stores_give_the_same_routes(store: Store, other: Store) -> None:
    question = Question((Selector(SelectorKind.FACTORY, "f1"), Selector(SelectorKind.COUNTRY, "TH")), LENS)
    bodies = []
    for kept in (store, other):
        kept.apply(change_set(*statements(), references=REFERENCES), NOW)
        bodies.append([routes_body(routes(question, c, Effort(), kept, Portfolios(kept))) for c in ("c1", "c2")])
    assert bodies[0] == bodies[1]
    assert bodies[0][0]["probability"] is not None
