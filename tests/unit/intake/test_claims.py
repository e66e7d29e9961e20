"""What rows become: claims, references and holders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.intake.support import FakeStore, places, read, read_with, triples
from tracegraph.intake import Reading
from tracegraph.model import Category, NodeRef, Product, ProductId, Region, Source, SourceId, Statement
from tracegraph.vocabulary import Grade, Label, RelationshipType


def claims(reading: Reading, table: str) -> list[Statement]:
    """The claims of one table, in their order."""
    assert places(reading) == []
    return [claim for claim in reading.change_set.statements if claim.table == table]


def test_a_supplier_row(tmp_path: Path) -> None:
    text = (
        "supplier_id,name,aliases,country,org_no,lei,identifiers,owned_by,owned_share,website,source_id,grade,"
        "confidence,valid_from,valid_to,recorded_at,visibility\n"
        "s1,Demo AB,Demo|Demo Ltd,Sverige,556012-5790,213800wavvops85n2205,duns:12-345-6789|hsa:X 1,g1,0.51,"
        "https://example.org,src-1,verified,0.8,2019-01-01,2020-01-01,2019-02-19T09:00:00+01:00,region:SE-AB\n"
        "g1,Group,,,,,,,,,src-1,,,,,,\n"
    )
    describes, registered, owned, *rest = claims(
        read_with(tmp_path, {"suppliers.csv": text, "factories.csv": "factory_id,country\n"}), "suppliers"
    )
    assert describes.start == NodeRef(Label.SOURCE, "src-1")
    assert describes.end == NodeRef(Label.SUPPLIER, "s1")
    assert describes.attributes == {
        "name": "Demo AB",
        "aliases": ["Demo", "Demo Ltd"],
        "country": "SE",
        "org_no": "5560125790",
        "lei": "213800WAVVOPS85N2205",
        "identifiers": ["duns:123456789", "hsa:X 1"],
        "website": "https://example.org",
    }
    assert describes.confidence is None
    assert (registered.type, registered.end) == (RelationshipType.REGISTERED_IN, NodeRef(Label.COUNTRY, "SE"))
    assert (owned.type, owned.end) == (RelationshipType.OWNED_BY, NodeRef(Label.SUPPLIER, "g1"))
    assert owned.attributes == {"owned_share": 0.51}
    for claim in (registered, owned):
        assert (claim.grade, claim.confidence, claim.visibility) == (Grade.VERIFIED, 0.8, "region:SE-AB")
        assert (claim.valid_from, claim.valid_to) == ("2019-01-01", "2020-01-01")
        assert claim.recorded_at == "2019-02-19T08:00:00Z"
        assert (claim.share_low, claim.share_high) == (0.0, 1.0)
    assert [claim.attributes for claim in rest] == [{"name": "Group"}]
    assert (rest[0].grade, rest[0].visibility, rest[0].recorded_at) == (Grade.DECLARED, "network", "")
    assert (rest[0].valid_from, rest[0].valid_to) == ("0001-01-01", "9999-12-31")


def test_a_factory_row(tmp_path: Path) -> None:
    text = (
        "factory_id,country,name,identified,lat,lng,os_id,operated_by,products,source_id\n"
        "f1,Malaysia,Demo Plant,nej,0,101.45,MY2019050ABCDEK,s1,gloves|latex,src-1\n"
    )
    describes, *links = claims(read_with(tmp_path, {"factories.csv": text}), "factories")
    assert describes.attributes == {
        "name": "Demo Plant",
        "country": "MY",
        "identified": False,
        "lat": 0.0,
        "lng": 101.45,
        "os_id": "MY2019050ABCDEK",
    }
    assert [(str(claim.type), claim.end) for claim in links] == [
        ("LOCATED_IN", NodeRef(Label.COUNTRY, "MY")),
        ("OPERATED_BY", NodeRef(Label.SUPPLIER, "s1")),
        ("OFFERS", NodeRef(Label.ITEM, "f1/gloves")),
        ("OFFERS", NodeRef(Label.ITEM, "f1/latex")),
    ]
    assert all(not claim.attributes for claim in links)


def test_a_contract_row(tmp_path: Path) -> None:
    text = (
        "contract_id,title,regions,category,diary_no,value_sek,start,end,clause_level,cpv,sourcing,source_count,"
        "supplier_id,product,share,source_id\n"
        "c1,Gloves,SE-AB|SE-E,cat,D 1,1 000 000,2019-06-01,2021-05-31,advanced,33141420-0,"
        "complete,2,s1,gloves,0.4,src-1\n"
        "c2,Masks,SE-M,,,1500.5,,,,,,,,,,src-1\n"
    )
    first, second = (
        [
            claim
            for claim in claims(read_with(tmp_path, {"contracts.csv": text}), "contracts")
            if contract in claim.claim_key
        ]
        for contract in (":c1|", ":c2|")
    )
    assert first[0].attributes == {
        "title": "Gloves",
        "regions": ["SE-AB", "SE-E"],
        "category": "cat",
        "diary_no": "D 1",
        "value_sek": 1_000_000,
        "start": "2019-06-01",
        "end": "2021-05-31",
        "clause_level": "advanced",
        "cpv": ["33141420-0"],
        "sourcing": "complete",
        "source_count": 2,
    }
    assert isinstance(first[0].attributes["value_sek"], int)
    assert [(str(claim.type), claim.start.id, claim.end.id) for claim in first[1:]] == [
        ("USES", "SE-AB", "c1"),
        ("USES", "SE-E", "c1"),
        ("IN_CATEGORY", "c1", "cat"),
        ("DELIVERED_UNDER", "s1/gloves", "c1"),
    ]
    assert (first[-1].table, first[-1].share_low, first[-1].share_high) == ("contracts", 0.4, 0.4)
    assert all((claim.share_low, claim.share_high) == (0.0, 1.0) for claim in first[:-1])
    assert second[0].attributes == {"title": "Masks", "regions": ["SE-M"], "value_sek": 1500.5}


def test_supplies_rows(tmp_path: Path) -> None:
    text = (
        "seller_id,buyer_id,product,into_product,share,share_low,share_high,confidence,source_id\n"
        "f1,s1,,,0.4,,,0.8,src-1\n"
        "f1,s1,latex,gloves,,0.1,,,src-1\n"
        "f1,s2,gloves,gloves,,,0.9,,src-1\n"
        "s1,s1,latex,gloves,0.5,,,,src-1\n"
    )
    found = claims(read_with(tmp_path, {"supplies.csv": text}), "supplies")
    assert [
        (str(c.type), c.start.id, c.end.id, c.share_low, c.share_high, c.confidence, c.qualifier) for c in found
    ] == [
        ("SUPPLIES", "f1/unspecified", "s1/unspecified", 0.4, 0.4, 0.8, ""),
        ("SUPPLIES", "f1/latex", "s1/latex", 0.1, 1.0, None, ""),
        ("BECOMES", "s1/latex", "s1/gloves", 0.0, 1.0, None, "f1"),
        ("SUPPLIES", "f1/gloves", "s2/gloves", 0.0, 0.9, None, ""),
        ("BECOMES", "s1/latex", "s1/gloves", 0.5, 0.5, None, "s1"),
    ]


def test_items_deliveries_and_services(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "items.csv": (
            "holder_id,product,sourcing,source_count,source_id\nf1,latex,origin,,src-1\ns1,gloves,complete,0,src-1\n"
        ),
        "deliveries.csv": "contract_id,supplier_id,product,share_low,source_id\nc1,s1,gloves,0.25,src-1\n",
        "services.csv": "provider_id,client_id,service,source_id\ns2,f1,recruits,src-1\n",
    }
    reading = read_with(tmp_path, files)
    first, second = claims(reading, "items")
    assert (first.start, first.attributes) == (NodeRef(Label.FACTORY, "f1"), {"sourcing": "origin"})
    assert (second.start, second.attributes) == (
        NodeRef(Label.SUPPLIER, "s1"),
        {"sourcing": "complete", "source_count": 0},
    )
    (delivery,) = claims(reading, "deliveries")
    assert (delivery.start.id, delivery.end.id, delivery.share_low, delivery.share_high) == (
        "s1/gloves",
        "c1",
        0.25,
        1.0,
    )
    (service,) = claims(reading, "services")
    assert (service.start.label, service.end.label, service.qualifier) == (Label.SUPPLIER, Label.FACTORY, "recruits")
    assert not service.attributes


def test_references(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "sources.csv": "source_id,title,published,url,kind,language\nsrc-1,A,2019-02-15,https://example.org/1,press,sv\n",
        "products.csv": (
            "product_id,name_en,cpv,hs,broader,made_from,made_from_complete,end_use\n"
            "gloves,Gloves,18424300|33141420,4015.19,,latex,ja,1\nlatex,Latex,,,,,,\n"
        ),
        "regions.csv": "region_id,name,procurement_region\nSE-AB,Region Stockholm,C\n",
        "categories.csv": "category_id,led_by,valid_from\ncat,A,2023-01-01\n",
    }
    reading = read(tmp_path, files)
    assert places(reading) == []
    assert list(reading.change_set.references) == [
        Source(SourceId("src-1"), "A", None, "2019-02-15", "https://example.org/1", "press", None, "sv"),
        Product(
            ProductId("gloves"),
            "Gloves",
            cpv=("18424300", "33141420"),
            hs=("4015.19",),
            made_from=(ProductId("latex"),),
            made_from_complete=True,
            end_use=True,
        ),
        Product(ProductId("latex"), "Latex"),
        Region("SE-AB", "Region Stockholm", "C"),
        Category("cat", led_by="A", valid_from="2023-01-01"),
    ]


def test_holders_of_the_files_and_of_the_store(tmp_path: Path) -> None:
    store = FakeStore({(Label.FACTORY, "f9"), (Label.SUPPLIER, "s9"), (Label.CONTRACT, "c9"), (Label.PRODUCT, "masks")})
    files: dict[str, str | bytes] = {
        "supplies.csv": "seller_id,buyer_id,product,source_id\nf9,s9,masks,src-1\nf1,s9,gloves,src-1\n",
        "deliveries.csv": "contract_id,supplier_id,product,source_id\nc9,s9,masks,src-1\n",
    }
    reading = read_with(tmp_path, files, standing=store)
    assert reading.problems == []
    assert reading.change_set.holders == {
        "s1": Label.SUPPLIER,
        "s2": Label.SUPPLIER,
        "s9": Label.SUPPLIER,
        "f1": Label.FACTORY,
        "f9": Label.FACTORY,
    }


def test_the_store_may_be_given_whole_or_as_its_method(tmp_path: Path) -> None:
    store = FakeStore({(Label.SUPPLIER, "s1"), (Label.SUPPLIER, "s2"), (Label.PRODUCT, "gloves")})
    files: dict[str, str | bytes] = {"supplies.csv": "seller_id,buyer_id,product\ns1,s2,gloves\n"}
    assert places(read(tmp_path, files)) != []
    assert triples(read(tmp_path, files, standing=store)) == triples(read(tmp_path, files, standing=store.standing))
    assert ({"s1", "s2"}, {(Label.PRODUCT, "gloves")}, set()) in store.asked


def test_the_same_row_twice_is_one_claim_with_the_earliest_time(tmp_path: Path) -> None:
    text = (
        "seller_id,buyer_id,product,source_id,recorded_at\n"
        "f1,s1,gloves,src-1,2020-01-01\nf1,s1,gloves,src-1,2019-01-01\nf1,s1,gloves,src-1,\n"
    )
    (claim,) = claims(read_with(tmp_path, {"supplies.csv": text}), "supplies")
    assert claim.recorded_at == "2019-01-01T00:00:00Z"


def test_a_contract_row_for_each_delivery_describes_the_contract_once(tmp_path: Path) -> None:
    text = (
        "contract_id,title,regions,supplier_id,product,source_id\n"
        "c1,A,SE-AB,s1,gloves,src-1\nc1,A,SE-AB,s2,gloves,src-1\n"
    )
    found = claims(read_with(tmp_path, {"contracts.csv": text}), "contracts")
    assert [str(claim.type) for claim in found].count("DESCRIBES") == 1
    assert [str(claim.type) for claim in found].count("DELIVERED_UNDER") == 2


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2019-02-19", "2019-02-19T00:00:00Z"),
        ("2019-02-19T08:00:00Z", "2019-02-19T08:00:00Z"),
        ("2019-02-19t23:30:00-01:00", "2019-02-20T00:30:00Z"),
        ("2019-02-19 08:00:00.999+05:30", "2019-02-19T02:30:00Z"),
    ],
)
def test_times_become_utc_in_whole_seconds(written: str, stored: str, tmp_path: Path) -> None:
    text = f"seller_id,buyer_id,product,source_id,recorded_at\nf1,s1,gloves,src-1,{written}\n"
    (claim,) = claims(read_with(tmp_path, {"supplies.csv": text}), "supplies")
    assert claim.recorded_at == stored


def test_the_description_names_the_files(tmp_path: Path) -> None:
    reading = read_with(tmp_path, {"notes.txt": "", "suplies.csv": ""})
    assert reading.change_set.description == (
        "sources.csv, products.csv, suppliers.csv, factories.csv, categories.csv, contracts.csv"
    )
    assert [str(note) for note in reading.notes] == [
        "notes.txt was left alone: no table has this name",
        "suplies.csv was left alone; is supplies.csv meant?",
    ]
    assert reading.counts == {
        "sources": 1,
        "products": 2,
        "suppliers": 2,
        "factories": 1,
        "categories": 1,
        "contracts": 1,
    }
