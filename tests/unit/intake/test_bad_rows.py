"""Refused rows: which others they take with them, and the files that are written to be corrected."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.unit.intake.support import GOOD, FakeStore, places, put, read_with, triples
from tracegraph.intake import Reading, read_dataset, write_bad_rows
from tracegraph.model import Product, Source
from tracegraph.vocabulary import Label

CHAIN: dict[str, str | bytes] = {
    "suppliers.csv": "supplier_id,name,country,source_id\ns1,Demo One,SE,src-1\ns2,Demo Two,Nowhere,src-1\n",
    "factories.csv": "factory_id,country,operated_by,source_id\nf1,MY,,src-1\nf2,MY,s2,src-1\n",
    "supplies.csv": (
        "seller_id,buyer_id,product,source_id\nf1,s1,gloves,src-1\nf2,s1,latex,src-1\ns2,s1,gloves,src-1\n"
    ),
}


def bad(reading: Reading) -> dict[str, list[int]]:
    """Lines of the refused rows by table."""
    return {table: [row.line for row in rows] for table, rows in reading.bad_rows.items()}


def test_rows_that_rest_on_a_refused_row_are_refused_with_it(tmp_path: Path) -> None:
    reading = read_with(tmp_path, CHAIN)
    assert places(reading) == [("suppliers.csv", 3, "country", "Nowhere", "country")]
    assert bad(reading) == {"suppliers": [3], "factories": [3], "supplies": [3, 4]}
    assert str(reading.bad_rows["supplies"][0].reasons[0]) == (
        "f2 is described in factories.csv, line 3, which is refused"
    )
    assert {end for _, _, end in triples(reading)} >= {"s1/gloves"}
    assert not any("s2" in (start, end) or "f2" in (start, end) for _, start, end in triples(reading))
    assert set(reading.change_set.holders) == {"s1", "f1"}


def test_another_good_row_is_enough(tmp_path: Path) -> None:
    text = str(CHAIN["suppliers.csv"]) + "s2,Demo Two,SE,\n"
    assert bad(read_with(tmp_path, {**CHAIN, "suppliers.csv": text})) == {"suppliers": [3]}


def test_both_rows_of_a_contradiction_are_refused(tmp_path: Path) -> None:
    text = "seller_id,buyer_id,product,source_id,share\nf1,s1,gloves,src-1,0.4\nf1,s1,gloves,src-1,0.5\n"
    reading = read_with(tmp_path, {"supplies.csv": text})
    assert bad(reading) == {"supplies": [2, 3]}
    assert "supplies.csv, line 3" in str(reading.bad_rows["supplies"][0].reasons[0])
    assert "supplies.csv, line 2" in str(reading.bad_rows["supplies"][1].reasons[0])


def test_a_wrong_header_refuses_every_row(tmp_path: Path) -> None:
    text = "seller_id,buyer_id,product,source_id,shar\nf1,s1,gloves,src-1,0.4\n"
    reading = read_with(tmp_path, {"supplies.csv": text})
    assert bad(reading) == {"supplies": [2]}
    assert reading.bad_rows["supplies"][0].cells["shar"] == "0.4"


def test_a_list_is_not_complete_without_its_refused_row(tmp_path: Path) -> None:
    """Left out, the refused row would turn a Cannot tell into a No."""
    files: dict[str, str | bytes] = {
        "items.csv": (
            "holder_id,product,source_id,sourcing,source_count\ns1,gloves,src-1,complete,\ns2,gloves,src-1,complete,1\n"
        ),
        "supplies.csv": (
            "seller_id,buyer_id,product,source_id,share\nf1,s1,gloves,src-1,\nf1,s1,gloves,,x\nf1,s2,gloves,src-1,x\n"
        ),
        "contracts.csv": (
            "contract_id,title,regions,source_id,sourcing\nc1,A,SE-AB,src-1,\nc2,B,SE-AB,src-1,open\nc3,C,SE-AB,src-1,\n"
        ),
        "deliveries.csv": (
            "contract_id,supplier_id,product,source_id\n"
            "c1,s1,gloves,src-1\nc1,s2,gloves\nc2,s1,gloves,src-9\nc3,s1,gloves,src-1\n"
        ),
    }
    reading = read_with(tmp_path, files)
    assert bad(reading) == {"items": [2], "supplies": [3, 4], "contracts": [2], "deliveries": [2, 3, 4]}
    assert "would be taken for complete" in str(reading.bad_rows["items"][0].reasons[0])


def test_an_unreadable_file_leaves_no_list_complete(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "deliveries.csv": b"\xff\xfe",
        "contracts.csv": "contract_id,title,regions,source_id,sourcing,source_count\n"
        "c1,A,SE-AB,src-1,,\nc2,B,SE-AB,src-1,complete,1\nc3,C,SE-AB,src-1,open,\n",
    }
    assert bad(read_with(tmp_path, files)) == {"contracts": [2]}


def test_bad_rows_are_written_to_be_corrected_and_imported(tmp_path: Path) -> None:
    data = put(tmp_path / "data", {**GOOD, **CHAIN})
    reading = read_dataset([data])
    written = write_bad_rows(reading, tmp_path / "bad")
    assert sorted(path.name for path in written) == ["factories.csv", "suppliers.csv", "supplies.csv"]
    path = tmp_path / "bad" / "suppliers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "supplier_id": "s2",
                "name": "Demo Two",
                "country": "Nowhere",
                "source_id": "src-1",
                "reason": "Nowhere is not a country that is known",
            }
        ]
    path.write_text(path.read_text(encoding="utf-8").replace("Nowhere,src-1", "Norge,src-1"), encoding="utf-8")
    (data / "suppliers.csv").write_text(str(CHAIN["suppliers.csv"]).replace("Nowhere", "NO"), encoding="utf-8")
    corrected = read_dataset([tmp_path / "bad"], standing=_store_of(reading).standing)
    assert places(corrected) == []
    together = triples(reading) | triples(corrected)
    assert together == triples(read_dataset([data]))


def _store_of(reading: Reading) -> FakeStore:
    """A store that took the good rows."""
    labels = {(label, holder) for holder, label in reading.change_set.holders.items()}
    labels |= {(Label.PRODUCT, one.product_id) for one in reading.change_set.references if isinstance(one, Product)}
    labels |= {(Label.SOURCE, one.source_id) for one in reading.change_set.references if isinstance(one, Source)}
    return FakeStore(labels, reading.change_set.statements)


def test_semicolons_and_swedish_headers_stay_readable(tmp_path: Path) -> None:
    text = (
        "säljare_id;köpare_id;vara;källa_id;andel;synlighet\n"
        "f1;s1;gloves;src-1;0,4;all\nf1;s1;gloves;src-1;0,4;network;x\n"
    )
    reading = read_with(tmp_path / "data", {"supplies.csv": text})
    (path,) = write_bad_rows(reading, tmp_path / "bad")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "seller_id;buyer_id;product;source_id;share;visibility;reason"
    assert lines[1].startswith("f1;s1;gloves;src-1;0,4;all;")
    assert lines[2].startswith('f1;s1;gloves;src-1;0,4;"network;x";')
    again = put(tmp_path / "bad", {name: content for name, content in GOOD.items()})
    assert [rule for *_, rule in places(read_dataset([again]))] == ["visibility", "visibility"]


def test_reasons_are_said_in_the_readers_language(tmp_path: Path) -> None:
    reading = read_with(tmp_path / "data", CHAIN)
    write_bad_rows(reading, tmp_path / "bad", lambda message: f"<{message.text}>")
    assert "<{value} is not a country that is known>" in (tmp_path / "bad" / "suppliers.csv").read_text(
        encoding="utf-8"
    )


def test_a_bad_incident_file_is_written_whole_with_reasons(tmp_path: Path) -> None:
    text = '[[incident]]\nincident_id = "inc-1"\n'
    reading = read_with(tmp_path / "data", {"incidents.toml": text})
    (path,) = write_bad_rows(reading, tmp_path / "bad")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# inc-1: title is missing"
    assert "\n".join(lines).endswith(text.rstrip())


def test_nothing_bad_writes_nothing(tmp_path: Path) -> None:
    assert write_bad_rows(read_with(tmp_path / "data", {}), tmp_path / "bad") == []
