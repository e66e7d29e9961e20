"""The declaration of the tables, and the documents made of it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from frictionless import Package, Resource, system

from tests.unit.intake.support import places, put, read
from tracegraph.intake import columns, datapackage, read_dataset
from tracegraph.intake.documentation import markdown
from tracegraph.intake.spec import Kind
from tracegraph.intake.tables import TABLES
from tracegraph.model import ID_PATTERN

ROOT = Path(__file__).resolve().parents[3]
ALL = [(table, column) for table in TABLES.values() for column in table.columns]

#: formats.md section 1: the columns of each file, the required ones first.
FORMAT = {
    "sources": ("source_id title", "publisher published url kind retrieved language"),
    "products": ("product_id name_en", "name_sv cpv hs broader made_from made_from_complete end_use"),
    "suppliers": ("supplier_id name", "aliases country org_no lei identifiers owned_by owned_share website +"),
    "factories": (
        "factory_id country",
        "name aliases identified address city lat lng site_type os_id identifiers operated_by products +",
    ),
    "regions": ("region_id", "name procurement_region"),
    "categories": ("category_id", "name_en name_sv led_by valid_from valid_to"),
    "contracts": (
        "contract_id title regions",
        "category diary_no value_sek start end clause_level cpv sourcing source_count supplier_id product + shares",
    ),
    "deliveries": ("contract_id supplier_id product", "+ shares"),
    "supplies": ("seller_id buyer_id", "product into_product + shares"),
    "items": ("holder_id product", "sourcing source_count +"),
    "services": ("provider_id client_id service", "+"),
}
CLAIM = "source_id grade confidence valid_from valid_to recorded_at visibility"


@pytest.mark.parametrize("name", FORMAT)
def test_the_columns_are_those_of_the_format(name: str) -> None:
    required, optional = FORMAT[name]
    optional = optional.replace("+", CLAIM).replace("shares", "share share_low share_high")
    found = [column for column in TABLES[name].columns if column.kind is not Kind.IGNORED]
    assert {column.name for column in found if column.required} == set(required.split())
    assert {column.name for column in found if not column.required} == set(optional.split())
    assert set(TABLES) == set(FORMAT)


@pytest.mark.parametrize("name", FORMAT)
def test_no_two_columns_share_a_header(name: str) -> None:
    headers = [header for column in TABLES[name].columns for header in column.headers]
    assert len(headers) == len(set(headers))
    assert all(re.fullmatch(r"[a-z0-9_åäö]+", header) for header in headers)


def test_every_column_says_what_it_is() -> None:
    for table, column in ALL:
        assert column.about.endswith("."), (table.name, column.name)
        assert column.example or column.kind is Kind.IGNORED, (table.name, column.name)


def test_every_example_can_be_imported(tmp_path: Path) -> None:
    """One row of examples for each table; only what must not stand together is left out."""
    apart = {"share_low", "share_high", "owned_by", "owned_share", "reason"}
    also = {
        "suppliers": [{"supplier_id": "s2", "name": "B"}, {"supplier_id": "r1", "name": "R"}],
        "products": [{"product_id": name, "name_en": name} for name in ("gloves", "latex", "latex-nbr")],
    }
    files: dict[str, str | bytes] = {}
    for table in TABLES.values():
        names = [column.name for column in table.columns if column.name not in apart]
        rows = [{name: table.by_name[name].example for name in names}, *also.get(table.name, [])]
        lines = [";".join(names), *(";".join(row.get(name, "") for name in names) for row in rows)]
        files[table.file] = "\n".join(lines)
    reading = read(tmp_path, files)
    assert places(reading) == []
    assert reading.bad_rows == {}


def test_columns_as_rows() -> None:
    rows = columns("supplies")
    assert [row.name for row in rows][:4] == ["seller_id", "buyer_id", "product", "into_product"]
    assert (rows[0].swedish, rows[0].required, rows[2].default) == ("säljare_id", True, "unspecified")
    assert len(columns()) == len(ALL)
    assert {row.table for row in columns()} == set(TABLES)


def test_the_documents_are_current() -> None:
    spec = importlib.util.spec_from_file_location("make_columns_doc", ROOT / "tools" / "make_columns_doc.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.main(["--check"]) == 0


def test_the_markdown_names_every_column() -> None:
    text = markdown()
    for table, column in ALL:
        if column.kind is not Kind.IGNORED:
            assert f"`{column.name}`" in text, (table.name, column.name)
            assert f"`{column.sv}`" in text


# --- data package


def failures(folder: Path) -> list[str]:
    """What frictionless finds wrong with the CSV files of a folder."""
    found: list[str] = []
    for described in datapackage()["resources"]:
        if (folder / described["path"]).exists():
            resource = Resource.from_descriptor(described, basepath=str(folder))
            with system.use_context(trusted=True):
                report = resource.validate()
            found += [f"{described['path']}: {error.message}" for task in report.tasks for error in task.errors]
    return found


def test_the_package_is_a_package() -> None:
    package = datapackage()
    assert json.loads(json.dumps(package)) == package
    assert Package.from_descriptor(package).resource_names == list(TABLES)


@pytest.mark.parametrize("seed", ["reference", "demo"])
def test_frictionless_and_the_importer_agree_on_the_seeds(seed: str) -> None:
    folders = [ROOT / "seeds" / name for name in ("reference", "demo")]
    assert list((ROOT / "seeds" / seed).glob("*.csv"))
    assert failures(ROOT / "seeds" / seed) == []
    assert [problem for problem in read_dataset(folders).errors if seed in problem.file] == []


def test_frictionless_finds_what_the_importer_finds(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "supplies.csv": (
                "seller_id,buyer_id,share,grade\nf 1,s1,0.4,declared\nf1,s1,1.4,declared\nf1,s1,,declard\n,s1,,\n"
            ),
            "contracts.csv": "contract_id,title,regions\nc1,A,SE-AB|SE-E\nc2,A,SE-AA\n",
        },
    )
    assert len(failures(tmp_path)) == 5


def test_ids_have_the_pattern_of_the_model() -> None:
    field = datapackage()["resources"][0]["schema"]["fields"][0]
    assert field["constraints"] == {"required": True, "pattern": ID_PATTERN.pattern}
