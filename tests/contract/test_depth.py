"""Where value ends, and how old the evidence is, from either store: the same figures."""

from __future__ import annotations

from tests.contract.build import LENS, NOW, change_set
from tests.unit.demo_world import REFERENCES, statements
from tests.unit.services.test_depth_splits import REGIONS, parts
from tracegraph.answer_depth import DepthQuestion, Evidence
from tracegraph.services.depth import depth
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade


def test_the_demo_world(store: Store) -> None:
    store.apply(change_set(*statements(), references=REFERENCES), NOW)
    report = depth(LENS, store, Portfolios(store), DepthQuestion(by_grade=True))
    c1, c2 = report.contracts
    assert parts(c1.split)["unidentified_factory"] == (0.4, 0.4)
    assert parts(c1.by_grade[Grade.REPORTED])["known_end"] == (0, 0.6)
    assert "known_end" not in parts(c1.by_grade[Grade.DECLARED])  # f1 sells to t1: only reported
    assert (c1.evidence, c2.evidence) == (Evidence(6, NOW, NOW, "2019-02-15", 2, 1), None)


def test_regions(store: Store) -> None:
    store.apply(change_set(*REGIONS, references=REFERENCES), NOW)
    report = depth(LENS, store, Portfolios(store))
    assert parts(report.by_region["SE-AB"].split)["known_end"] == (0.75, 0.75)
    medians = {c.region: parts(c.median)["known_end"] for c in report.comparisons if c.category is None}
    assert medians == {"SE-AB": (0.5, 0.5), "SE-C": (0.75, 0.75), "SE-E": (0.75, 0.75), "SE-M": (0.5, 0.5)}
