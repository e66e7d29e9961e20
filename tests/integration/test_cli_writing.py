"""The commands that write, through the real command line, into a real SQLite file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tracegraph.cli import main

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
SUPPLIES = "seller_id,buyer_id,product\nf1,s1,gloves\n"
DATASET = {
    "suppliers.csv": "supplier_id,name\ns1,One AB\n",
    "factories.csv": "factory_id,country,products\nf1,MY,gloves\n",
    "products.csv": "product_id,name_en\ngloves,Gloves\n",
    "supplies.csv": SUPPLIES,
    "contracts.csv": "contract_id,title,regions,supplier_id,product,value_sek\nc1,Gloves,SE-AB,s1,gloves,1000000\n",
}
Run = Callable[..., Result]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A small sound dataset."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in DATASET.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run(sqlite_url: str) -> Run:
    """Run a command line on a store of its own."""

    def invoke(*args: object, **options: Any) -> Result:
        env = {"TRACEGRAPH_STORE": sqlite_url, "COLUMNS": "100", **options.pop("env", {})}
        return CliRunner().invoke(main, [str(arg) for arg in args], env=env, **options)

    return invoke


def document(result: Result, schema: str) -> Any:
    assert result.stderr == ""
    body = json.loads(result.stdout)
    jsonschema.validate(body, json.loads((ROOT / "docs" / "schemas" / f"{schema}.json").read_text(encoding="utf-8")))
    return body


# --- import ---


def test_import_writes_and_the_second_time_changes_nothing(run: Run, dataset: Path) -> None:
    first = run("import", dataset)
    assert first.exit_code == 0
    assert "Written:" in first.stdout
    assert "new claims" in first.stdout
    assert "This is import 1; tracegraph retract --import 1 ends all of it." in first.stdout
    second = run("import", dataset)
    assert second.exit_code == 0
    assert "Nothing changed: the store already says all of this. (5 rows read)" in second.stdout
    assert document(run("import", dataset, "--json"), "import")["nothing_changed"] is True


def test_a_dry_run_counts_and_writes_nothing(run: Run, dataset: Path) -> None:
    body = document(run("import", dataset, "--dry-run", "--json"), "import")
    assert body["dry_run"] is True
    assert body["change_set"] is None
    assert body["new"] > 0
    shown = run("import", dataset, "--dry-run").stdout
    assert "Would be written:" in shown
    assert "This was a dry run: nothing was written." in shown
    assert document(run("store", "info", "--json"), "store-info")["counts"] == {}


def test_a_changed_row_is_shown_with_what_changed(run: Run, dataset: Path) -> None:
    run("import", dataset)
    (dataset / "supplies.csv").write_text("seller_id,buyer_id,product,share\nf1,s1,gloves,0.4\n", encoding="utf-8")
    shown = run("import", dataset).stdout
    assert "1 changed" in shown
    assert "share_low: 0.0 -> 0.4" in " ".join(shown.split())


def test_problems_are_listed_by_file_and_line(run: Run, dataset: Path) -> None:
    (dataset / "supplies.csv").write_text(SUPPLIES + "f9,s1,gloves\n", encoding="utf-8")
    (dataset / "factories.csv").write_text("factory_id,country\nf1,Malaisya\n", encoding="utf-8")
    result = run("import", dataset)
    assert result.exit_code == 2
    assert result.stdout == ""
    shown = " ".join(result.stderr.split())
    assert shown.index("factories.csv") < shown.index("supplies.csv")
    assert "2 country error: Malaisya is not a country that is known" in shown
    assert "f9 is neither a supplier nor a factory" in shown
    assert "Error: nothing was written; problems:" in shown
    assert "Traceback" not in shown


def test_problems_as_json(run: Run, dataset: Path) -> None:
    (dataset / "supplies.csv").write_text(SUPPLIES + "f9,s1,gloves\n", encoding="utf-8")
    result = run("import", dataset, "--json", "--lang", "sv")
    assert result.exit_code == 2
    error = document(result, "error")["error"]
    assert error["code"] == "dataset-rejected"
    (problem,) = [p for p in error["problems"] if p["severity"] == "error"]
    assert (problem["file"], problem["line"], problem["column"]) == ("supplies.csv", 3, "seller_id")
    assert "är varken leverantör eller anläggning" in problem["message"]


def test_bad_rows_may_be_skipped_and_kept(run: Run, dataset: Path, tmp_path: Path) -> None:
    (dataset / "supplies.csv").write_text(SUPPLIES + "f9,s1,gloves\n", encoding="utf-8")
    kept = tmp_path / "bad"
    result = run("import", dataset, "--skip-bad-rows", "--bad-rows-to", kept)
    assert result.exit_code == 0, result.stderr
    assert "1 bad row was left out." in result.stdout
    assert "f9" in (kept / "supplies.csv").read_text(encoding="utf-8")
    body = document(run("import", dataset, "--skip-bad-rows", "--json"), "import")
    assert body["bad_rows"] == 1


def test_warnings_are_listed_and_do_not_stop(run: Run, dataset: Path) -> None:
    (dataset / "products.csv").unlink()
    result = run("import", dataset)
    assert result.exit_code == 0
    assert "warning: gloves is not in products.csv and becomes a new product" in " ".join(result.stdout.split())
    assert "see above." in result.stdout


def test_files_of_other_names_get_a_note(run: Run, dataset: Path) -> None:
    (dataset / "suplies.csv").write_text("x\n", encoding="utf-8")
    assert "Note: suplies.csv was left alone; is supplies.csv meant?" in run("import", dataset).stdout


# --- retract ---


def test_an_import_is_ended_as_a_whole(run: Run, dataset: Path) -> None:
    run("import", dataset)
    body = document(run("retract", "--import", "1", "--json"), "retract")
    assert body["retracted"] > 0
    assert document(run("retract", "--import", "1", "--json"), "retract")["retracted"] == 0
    assert "Nothing changed" in run("retract", "--import", "1").stdout
    assert json.loads(run("dependents", "--factory", "f1", "--json").stdout)["contracts"] == []


def test_a_claim_is_ended_by_its_id(run: Run, dataset: Path) -> None:
    run("import", dataset)
    contracts = json.loads(run("dependents", "--factory", "f1", "--json").stdout)["contracts"]
    claim = contracts[0]["route"][0]["claim_ids"][0]
    shown = run("retract", claim).stdout
    assert "1 claim ended." in shown
    assert "f1/gloves SUPPLIES s1/gloves" in shown
    assert run("retract", "clm-nothing").exit_code == 2


# --- export and load ---


def test_everything_goes_out_and_in_again_byte_for_byte(run: Run, dataset: Path, tmp_path: Path) -> None:
    run("import", dataset)
    one, two, other = tmp_path / "one.ndjson", tmp_path / "two.ndjson", f"sqlite:///{tmp_path}/other.db"
    assert "Written to" in run("export", one).stdout
    body = document(run("load", one, "--store", other, "--json"), "load")
    assert body["counts"]["claim"] > 0
    document(run("export", two, "--store", other, "--json"), "export")
    assert one.read_bytes() == two.read_bytes()
    again = run("load", one, "--store", other)
    assert again.exit_code == 2
    assert "not empty" in again.stderr


@pytest.mark.parametrize("ending", ["graphml", "geojson", "csv"])
def test_the_ending_says_the_format(run: Run, dataset: Path, tmp_path: Path, ending: str) -> None:
    run("import", dataset)
    result = run("export", tmp_path / f"out.{ending}", "--as", "public")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / f"out.{ending}").stat().st_size > 0


def test_another_ending_is_refused(run: Run, dataset: Path, tmp_path: Path) -> None:
    run("import", dataset)
    result = run("export", tmp_path / "out.xlsx")
    assert result.exit_code == 2
    assert "use one of .ndjson, .graphml, .geojson, .csv" in result.stderr


def test_what_is_no_export_is_not_loaded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.ndjson").write_text('{"line": "odd"}\n', encoding="utf-8")
    result = run("load", tmp_path / "odd.ndjson")
    assert result.exit_code == 2
    assert "nothing was loaded" in result.stderr


# --- store and settings ---


def test_store_init_says_what_it_did(run: Run) -> None:
    first = document(run("store", "init", "--json"), "store-init")
    assert first["applied"]
    assert document(run("store", "init", "--json"), "store-init")["applied"] == []
    assert "is up to date" in " ".join(run("store", "init").stdout.split())


def test_store_info_lists_the_imports(run: Run, dataset: Path) -> None:
    run("import", dataset)
    shown = run("store", "info").stdout
    assert "IMPORTS, NEWEST FIRST" in shown
    assert "suppliers.csv" in shown


def test_config_check_hides_the_password(run: Run) -> None:
    run("store", "init")
    result = run("config", "check", env={"TRACEGRAPH_NEO4J_PASSWORD": "secret"})
    assert result.exit_code == 0
    assert "secret" not in result.stdout
    assert "The store answers." in result.stdout


def test_config_check_says_when_the_store_does_not_answer(run: Run) -> None:
    result = run("config", "check")
    assert result.exit_code == 3
    assert "The store does not answer" in " ".join(result.stdout.split())


def test_a_sound_check_and_a_check_that_finds(run: Run, dataset: Path) -> None:
    run("import", dataset)
    body = document(run("check", "--json"), "check")
    assert run("check").exit_code == (1 if any(f["severity"] == "error" for f in body["findings"]) else 0)


# --- demo ---


def test_the_demo_tells_its_story_twice_and_leaves_its_store(run: Run, sqlite_url: str) -> None:
    wide = {"COLUMNS": "200"}
    first = run("demo", "--store", sqlite_url, env=wide)
    assert first.exit_code == 0, first.stderr
    shown = first.stdout
    for words in ("REAL", "INVENTED", "7 contracts", "unmapped -> established", "Demo Daily, “Gloves and debts”"):
        assert words in shown
    assert f"TRACEGRAPH_STORE={sqlite_url}\n" in shown
    assert run("demo", "--store", sqlite_url, env=wide).stdout == shown


def test_the_demo_in_swedish(run: Run) -> None:
    shown = run("demo", "--lang", "sv").stdout
    assert "PÅHITTAT" in shown
    assert "ej kartlagd -> belagd" in shown


def test_the_demo_wants_a_store_of_its_own(run: Run, dataset: Path) -> None:
    run("import", dataset)
    result = run("demo", "--store", run_store(run))
    assert result.exit_code == 2
    assert "the demo wants one of its own" in result.stderr


def run_store(run: Run) -> str:
    return str(json.loads(run("store", "info", "--json").stdout)["url"])


def test_the_demo_as_json(run: Run) -> None:
    body = json.loads(run("demo", "--json").stdout)
    assert body["as_known_on_the_day"]["summary"]["established"] == 7
    assert body["as_known_two_months_before"]["summary"]["established"] == 3


def test_seeds_come_in_without_a_warning_that_matters(run: Run, tmp_path: Path) -> None:
    for name in ("reference", "demo"):
        folder = shutil.copytree(SEEDS / name, tmp_path / name)
        result = run("import", folder, "--json")
        assert result.exit_code == 0
        assert [p for p in json.loads(result.stdout)["problems"] if p["severity"] == "error"] == []
