"""A small fictional world with hand-known answers, in an SQLite store.

    l1/latex -> f1/latex => f1/gloves -> t1/gloves -> s1/gloves -> c1        f1: identified, in MY, operated by m1
                                          f2/gloves -> s1/gloves             f2: not identified, in TH
    c2: no delivery

``=>`` is a BECOMES. s1/gloves is complete with 2 sources; l1/latex is an origin. Until 2020 t1 bought from f3.
"""

from __future__ import annotations

from pathlib import Path

from tests.contract.build import (
    LENS,
    NOW,
    becomes,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    lens,
    link,
    located,
    offers,
    operated,
    owned,
    serves,
    supplies,
)
from tracegraph.model import AttributeValue, Category, NodeRef, Product, ProductId, Region, Source, SourceId, Statement
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import Grade, Label, RelationshipType

__all__ = ["LENS", "NOW", "demo_store", "filled", "lens"]

GLOVES, NITRILE, LATEX = ProductId("gloves"), ProductId("nitrile"), ProductId("latex")
REFERENCES = (
    Product(GLOVES, "Gloves", "Handskar", made_from=(LATEX,), end_use=True),
    Product(NITRILE, "Nitrile gloves", broader=(GLOVES,)),
    Product(LATEX, "Latex", made_from_complete=True),
    Region("SE-AB", "Region Stockholm"),
    Region("SE-M", "Region Skåne"),
    Category("gloves", "Gloves", "Handskar", led_by="A"),
    Source(SourceId("src-1"), "Gloves and debts", "Demo Daily", "2019-02-15", "https://example.org/1", "press"),
    Source(SourceId("src-2"), "Supplier list 2020", "Demo Wholesale 01", kind="disclosure"),
    Source(SourceId("src-3"), "Private notes", kind="own"),
)


def registered(supplier: str, country: str) -> Statement:
    """Return where a supplier is registered."""
    return link("suppliers", RelationshipType.REGISTERED_IN, holder(supplier), NodeRef(Label.COUNTRY, country))


def statements() -> list[Statement]:
    """Return all that is said in the demo world."""
    src = SourceId("src-2")
    c1, c2 = contract("c1"), contract("c2")
    said: dict[str, AttributeValue] = {
        "title": "Examination gloves",
        "regions": ["SE-AB"],
        "category": "gloves",
        "value_sek": 1_000_000,
    }
    return [
        describes(holder("s1"), "src-2", {"name": "Demo Wholesale 01", "org_no": "556000-0000"}),
        describes(holder("s1"), "src-1", {"name": "Wholesale One"}, grade=Grade.REPORTED),
        describes(holder("t1"), "src-2", {"name": "Demo Trader 03", "aliases": ["Trader", "DT3"]}),
        describes(holder("m1"), "src-2", {"name": "Demo Maker"}),
        describes(holder("l1"), "src-2", {"name": "Demo Latex"}),
        describes(holder("f1"), "src-2", {"name": "Demo Plant Klang", "lat": 3.04, "lng": 101.45, "city": "Klang"}),
        describes(holder("f2"), "src-2", {"identified": False}),
        describes(c1, "src-2", said),
        describes(c2, "src-2", {"title": "Masks", "regions": ["SE-M"]}),
        registered("s1", "SE"),
        located("f1", "MY", source_id=src),
        located("f2", "TH"),
        operated("f1", "m1", source_id=src),
        owned("t1", "s1", attributes={"owned_share": 0.3}, source_id=src),
        serves("m1", "f2", "recruits"),
        supplies("l1/latex", "f1/latex", source_id=src),
        becomes("f1/latex", "f1/gloves", source_id=src),
        supplies("f1/gloves", "t1/gloves", source_id=SourceId("src-1"), grade=Grade.REPORTED),
        supplies("f3/gloves", "t1/gloves", source_id=src, valid_to="2020-01-01"),
        supplies("t1/gloves", "s1/gloves", source_id=src, share_low=0.6, share_high=0.6, valid_from="2018-01-01"),
        supplies("f2/gloves", "s1/gloves", source_id=src, share_high=0.4),
        supplies("p1/gloves", "p2/gloves", source_id=SourceId("src-3"), visibility="region:SE-AB"),
        offers("s1/gloves", source_id=src, attributes={"sourcing": "complete", "source_count": 2}),
        offers("l1/latex", source_id=src, attributes={"sourcing": "origin"}),
        delivered("s1/gloves", "c1", source_id=src),
    ]


def demo_store(path: Path) -> SqliteStore:
    """Return a store that holds the demo world."""
    return filled(path, *statements())


def filled(path: Path, *said: Statement) -> SqliteStore:
    """Return a new store that holds statements and the demo's reference data."""
    store = SqliteStore(path)
    store.init()
    store.apply(change_set(*said, references=REFERENCES), NOW)
    return store
