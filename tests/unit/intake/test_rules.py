"""One malformed file for each rule: file, line, column, value and rule of the problem, and texts that say something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.intake.support import GOOD, places, read_with
from tracegraph.intake.allowed import Allowed

Files = dict[str, str | bytes]
S = "supplier_id,name,source_id"
F = "factory_id,country,source_id"
C = "contract_id,title,regions,source_id"
D = "contract_id,supplier_id,product,source_id"
P = "seller_id,buyer_id,product,source_id"


def suppliers(header: str, *rows: str) -> Files:
    """Suppliers beside those of the good dataset."""
    names = header.split(",")
    plain = [dict(zip(S.split(","), row.split(","), strict=True)) for row in GOOD["suppliers.csv"].splitlines()[1:]]
    kept = [",".join(row.get(name, "") for name in names) for row in ({**p, "name": "Demo"} for p in plain)]
    return {"suppliers.csv": "\n".join([header, *rows, *kept, ""])}


def table(name: str, header: str, *rows: str) -> Files:
    """One file."""
    return {f"{name}.csv": "\n".join([header, *rows, ""])}


ERRORS: dict[str, tuple[Files, tuple[object, ...]]] = {
    # --- the file
    "utf-16": ({"supplies.csv": (P + "\nf1,s1,gloves,src-1\n").encode("utf-16")}, (None, None, None, "utf-16")),
    "utf-16-without-bom": (
        {"supplies.csv": (P + "\nf1,s1,gloves,src-1\n").encode("utf-16-le")},
        (None, None, None, "utf-16"),
    ),
    "nul": ({"supplies.csv": (P + "\nf1,s1,gl\0oves,src-1\n").encode()}, (2, None, None, "nul-byte")),
    "neither": ({"supplies.csv": P.encode() + b"\nf1,s1,gl\x81ves,src-1\n"}, (2, None, None, "encoding")),
    "mixed": (
        {"services.csv": b"provider_id,client_id,service\n" + "å".encode() + b",s1,\xe5\n"},
        (2, None, None, "mixed-encoding"),
    ),
    "empty": ({"supplies.csv": "\n \n"}, (None, None, None, "empty-file")),
    "tabs": ({"supplies.csv": P.replace(",", "\t") + "\n"}, (1, None, None, "delimiter")),
    # --- the header
    "unknown-column": (
        table("supplies", P + ",prodct", "s1,s2,gloves,src-1,x"),
        (1, "prodct", "prodct", "unknown-column"),
    ),
    "nameless-column": (table("supplies", P + ",", "s1,s2,gloves,src-1,x"), (1, "", "", "unknown-column")),
    "duplicate-column": (
        table("supplies", P + ",Köpare_id", "s1,s2,gloves,src-1,s2"),
        (1, "Köpare_id", "Köpare_id", "duplicate-column"),
    ),
    "missing-column": (table("supplies", "seller_id,product", "s1,gloves"), (1, "buyer_id", None, "missing-column")),
    "share-column-elsewhere": (
        table("services", "provider_id,client_id,service,source_id,share", "s1,s2,packs,src-1,0.5"),
        (1, "share", "share", "share-not-here"),
    ),
    # --- the row
    "too-few-cells": (table("supplies", P, "s1,s2,gloves"), (2, None, "s1,s2,gloves", "too-few-cells")),
    "too-many-cells": (
        table("supplies", P, "s1,s2,gloves,src-1,x"),
        (2, None, "s1,s2,gloves,src-1,x", "too-many-cells"),
    ),
    "quote": (table("supplies", P, '"s1"x,s2,gloves,src-1'), (2, None, '"s1"x,s2,gloves,src-1', "quote")),
    "quote-not-closed": (
        table("supplies", P, "s1,s2,gloves,src-1", 's2,s1,"gloves,src-1'),
        (3, None, 's2,s1,"gloves,src-1', "quote-not-closed"),
    ),
    "cell-too-long": (
        table("supplies", P, f"s1,s2,{'x' * 140_000},src-1"),
        (2, None, "s1,s2," + "x" * 191 + "...", "cell-too-long"),
    ),
    "line-of-a-row-after-one-with-line-breaks": (
        table("contracts", C, 'c1,"Demo\nGloves\r\nagain",SE-AB,src-1', "", "c2,Demo,SE-XX,src-1"),
        (6, "regions", "SE-XX", "region"),
    ),
    # --- one cell
    "required": (suppliers(S, "s3,,src-1"), (2, "name", "", "required")),
    "id": (suppliers(S, "s 3,Demo,src-1"), (2, "supplier_id", "s 3", "id")),
    "too-long": (suppliers(S, f"s3,{'x' * 4001},src-1"), (2, "name", "x" * 197 + "...", "too-long")),
    "control-character": (suppliers(S, "s3,De\x07mo,src-1"), (2, "name", "De\x07mo", "control-character")),
    "country": (suppliers(S + ",country", "s3,Demo,src-1,Malaisya"), (2, "country", "Malaisya", "country")),
    "url": (suppliers(S + ",website", "s3,Demo,src-1,javascript:x"), (2, "website", "javascript:x", "url")),
    "org-no": (suppliers(S + ",org_no", "s3,Demo,src-1,556012-5791"), (2, "org_no", "556012-5791", "org-no")),
    "lei": (suppliers(S + ",lei", "s3,Demo,src-1,213800WAVVOPS85N2206"), (2, "lei", "213800WAVVOPS85N2206", "lei")),
    "identifier": (suppliers(S + ",identifiers", "s3,Demo,src-1,12345"), (2, "identifiers", "12345", "identifier")),
    "duns": (suppliers(S + ",identifiers", "s3,Demo,src-1,duns:123"), (2, "identifiers", "duns:123", "duns")),
    "gln": (
        suppliers(S + ",identifiers", "s3,Demo,src-1,x:1|gln:7300010000002"),
        (2, "identifiers", "x:1|gln:7300010000002", "gln"),
    ),
    "share-of-an-owner": (
        suppliers(S + ",owned_by,owned_share", "s3,Demo,src-1,s1,40 %"),
        (2, "owned_share", "40 %", "share"),
    ),
    "os-id": (
        table("factories", F + ",os_id", "f1,MY,src-1,MY2019050ABCDE0"),
        (2, "os_id", "MY2019050ABCDE0", "os-id"),
    ),
    "latitude": (table("factories", F + ",lat,lng", "f1,MY,src-1,91,0"), (2, "lat", "91", "latitude")),
    "longitude": (table("factories", F + ",lat,lng", "f1,MY,src-1,0,-181"), (2, "lng", "-181", "longitude")),
    "flag": (table("factories", F + ",identified", "f1,MY,src-1,maybe"), (2, "identified", "maybe", "flag")),
    "region": (table("contracts", C, "c1,Demo,SE-AA,src-1"), (2, "regions", "SE-AA", "region")),
    "money": (table("contracts", C + ",value_sek", "c1,Demo,SE-AB,src-1,-1"), (2, "value_sek", "-1", "money")),
    "not-a-number": (
        table("contracts", C + ",value_sek", "c1,Demo,SE-AB,src-1,1 mkr"),
        (2, "value_sek", "1 mkr", "money"),
    ),
    "count": (
        table("contracts", C + ",sourcing,source_count", "c1,Demo,SE-AB,src-1,complete,1.5"),
        (2, "source_count", "1.5", "count"),
    ),
    "clause-level": (
        table("contracts", C + ",clause_level", "c1,Demo,SE-AB,src-1,Basic"),
        (2, "clause_level", "Basic", "clause-level"),
    ),
    "cpv": (table("contracts", C + ",cpv", "c1,Demo,SE-AB,src-1,3314142"), (2, "cpv", "3314142", "cpv")),
    "hs": (table("products", "product_id,name_en,hs", "gloves,Gloves,40.15"), (2, "hs", "40.15", "hs")),
    "language": (
        table("sources", "source_id,title,language", "src-1,A,Svenska språket"),
        (2, "language", "Svenska språket", "language"),
    ),
    "date": (
        table("sources", "source_id,title,published", "src-1,A,2019/02/19"),
        (2, "published", "2019/02/19", "date"),
    ),
    "no-such-day": (
        table("sources", "source_id,title,published", "src-1,A,2019-02-29"),
        (2, "published", "2019-02-29", "date"),
    ),
    "source-kind": (table("sources", "source_id,title,kind", "src-1,A,pres"), (2, "kind", "pres", "kind")),
    "grade": (table("supplies", P + ",grade", "f1,s1,gloves,src-1,declard"), (2, "grade", "declard", "grade")),
    "share": (table("supplies", P + ",share", "f1,s1,gloves,src-1,1.4"), (2, "share", "1.4", "share")),
    "decimal-comma": (table("supplies", P + ",share", 'f1,s1,gloves,src-1,"0,4"'), (2, "share", "0,4", "share")),
    "confidence": (table("supplies", P + ",confidence", "f1,s1,gloves,src-1,0"), (2, "confidence", "0", "confidence")),
    "confidence-decimals": (
        table("supplies", P + ",confidence", "f1,s1,gloves,src-1,0.1234567"),
        (2, "confidence", "0.1234567", "confidence"),
    ),
    "time": (
        table("supplies", P + ",recorded_at", "f1,s1,gloves,src-1,2019-02-19 08:00"),
        (2, "recorded_at", "2019-02-19 08:00", "time"),
    ),
    "visibility": (
        table("supplies", P + ",visibility", "f1,s1,gloves,src-1,region:SE-AA"),
        (2, "visibility", "region:SE-AA", "visibility"),
    ),
    "service": (
        table("services", "provider_id,client_id,service,source_id", "s1,s2,washes,src-1"),
        (2, "service", "washes", "service"),
    ),
    # --- one row
    "dates-reversed": (
        table("supplies", P + ",valid_from,valid_to", "f1,s1,gloves,src-1,2020-01-01,2020-01-01"),
        (2, "valid_to", "2020-01-01", "dates-reversed"),
    ),
    "contract-dates-reversed": (
        table("contracts", C + ",start,end", "c1,Demo,SE-AB,src-1,2020-01-02,2020-01-01"),
        (2, "end", "2020-01-01", "dates-reversed"),
    ),
    "share-and-bounds": (
        table("supplies", P + ",share,share_low,share_high", "f1,s1,gloves,src-1,0.4,,0.5"),
        (2, "share", "0.4", "share-and-bounds"),
    ),
    "share-bounds-reversed": (
        table("supplies", P + ",share_low,share_high", "f1,s1,gloves,src-1,0.5,0.4"),
        (2, "share_low", "0.5", "share-bounds-reversed"),
    ),
    "share-without-delivery": (
        table("contracts", C + ",share", "c1,Demo,SE-AB,src-1,0.4"),
        (2, "share", "0.4", "share-not-here"),
    ),
    "supplier-without-product": (
        table("contracts", C + ",supplier_id", "c1,Demo,SE-AB,src-1,s1"),
        (2, "product", None, "supplier-and-product"),
    ),
    "product-without-supplier": (
        table("contracts", C + ",supplier_id,product", "c1,Demo,SE-AB,src-1,,gloves"),
        (2, "supplier_id", "", "supplier-and-product"),
    ),
    "source-count-alone": (
        table("items", "holder_id,product,source_id,sourcing,source_count", "s1,gloves,src-1,open,2"),
        (2, "source_count", "2", "source-count-alone"),
    ),
    "owned-share-alone": (
        suppliers(S + ",owned_by,owned_share", "s3,Demo,src-1,,0.4"),
        (2, "owned_share", "0.4", "owned-share-alone"),
    ),
    "own-owner": (suppliers(S + ",owned_by", "s3,Demo,src-1,s3"), (2, "owned_by", "s3", "own-owner")),
    "half-coordinate": (table("factories", F + ",lat,lng", "f1,MY,src-1,3.04,"), (2, "lng", "", "half-coordinate")),
    "into-itself": (table("supplies", P, "s1,s1,gloves,src-1"), (2, "into_product", None, "into-itself")),
    "into-the-same-product": (
        table("supplies", P + ",into_product", "s1,s1,gloves,src-1,gloves"),
        (2, "into_product", "gloves", "into-itself"),
    ),
    "reserved-product": (
        table("products", "product_id,name_en", "gloves,Gloves", "latex,Latex", "unspecified,All"),
        (4, "product_id", "unspecified", "reserved-id"),
    ),
    "reserved-source": (
        table("sources", "source_id,title", "src-1,A", "unsourced,Nobody"),
        (3, "source_id", "unsourced", "reserved-id"),
    ),
    # --- ids
    "unknown-seller": (table("supplies", P, "f2,s1,gloves,src-1"), (2, "seller_id", "f2", "unknown-id")),
    "unknown-owner": (suppliers(S + ",owned_by", "s3,Demo,src-1,g1"), (2, "owned_by", "g1", "unknown-id")),
    "unknown-contract": (table("deliveries", D, "c2,s1,gloves,src-1"), (2, "contract_id", "c2", "unknown-id")),
    "unknown-category": (
        table("contracts", C + ",category", "c1,Demo,SE-AB,src-1,dog"),
        (2, "category", "dog", "unknown-id"),
    ),
    "unknown-source": (table("supplies", P, "f1,s1,gloves,src-9"), (2, "source_id", "src-9", "unknown-id")),
    "factory-delivers": (table("deliveries", D, "c1,f1,gloves,src-1"), (2, "supplier_id", "f1", "not-a-supplier")),
    # --- two rows
    "two-contents": (
        table("supplies", P + ",share", "f1,s1,gloves,src-1,0.4", "f1,s1,gloves,src-1,0.5"),
        (3, None, None, "two-contents"),
    ),
    "described-twice": (
        table("products", "product_id,name_en", "gloves,Gloves", "latex,Latex", "gloves,Mittens"),
        (4, "product_id", "gloves", "described-twice"),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_one_error_and_its_place(name: str, tmp_path: Path) -> None:
    files, expected = ERRORS[name]
    reading = read_with(tmp_path, files)
    assert places(reading) == [(next(iter(files)), *expected)]
    for problem in reading.problems:
        assert len(str(problem.message)) > 10
        assert len(str(problem.remedy)) > 5
        assert "{" not in str(problem.message).replace("{ ", "") or "{" in str(problem.value)
        assert str(problem.message)[-1] not in ".!"


def test_the_good_dataset_has_no_problem(tmp_path: Path) -> None:
    reading = read_with(tmp_path, {})
    assert reading.problems == []
    assert reading.bad_rows == {}


def test_an_id_is_a_holder_once_only(tmp_path: Path) -> None:
    reading = read_with(tmp_path, table("factories", F, "f1,MY,src-1", "s1,MY,src-1"))
    assert places(reading) == [
        ("factories.csv", 3, "factory_id", "s1", "two-labels"),
        ("suppliers.csv", 2, "supplier_id", "s1", "two-labels"),
    ]
    assert str(reading.problems[0].message) == "s1 is a factory here, but a supplier in suppliers.csv, line 2"


def test_a_circle_of_broader_products_names_the_circle(tmp_path: Path) -> None:
    rows = ("gloves,Gloves,latex", "latex,Latex,rubber", "rubber,Rubber,gloves", "vinyl,Vinyl,gloves")
    reading = read_with(tmp_path, table("products", "product_id,name_en,broader", *rows))
    assert [problem.line for problem in reading.problems] == [2, 3, 4]
    assert str(reading.problems[0].message) == "gloves is broader than itself: gloves -> latex -> rubber -> gloves"


WARNINGS: dict[str, tuple[Files, tuple[object, ...]]] = {
    "windows-1252": (
        {"suppliers.csv": GOOD["suppliers.csv"].replace("Demo Two", "Överum Å").encode("cp1252")},
        (3, None, None, "windows-1252"),
    ),
    "no-source": (suppliers("supplier_id,name", "s3,Demo"), (2, "source_id", None, "no-source")),
    "new-product": (
        table("supplies", P, "f1,s1,mittens,src-1", "s1,s2,mittens,src-1"),
        (2, "product", "mittens", "new-product"),
    ),
    "unknown-broader": (
        table("products", "product_id,name_en,broader", "gloves,Gloves,clothes", "latex,Latex,"),
        (2, "broader", "clothes", "new-product"),
    ),
    "unknown-ingredient": (
        table("products", "product_id,name_en,made_from", "gloves,Gloves,latex|water", "latex,Latex,"),
        (2, "made_from", "latex|water", "new-product"),
    ),
    "complete-without-count": (
        table("items", "holder_id,product,source_id,sourcing", "s1,gloves,src-1,complete"),
        (2, "sourcing", "complete", "complete-without-count"),
    ),
    "personal-number": (
        suppliers(S + ",org_no", "s3,Demo,src-1,8112189876"),
        (2, "org_no", "8112189876", "personal-number"),
    ),
    "same-identifier": (
        suppliers(S + ",org_no,identifiers", "s3,Demo,src-1,556012-5790,", "s4,Demo,src-1,,org_no:5560125790"),
        (3, "identifiers", "org_no:5560125790", "same-identifier"),
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_one_warning_and_its_place(name: str, tmp_path: Path) -> None:
    files, expected = WARNINGS[name]
    reading = read_with(tmp_path, files)
    assert places(reading) == []
    assert places(reading, "warning") == [(next(iter(files)), *expected)]
    assert reading.bad_rows == {}


def test_recorded_at_is_for_administrators(tmp_path: Path) -> None:
    files = table("supplies", P + ",recorded_at", "f1,s1,gloves,src-1,", "f1,s2,gloves,src-1,2019-01-01")
    assert places(read_with(tmp_path, files)) == []
    refused = read_with(tmp_path, files, allowed=Allowed(recorded_at=False))
    assert places(refused) == [("supplies.csv", 3, "recorded_at", "2019-01-01", "recorded-at-not-allowed")]


def test_all_problems_of_all_files_in_one_run_sorted(tmp_path: Path) -> None:
    files: Files = {
        **table("supplies", P + ",share,grade", "f1,s1,gloves,src-1,2,bad", "f9,s1,gloves,src-1,,"),
        **table("deliveries", D, "c1,s1,gloves", "c9,s1,gloves,src-1"),
        **suppliers(S + ",country", "s3,,src-1,Nowhere"),
        "incidents.toml": "[[incident]]\n",
    }
    found = [(file, line, rule) for file, line, _, _, rule in places(read_with(tmp_path, files))]
    assert found == sorted(found, key=lambda one: (str(one[0]), one[1]))
    assert {rule for _, _, rule in found} == {
        *("share", "grade", "unknown-id", "too-few-cells", "required", "country", "missing-key")
    }


@pytest.mark.parametrize(
    ("files", "message", "remedy"),
    [
        (
            table("supplies", P + ",share", "f1,s1,gloves,src-1,1.4"),
            "share 1.4 is not between 0 and 1",
            "write a part as 0 to 1: 40 % is 0.4",
        ),
        (
            table("supplies", P + ",gradde", "f1,s1,gloves,src-1,x"),
            "gradde is not a column of supplies.csv",
            "did you mean grade?",
        ),
        (
            table("supplies", P, "f1,s1,gloves"),
            "the row has 3 cells, the header 4",
            "keep the delimiters of empty cells too",
        ),
        (
            table("supplies", P + ",share", 'f1,s1,gloves,src-1,"0,4"'),
            "0,4 is not a number",
            "write a decimal point, or separate the file's columns by semicolons",
        ),
    ],
)
def test_texts_say_what_and_what_to_do(files: Files, message: str, remedy: str, tmp_path: Path) -> None:
    (problem,) = read_with(tmp_path, files).problems
    assert (str(problem.message), str(problem.remedy)) == (message, remedy)
