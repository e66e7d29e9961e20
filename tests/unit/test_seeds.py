"""The seed datasets: whole, sorted, cited; nothing invented about a real company, nothing real in the demo.

Read with csv and tomllib alone; the story that `seeds/README.md` tells is checked against the oracle.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import answer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FOLDERS = ("reference", "demo")
ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

#: Key columns of each file: what its rows are sorted by, and (up to the source) what no two rows share.
SORTED_BY = {
    "sources": ["source_id"],
    "products": ["product_id"],
    "suppliers": ["supplier_id", "source_id"],
    "factories": ["factory_id", "source_id"],
    "regions": ["region_id"],
    "categories": ["category_id"],
    "contracts": ["contract_id"],
    "deliveries": ["contract_id", "supplier_id", "product"],
    "supplies": ["seller_id", "buyer_id", "product"],
    "items": ["holder_id", "product", "source_id"],
    "services": ["provider_id", "client_id", "service"],
}
CLAIM = {
    *("source_id", "grade", "share", "share_low", "share_high", "confidence", "valid_from", "valid_to"),
    *("recorded_at", "visibility"),
}
COLUMNS = {
    "sources": {"source_id", "title", "publisher", "published", "url", "kind", "retrieved", "language"},
    "products": {
        *("product_id", "name_en", "name_sv", "cpv", "hs", "broader", "made_from", "made_from_complete", "end_use"),
    },
    "suppliers": {"supplier_id", "name", "aliases", "country", "owned_by", "owned_share"} | CLAIM,
    "factories": {
        *("factory_id", "country", "name", "aliases", "identified", "address", "city", "lat", "lng", "site_type"),
        *("operated_by", "products"),
    }
    | CLAIM,
    "regions": {"region_id", "name", "procurement_region"},
    "categories": {"category_id", "name_en", "name_sv", "led_by", "valid_from", "valid_to"},
    "contracts": {
        *("contract_id", "title", "regions", "category", "diary_no", "value_sek", "start", "end", "clause_level"),
        *("cpv", "sourcing", "source_count", "supplier_id", "product"),
    }
    | CLAIM,
    "deliveries": {"contract_id", "supplier_id", "product"} | CLAIM,
    "supplies": {"seller_id", "buyer_id", "product", "into_product"} | CLAIM,
    "items": {"holder_id", "product", "sourcing", "source_count"} | CLAIM,
    "services": {"provider_id", "client_id", "service"} | CLAIM,
}
CLAIM_TABLES = [table for table, columns in COLUMNS.items() if columns > CLAIM]

#: Column -> the kind of id that it holds.
REFERENCES = {
    "source_id": "source",
    "broader": "product",
    "made_from": "product",
    "product": "product",
    "products": "product",
    "into_product": "product",
    "supplier_id": "supplier",
    "owned_by": "supplier",
    "operated_by": "supplier",
    "holder_id": "holder",
    "seller_id": "holder",
    "buyer_id": "holder",
    "provider_id": "holder",
    "client_id": "holder",
    "contract_id": "contract",
    "regions": "region",
    "category": "category",
}
WORDS = {
    "kind": {"contract", "disclosure", "audit", "press", "ngo", "authority", "register", "customs", "own", "synthetic"},
    "grade": {"verified", "declared", "reported", "inferred"},
    "sourcing": {"open", "complete", "origin"},
    "service": {"recruits", "houses", "tools", "treats_waste", "packs", "transports", "audits"},
    "clause_level": {"basic", "advanced"},
    "identified": {"true", "false"},
    "made_from_complete": {"true", "false"},
    "end_use": {"true", "false"},
    "procurement_region": set("ABCDEFGH"),
    "led_by": set("ABCDEFGH"),
}
STATUSES = {
    "alleged",
    "corroborated",
    "officially_indicated",
    "officially_established",
    "disputed",
    "refuted",
    "remediation_claimed",
    "remediation_verified",
    "withdrawn",
}
INDICATORS = {
    "abuse_of_vulnerability",
    "deception",
    "restriction_of_movement",
    "isolation",
    "physical_and_sexual_violence",
    "intimidation_and_threats",
    "retention_of_identity_documents",
    "withholding_of_wages",
    "debt_bondage",
    "abusive_working_and_living_conditions",
    "excessive_overtime",
}
INCIDENT_KEYS = {
    "incident_id",
    "recorded_at",
    "title",
    "kind",
    "status",
    "happened_from",
    "happened_to",
    "severity",
    "indicators",
    "sources",
    "visibility",
    "scope",
    "reply",
    "note",
    "actions",
}
SELECTOR_KEYS = {"kind", "id", "products", "countries", "exclude", "services"}
REGIONS = ["AB", "AC", "BD", "C", "D", "E", "F", "G", "H", "I", "K", "M", "N", "O", "S", "T", "U", "W", "X", "Y", "Z"]

Row = dict[str, str]


@cache
def tables(folder: str) -> dict[str, list[Row]]:
    found = {}
    for path in sorted((SEEDS / folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


@cache
def incidents(folder: str) -> list[dict[str, Any]]:
    text = (SEEDS / folder / "incidents.toml").read_text(encoding="utf-8")
    revisions: list[dict[str, Any]] = tomllib.loads(text)["incident"]
    return revisions


def rows(*names: str, folders: tuple[str, ...] = FOLDERS) -> Iterator[tuple[str, Row]]:
    """File and row of the named tables, of all tables where none is named."""
    for folder in folders:
        for table, found in tables(folder).items():
            if not names or table in names:
                yield from ((f"{folder}/{table}.csv", row) for row in found)


def parts(cell: str | None) -> list[str]:
    return (cell or "").split("|") if cell else []


@cache
def ids(kind: str, *folders: str) -> frozenset[str]:
    """Every id of a kind that the folders define (both folders where none is named)."""
    if kind == "holder":
        return ids("supplier", *folders) | ids("factory", *folders)
    table = {"category": "categories", "factory": "factories"}.get(kind, f"{kind}s")
    return frozenset(row[f"{kind}_id"] for _, row in rows(table, folders=folders or FOLDERS))


# --- form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.csv")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files_are_plain_and_sorted(path: Path) -> None:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    found = tables(path.parent.name)[path.stem]
    assert found
    assert set(found[0]) <= COLUMNS[path.stem]
    for row in found:
        assert None not in row, "a row longer than the header"
        assert None not in row.values(), "a row shorter than the header"
        assert all(cell == cell.strip() for cell in row.values())
    keys = [tuple(row.get(column, "") for column in SORTED_BY[path.stem]) for row in found]
    assert keys == sorted(keys)
    by_source = [(*key, row.get("into_product"), row.get("source_id")) for key, row in zip(keys, found, strict=True)]
    assert len(set(by_source)) == len(by_source)


def test_ids_are_well_formed_and_unique() -> None:
    for kind in ("source", "product", "supplier", "factory", "region", "category", "contract"):
        assert all(ID.fullmatch(name) for name in ids(kind))
        assert not ids(kind, "reference") & ids(kind, "demo"), "the demo defines nothing anew"
    assert not ids("supplier") & ids("factory")
    assert "unsourced" not in ids("source")
    for folder in FOLDERS:
        for revision in incidents(folder):
            assert ID.fullmatch(revision["incident_id"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_named_exists(folder: str) -> None:
    """Reference stands alone; the demo stands on itself and on the reference lists, never on a real company."""
    for file, row in rows(folders=(folder,)):
        for column, kind in REFERENCES.items():
            places = FOLDERS if kind in ("product", "region", "category") and folder == "demo" else (folder,)
            for name in parts(row.get(column)):
                assert name in ids(kind, *places), f"{file}: {column} {name}"


def test_words_dates_and_numbers() -> None:
    for file, row in rows():
        for column, words in WORDS.items():
            assert not row.get(column) or row[column] in words, f"{file}: {column} {row[column]}"
        for column in ("published", "retrieved", "valid_from", "valid_to", "start", "end"):
            if row.get(column):
                assert date.fromisoformat(row[column]).isoformat() == row[column]
        assert (row.get("valid_from") or "0001-01-01") < (row.get("valid_to") or "9999-12-31"), file
        assert (row.get("start") or "0001-01-01") <= (row.get("end") or "9999-12-31"), file
        for column in ("share", "share_low", "share_high", "confidence", "owned_share"):
            assert not row.get(column) or 0 <= float(row[column]) <= 1
        assert float(row.get("share_low") or 0) <= float(row.get("share_high") or 1)
        assert not (row.get("share") and (row.get("share_low") or row.get("share_high")))
        assert not row.get("source_count") or row["source_count"].isdecimal()
        assert not row.get("value_sek") or row["value_sek"].isdecimal()
        assert not row.get("country") or re.fullmatch("[A-Z]{2}", row["country"])


def test_claims_say_who_when_and_for_whom() -> None:
    for file, row in rows(*CLAIM_TABLES):
        assert row["source_id"], file
        assert row["grade"], file
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT08:00:00Z", row["recorded_at"]), file
        datetime.fromisoformat(row["recorded_at"])
        assert row["visibility"] in ("public", "network", "region:SE-AB"), file


def test_a_claim_is_not_recorded_before_its_source_is_published() -> None:
    published = {row["source_id"]: row.get("published", "") for _, row in rows("sources")}
    for file, row in rows(*CLAIM_TABLES):
        assert row["recorded_at"][:10] >= published[row["source_id"]], f"{file}: {row}"


def test_complete_sourcing_states_its_count() -> None:
    for file, row in rows("items", "contracts"):
        if row.get("sourcing") == "complete":
            assert row["source_count"], f"{file}: {row}"
        else:
            assert not row.get("source_count"), f"{file}: {row}"


# --- products -----------------------------------------------------------------------------------------------------


def products() -> dict[str, Row]:
    return {row["product_id"]: row for _, row in rows("products")}


@pytest.mark.parametrize("column", ["broader", "made_from"])
def test_the_catalogue_has_no_circle(column: str) -> None:
    catalogue = products()

    def depth(product: str, path: tuple[str, ...] = ()) -> int:
        assert product not in path, f"circle: {path}"
        return 1 + max((depth(up, (*path, product)) for up in parts(catalogue[product].get(column))), default=0)

    deepest = {product: depth(product) for product in catalogue}
    assert max(deepest.values()) >= 4
    if column == "broader":
        assert deepest["gloves-nitrile"] == 4
        assert deepest["gloves-surgical-latex"] == 4


def test_product_names_and_codes() -> None:
    for product, row in products().items():
        assert row["name_en"], product
        assert row["name_sv"], product
        for code in parts(row.get("cpv")):
            assert re.fullmatch(r"\d{8}", code), product
        for code in parts(row.get("hs")):
            assert re.fullmatch(r"\d{4}(\.\d\d)?", code), product
        assert parts(row["made_from"]) == sorted(set(parts(row["made_from"])))


def test_only_raw_materials_are_complete_in_the_reference_catalogue() -> None:
    for _, row in rows("products", folders=("reference",)):
        assert not (row["made_from_complete"] == "true" and row["made_from"]), row["product_id"]


def test_cpv_codes_exist(shared_dir: Path) -> None:
    with (shared_dir / "data" / "eforms" / "cpv.csv").open(encoding="utf-8", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    for file_name, row in rows("products", "contracts"):
        assert set(parts(row.get("cpv"))) <= known, f"{file_name}: {row}"


# --- reference: real and cited --------------------------------------------------------------------------------------


def test_21_regions() -> None:
    assert ids("region") == {f"SE-{code}" for code in REGIONS}
    letters = {row["procurement_region"] for _, row in rows("regions")}
    assert letters == set("ABCDEFGH")


def test_reference_is_real_public_and_third_party() -> None:
    for file, row in rows(folders=("reference",)):
        assert not any("demo" in cell.lower() for cell in row.values()), f"{file}: {row}"
        assert row.get("kind") != "synthetic"
    for file, row in rows(*CLAIM_TABLES, folders=("reference",)):
        assert row["grade"] in ("reported", "declared"), file
        assert row["visibility"] == "public", file
    assert "demo" not in (SEEDS / "reference" / "incidents.toml").read_text(encoding="utf-8").lower()


def test_real_contracts_have_no_invented_numbers() -> None:
    for _, row in rows("contracts", folders=("reference",)):
        assert not any(row.get(column) for column in ("value_sek", "diary_no", "start", "end", "clause_level"))


def test_real_links_have_no_invented_shares() -> None:
    for file, row in rows(folders=("reference",)):
        invented = ("share", "share_low", "share_high", "confidence", "owned_share", "lat", "lng", "address")
        assert not any(row.get(column) for column in invented), file


def test_every_source_is_of_use() -> None:
    for folder in FOLDERS:
        used = {row["source_id"] for _, row in rows(*CLAIM_TABLES, folders=(folder,))}
        used |= {name for revision in incidents(folder) for name in revision["sources"]}
        readme = (SEEDS / "README.md").read_text(encoding="utf-8")
        notes = (SEEDS / folder / "incidents.toml").read_text(encoding="utf-8") + readme
        unused = {name for name in ids("source", folder) - used if not re.search(rf"{re.escape(name)}\b", notes)}
        assert not unused


# --- demo: fictional, and says so -------------------------------------------------------------------------------------


def test_demo_names_say_demo() -> None:
    for file, row in rows(folders=("demo",)):
        named = [row[c] for c in ("name", "name_en", "name_sv", "publisher") if c in row]
        named += [row["title"]] if file.endswith("contracts.csv") else []
        assert all("Demo" in name for name in named), f"{file}: {row}"
    for kind in ("source", "product", "holder", "contract"):
        assert all(name.startswith("demo-") for name in ids(kind, "demo"))
    assert {row["kind"] for _, row in rows("sources", folders=("demo",))} == {"synthetic"}
    for revision in incidents("demo"):
        assert revision["incident_id"].startswith("demo-")
        assert "Demo" in revision["title"]


def test_demo_size() -> None:
    assert 28 <= len(ids("supplier", "demo")) <= 34
    assert 18 <= len(ids("factory", "demo")) <= 23
    assert len(ids("contract", "demo")) == 25
    assert len({region for _, row in rows("contracts", folders=("demo",)) for region in parts(row["regions"])}) == 10
    contracts = tables("demo")["contracts"]
    assert sum(not row["value_sek"] for row in contracts) == 2


def test_demo_is_five_tiers_deep_and_holds_a_circle() -> None:
    buys: dict[str, set[str]] = {}
    for row in tables("demo")["supplies"]:
        if row["seller_id"] != row["buyer_id"]:
            buys.setdefault(row["buyer_id"], set()).add(row["seller_id"])

    def depth(holder: str, path: tuple[str, ...]) -> int:
        ahead = buys.get(holder, set()) - set(path)
        return 1 + max((depth(seller, (*path, holder)) for seller in ahead), default=0)

    suppliers = [row["supplier_id"] for row in tables("demo")["contracts"] if row["supplier_id"]]
    assert max(depth(supplier, ()) for supplier in suppliers) >= 5
    assert "demo-trader-04" in buys["demo-trader-06"]
    assert "demo-trader-06" in buys["demo-trader-05"]
    assert "demo-trader-05" in buys["demo-trader-04"]


def test_demo_shows_every_shape() -> None:
    demo = tables("demo")
    assert any(row["identified"] == "false" for row in demo["factories"])
    assert any(row["visibility"] == "region:SE-AB" for row in demo["supplies"])
    assert any(row["owned_share"] and float(row["owned_share"]) < 0.5 for row in demo["suppliers"])
    assert {row["grade"] for row in demo["supplies"]} == WORDS["grade"]
    assert {row["service"] for row in demo["services"]} == {"recruits", "houses", "treats_waste"}
    assert any(row["sourcing"] == "origin" for row in demo["items"])
    delivered = {row["contract_id"] for row in demo["deliveries"]}
    assert [row["contract_id"] for row in demo["contracts"] if not row["supplier_id"]] == [
        "demo-c-0006",
        "demo-c-0013",
        "demo-c-0019",
    ]
    assert "demo-c-0019" not in delivered
    assert "demo-c-0025" in delivered


# --- incidents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS)
def test_incidents(folder: str) -> None:
    revisions = incidents(folder)
    order = [(revision["incident_id"], revision["recorded_at"]) for revision in revisions]
    assert len(set(order)) == len(order)
    assert [(name, at) for name, at in order if at.utcoffset() is None] == []
    for revision in revisions:
        assert set(revision) <= INCIDENT_KEYS
        assert revision["status"] in STATUSES
        assert set(revision.get("indicators", [])) <= INDICATORS
        assert revision["visibility"] == "public"
        assert revision["sources"]
        assert set(revision["sources"]) <= ids("source", folder)
        for action in revision.get("actions", []):
            assert set(action) <= {"authority", "kind", "effective", "modified", "revoked"}
            assert action["effective"] <= revision["recorded_at"].date()
        for selector in revision["scope"]:
            assert set(selector) <= SELECTOR_KEYS
            places = FOLDERS if folder == "demo" else (folder,)
            assert set(selector.get("products", [])) <= ids("product", *places)
            known = {"factory": "factory", "supplier": "supplier", "group": "supplier"}.get(selector["kind"])
            assert selector["id"] in ids(known, folder) if known else re.fullmatch("[A-Z]{2}", selector["id"])


def test_revisions_follow_one_another() -> None:
    for folder in FOLDERS:
        names = [revision["incident_id"] for revision in incidents(folder)]
        for name in set(names):
            times = [revision["recorded_at"] for revision in incidents(folder) if revision["incident_id"] == name]
            assert times == sorted(times)
            assert len(set(times)) == len(times)
            first = names.index(name)
            assert names[first : first + len(times)] == [name] * len(times)


def test_severity_is_never_ours_to_give_on_a_real_company() -> None:
    assert not any("severity" in revision for revision in incidents("reference"))
    for revision in incidents("demo"):
        assert set(revision["severity"]) == {"scale", "scope", "irremediability"}
        assert all(1 <= degree <= 5 for degree in revision["severity"].values())


def test_all_six_us_orders_in_their_latest_state() -> None:
    latest = {revision["incident_id"]: revision for revision in incidents("reference")}
    orders = {name: revision["status"] for name, revision in latest.items() if name.startswith("inc-us-")}
    assert orders == {
        "inc-us-brightway": "remediation_verified",
        "inc-us-smart-glove": "remediation_verified",
        "inc-us-supermax": "remediation_verified",
        "inc-us-top-glove": "remediation_verified",
        "inc-us-wrp": "withdrawn",
        "inc-us-yty": "remediation_verified",
    }
    assert all(
        "modified" in r["actions"][-1] or "revoked" in r["actions"][-1] for n, r in latest.items() if n in orders
    )


# --- the story ------------------------------------------------------------------------------------------------------

GROUP = {"kind": "group", "id": "demo-gloves", "countries": ["MY"]}


def demo_with_catalogue() -> dict[str, list[Row]]:
    """The demo alone, on the reference catalogue."""
    return {**tables("demo"), "products": tables("reference")["products"] + tables("demo")["products"]}


def demo_after_reference() -> dict[str, list[Row]]:
    names = tables("reference").keys() | tables("demo").keys()
    return {name: tables("reference").get(name, []) + tables("demo").get(name, []) for name in sorted(names)}


def scope_of(revision: int) -> list[dict[str, Any]]:
    scope: list[dict[str, Any]] = [r for r in incidents("demo") if r["incident_id"] == "demo-inc-order"][revision][
        "scope"
    ]
    return scope


def asked(
    data: dict[str, list[Row]], scope: list[dict[str, Any]], valid_at: str, known_at: str, region: str = ""
) -> dict[str, str]:
    """Status of each demo contract, in the words of the table in the README."""
    lens = {
        "valid_at": valid_at,
        "known_at": f"{known_at}T23:59:59Z",
        "visible_to": ["network", "public", *([f"region:{region}"] if region else [])],
        "min_grade": "inferred",
    }
    found = answer(data, scope, lens)["contracts"]
    return {
        contract["contract_id"]: f"{contract['status']} {contract['tier'] or contract['basis']}"
        for contract in found
        if contract["contract_id"].startswith("demo-")
    }


def table_of_the_readme() -> dict[str, list[str]]:
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(demo-c-\d{4})` \|(.+)\|$", text, flags=re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")][1:] for name, cells in lines}


@pytest.mark.parametrize("data", [demo_with_catalogue, demo_after_reference])
def test_the_readme_tells_the_story_as_it_is(data: Any) -> None:
    columns = [
        asked(data(), [GROUP], "2019-02-19", "2018-12-19"),
        asked(data(), [GROUP], "2019-02-19", "2019-02-19"),
        asked(data(), scope_of(0), "2020-07-15", "2020-07-15"),
        asked(data(), scope_of(1), "2021-03-29", "2021-03-29"),
    ]
    told = table_of_the_readme()
    assert told == {name: [column[name] for column in columns] for name in sorted(columns[0])}, json.dumps(columns)


def test_the_story_is_worth_telling() -> None:
    told = table_of_the_readme()
    december, february, order, finding = ([cells[n] for cells in told.values()] for n in range(4))
    assert sum(cell.startswith("established") for cell in december) < sum(
        cell.startswith("established") for cell in february
    )
    assert len({cell for cell in february if cell.startswith("established")}) >= 3, "different tiers"
    assert sum(cell.startswith("possible") for cell in february) >= 2
    for basis in ("unmapped goods_match", "unmapped not_excluded", "no_link complete_chain", "no_link other_products"):
        assert basis in february
    reached = ("established", "possible")
    added = {
        name
        for name, before, after in zip(told, order, finding, strict=True)
        if after.startswith(reached) and not before.startswith(reached)
    }
    assert added == {"demo-c-0005", "demo-c-0006", "demo-c-0014"}
    assert told["demo-c-0008"] == ["no_link complete_chain"] * 4, "the Thai plant is left out"


def test_the_thai_plant_is_reached_when_it_is_asked_for() -> None:
    scope = [{"kind": "group", "id": "demo-gloves", "countries": ["TH"]}]
    assert asked(demo_with_catalogue(), scope, "2021-03-29", "2021-03-29")["demo-c-0008"] == "established 2"


def test_one_region_knows_more() -> None:
    for region, status in (("", "unmapped goods_match"), ("SE-AB", "established 3")):
        found = asked(demo_with_catalogue(), [GROUP], "2019-02-19", "2019-02-19", region)
        assert found["demo-c-0009"] == status
