"""What the recipes under ``examples/`` share, on small files of our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from examples.electronics import convert as electronics
from examples.recipe import ID_LENGTH, Ids, RecipeError, clean, country_codes, read_rows, slug, write_table

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ("electronics", "factory_lists", "listed_goods")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Demo Metal\r\nAG", "Demo Metal AG"),
        ("  Demo  Shoes\u00a0\u00a0", "Demo Shoes"),
        ("Ac\u0327ai\u0301", "A\u00e7a\u00ed"),
        ("Zone\uff0cTown", "Zone\uff0cTown"),  # NFC, not NFKC: a full-width comma is what the list has
    ],
)
def test_a_text_is_cleaned_of_line_breaks_and_put_into_nfc(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_slug_is_ascii_words() -> None:
    assert slug("Türkiye Çelik, A.Ş. & Co\uff0cLtd") == "turkiye-celik-a-s-co-ltd"
    assert slug("台灣") == "x"


def test_two_texts_never_share_an_id_and_one_text_keeps_its_own() -> None:
    ids = Ids("demo")
    first, second = ids.of("Demo Works, Ltd"), ids.of("DEMO WORKS LTD")
    assert first == "demo:demo-works-ltd"
    assert second.startswith("demo:demo-works-ltd-")
    assert (ids.of("Demo Works, Ltd"), ids.of("DEMO WORKS LTD")) == (first, second)
    assert ids.apart == ["DEMO WORKS LTD"]


def test_texts_that_differ_only_after_the_longest_id_stay_apart() -> None:
    ids = Ids("demo")
    found = {ids.of("Demo " + "long " * 40 + end) for end in ("one", "two")}
    assert len(found) == 2
    assert {len(one) <= ID_LENGTH for one in found} == {True}
    assert ids.apart == []  # their slugs differ


def test_an_id_does_not_depend_on_what_is_read_after() -> None:
    short, long = Ids("demo"), Ids("demo")
    before = [short.of(name) for name in ("A b", "a-b")]
    after = [long.of(name) for name in ("A b", "a-b", "A B", "c")]
    assert after[:2] == before


def test_parts_of_an_id_that_are_not_shown_still_tell_two_apart() -> None:
    ids = Ids("demo")
    assert ids.of("SE", "Demo", "Street 1", shown=("SE", "Demo")) == "demo:se:demo"
    assert ids.of("SE", "Demo", "Street 2", shown=("SE", "Demo")) != "demo:se:demo"


def test_a_country_that_nobody_knows_is_reported_with_all_the_others() -> None:
    with pytest.raises(RecipeError, match="'Atlantis', 'Utopia'"):
        country_codes(["Sweden", "Utopia", "Atlantis"])


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,land\nDemo,SE\n", encoding="utf-8")
    with pytest.raises(RecipeError, match="expected the columns name, country"):
        read_rows(file, ("name", "country"))


def test_a_row_of_another_length_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,country\nDemo\n", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"list\.csv, line 2"):
        read_rows(file, ("name", "country"))


def test_a_table_has_the_columns_of_all_its_rows(tmp_path: Path) -> None:
    assert write_table(tmp_path, "rows", [{"a": "1"}, {"a": "2", "b": "3\n4"}]) == 2
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == 'a,b\n1,\n2,"3\n4"\n'


def supplier_list(folder: Path, year: str, *rows: str) -> None:
    header = "year,supplier_name,country_area,country,supplier_address"
    text = "\r\n".join((header, *rows))
    (folder / f"apple-supplier-list-{year}.csv").write_text(text, encoding="utf-8", newline="")


def test_a_list_with_an_unknown_country_is_an_error_and_writes_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supplier_list(tmp_path, "2018", "2018,Demo Metal,x,Sweden,1 Demo Road")
    supplier_list(tmp_path, "2020", "2020,Demo Metal,x,Atlantis,NA")
    assert electronics.main([str(tmp_path), str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "Error: no country is called: 'Atlantis'\n"
    assert list((tmp_path / "out").iterdir()) == []


def test_a_row_of_another_year_is_an_error(tmp_path: Path) -> None:
    supplier_list(tmp_path, "2018", "2017,Demo Metal,x,Sweden,1 Demo Road")
    with pytest.raises(RecipeError, match="row 1: expected the year 2018"):
        electronics.read_sites(tmp_path)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_explains_itself_and_says_which_file_is_missing(recipe: str, tmp_path: Path) -> None:
    script = ROOT / "examples" / recipe / "convert.py"
    helped = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert helped.returncode == 0
    assert f"python examples/{recipe}/convert.py ../shared/data/" in helped.stdout
    missing = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tmp_path / "out")], capture_output=True, text=True
    )
    assert missing.returncode == 2
    assert missing.stderr.startswith("Error: ")
    assert "cannot be read" in missing.stderr
    assert "Traceback" not in missing.stderr
