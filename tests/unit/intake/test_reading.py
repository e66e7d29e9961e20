"""Files as they are really written: encodings, delimiters, quotes, headers, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.intake.support import GOOD, places, put, read, read_with
from tracegraph.intake import Limits, read_dataset
from tracegraph.intake.files import Found, read_bytes
from tracegraph.intake.refusal import Problems

PLAIN = (
    "supplier_id,name,aliases,country,owned_by,owned_share,grade,valid_from\n"
    "s1,Överby Åkeri,Å|Ö,Sverige,,,,2019-01-01\ns2,Demo,,,s1,0.25,reported,\n"
)
SWEDISH = (
    "Leverantör_ID;NAMN;alias;land;ägs av;ägd-andel;grad;gäller_från\n"
    "s1;Överby Åkeri;Å|Ö;Sverige;;;;2019-01-01\ns2;Demo;;;s1;0,25;reported;\n"
)
FORMS: dict[str, bytes] = {
    "bom": b"\xef\xbb\xbf" + PLAIN.encode(),
    "windows line ends": PLAIN.replace("\n", "\r\n").encode(),
    "old mac line ends": PLAIN.replace("\n", "\r").encode(),
    "no last line end": PLAIN.rstrip("\n").encode(),
    "blank lines": ("\n  \n" + PLAIN.replace("\n", "\n\n,,,,,,,\n")).encode(),
    "quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()).encode(),
    "blanks round cells": PLAIN.replace(",", " ,\u00a0").encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "swedish": SWEDISH.encode(),
    "swedish cp1252": SWEDISH.encode("cp1252"),
    "swedish in ascii headers": SWEDISH.replace("Leverantör", "leverantor")
    .replace("ägs av;ägd-andel", "ags_av;agd_andel")
    .replace("gäller_från", "galler_fran")
    .encode(),
    "decomposed": SWEDISH.replace("ö", "o\u0308").replace("ä", "a\u0308").replace("å", "a\u030a").encode(),
    "an empty last column": "\n".join(line + "," for line in PLAIN.splitlines()).encode(),
    "a reason": "\n".join(
        f"{line},{'reason' if n == 0 else 'x'}" for n, line in enumerate(PLAIN.splitlines())
    ).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_says_the_same(form: str, tmp_path: Path) -> None:
    reading = read(tmp_path / "form", {"suppliers.csv": FORMS[form]})
    assert places(reading) == []
    expected = read(tmp_path / "plain", {"suppliers.csv": PLAIN}).change_set.statements
    assert reading.change_set.statements == expected
    assert expected[0].attributes == {"name": "Överby Åkeri", "aliases": ["Å", "Ö"], "country": "SE"}


def test_a_line_break_in_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    reading = read(tmp_path, {"suppliers.csv": 'supplier_id,name\ns1,"Demo\r\nAG ""One""\u00a0"\n'})
    assert reading.change_set.statements[0].attributes == {"name": 'Demo AG "One"'}


def test_the_delimiter_is_not_misled_by_quotes_or_by_the_other_one(tmp_path: Path) -> None:
    text = 'supplier_id;name;grade\ns1;"Demo; Co., Ltd.";declared\n'
    assert places(read(tmp_path / "a", {"suppliers.csv": text})) == []
    one_column = read(tmp_path / "b", {"suppliers.csv": "supplier_id\ns1\n"})
    assert [rule for *_, rule in places(one_column)] == ["missing-column"]


def test_numbers_in_files_with_semicolons(tmp_path: Path) -> None:
    text = "contract_id;title;regions;value_sek\nc1;A;SE-AB;1 000 000,5\nc2;A;SE-AB;7.25\nc3;A;SE-AB;1.000,5\n"
    reading = read(tmp_path, {"contracts.csv": text})
    assert places(reading) == [("contracts.csv", 4, "value_sek", "1.000,5", "money")]
    values = [c.attributes["value_sek"] for c in reading.change_set.statements if "value_sek" in c.attributes]
    assert values == [1000000.5, 7.25]


def test_paths_files_and_folders(tmp_path: Path) -> None:
    first = put(tmp_path / "first", GOOD)
    second = put(tmp_path / "second", {"SUPPLIERS.csv": "supplier_id,name\ns3,\n", ".hidden.csv": ""})
    reading = read_dataset([first, str(second / "SUPPLIERS.csv")])
    assert places(reading) == [("SUPPLIERS.csv", 2, "name", "", "required")]
    (second / "suppliers.csv").write_text("supplier_id,name\ns3,\n")
    (second / "SUPPLIERS.csv").unlink(missing_ok=True)
    (second / "suppliers.csv").write_text("supplier_id,name\ns3,\n")
    reading = read_dataset([first, second])
    assert places(reading) == [(str(second / "suppliers.csv"), 2, "name", "", "required")]
    assert reading.counts["suppliers"] == 3


def test_a_path_given_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    assert read_dataset([tmp_path, tmp_path / "suppliers.csv"]).counts["suppliers"] == 2


def test_what_is_not_there(tmp_path: Path) -> None:
    assert places(read_dataset([tmp_path / "nowhere"])) == [("nowhere", None, None, None, "file-missing")]
    assert places(read_dataset([tmp_path])) == [(tmp_path.name, None, None, None, "nothing-to-import")]
    assert places(read_dataset([])) == [(".", None, None, None, "nothing-to-import")]


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    problems = Problems()
    assert read_bytes(Found("suppliers", tmp_path, "suppliers.csv"), Limits(), problems) is None
    assert [(one.file, one.rule) for one in problems.found] == [("suppliers.csv", "file-unreadable")]


def test_limits(tmp_path: Path) -> None:
    assert places(read(tmp_path / "a", GOOD, limits=Limits(file_bytes=50))) == [
        ("contracts.csv", None, None, None, "file-too-large"),
        ("suppliers.csv", None, None, None, "file-too-large"),
    ]
    found = places(read(tmp_path / "b", {"suppliers.csv": GOOD["suppliers.csv"]}, limits=Limits(rows=1)))
    assert ("suppliers.csv", 3, None, "s2,Demo Two,src-1", "too-many-rows") in found


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read(tmp_path, GOOD, progress=lambda done, total: seen.append((done, total)))
    total = sum(len(text.encode()) for text in GOOD.values())
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


def test_a_file_that_cannot_be_read_hides_no_ids(tmp_path: Path) -> None:
    """What it may define is not reported as unknown, and what rests on it is not taken."""
    files: dict[str, str | bytes] = {
        "suppliers.csv": GOOD["suppliers.csv"].encode("utf-16"),
        "supplies.csv": "seller_id,buyer_id,product,source_id\nf1,s1,gloves,src-1\n",
    }
    reading = read_with(tmp_path, files)
    assert [rule for *_, rule in places(reading)] == ["utf-16"]
    assert list(reading.bad_rows) == ["supplies"]
    assert "could not be read" in str(reading.bad_rows["supplies"][0].reasons[0])


def test_warnings_do_not_refuse(tmp_path: Path) -> None:
    reading = read(tmp_path, {"suppliers.csv": "supplier_id,name\ns1,Demo\n"})
    assert [problem.severity for problem in reading.problems] == ["warning"]
    assert reading.errors == []
    assert len(reading.change_set.statements) == 1
