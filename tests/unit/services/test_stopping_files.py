"""The files of `stops recovery` and `stops cascade`: what they say, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracegraph.answer_outage import Demand, Link, Need, Plan, Site
from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.services.stopping_asking import known_firms, percent, tolerance, word_of
from tracegraph.services.stopping_links import read_links
from tracegraph.services.stopping_plan import read_plan

PLAN = """
time_unit = "days"
currency = "SEK"
[[site]]
site_id = "A"
capacity = 10
time_to_recover = 4
makes = { gloves = 1, masks = 0.5 }
[[site]]
site_id = "B"
capacity = 5.5
time_to_recover = 0
[[product]]
product_id = "gloves"
demand = 8
inventory = 3
margin = 2
[[product]]
product_id = "masks"
demand = 1
inventory = 0
margin = 0
"""


def written(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(error: DatasetRejected) -> set[tuple[int | None, str | None, str]]:
    return {(p.line, p.column, p.rule) for p in error.problems}


def test_a_plan(tmp_path: Path) -> None:
    assert read_plan(written(tmp_path, PLAN, "plan.toml")) == Plan(
        "days",
        "SEK",
        (Site("A", 10, 4, {"gloves": 1, "masks": 0.5}), Site("B", 5.5, 0, {"gloves": 1, "masks": 1})),
        (Demand("gloves", 8, 3, 2), Demand("masks", 1, 0, 0)),
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('currency = "SEK"', 'curency = "SEK"'), {(3, "curency", "unknown-key")}),
        (("capacity = 10", 'capacity = "10"'), {(6, "site[1].capacity", "number")}),
        (("capacity = 5.5", "capacity = true"), {(11, "site[2].capacity", "number")}),
        (("capacity = 5.5", "capacity = nan"), {(11, "site[2].capacity", "number")}),
        (("capacity = 5.5", "capacity = inf"), {(11, "site[2].capacity", "number")}),
        (("time_to_recover = 4", "time_to_recover = -4"), {(7, "site[1].time_to_recover", "number")}),
        (('site_id = "B"', 'site_id = "A"'), {(10, "site[2].site_id", "twice")}),
        (('site_id = "B"\n', ""), {(9, "site[2].site_id", "missing-key")}),
        (("masks = 0.5", "mask = 0.5"), {(8, "site[1].makes", "unknown-product")}),
        (("masks = 0.5", "masks = 0"), {(8, "site[1].makes", "makes")}),
        (
            ("inventory = 0", "inventori = 0"),
            {(21, "product[2].inventori", "unknown-key"), (18, "product[2].inventory", "missing-key")},
        ),
        (('time_unit = "days"', "time_unit = 5"), {(2, "time_unit", "wrong-type")}),
        (("[[site]]", "[[sites]]"), {(None, "sites", "unknown-key"), (None, None, "no-tables")}),
        (("demand = 8", "demand = "), {(15, None, "toml")}),
    ],
)
def test_mistakes_in_a_plan_have_a_place(
    tmp_path: Path, change: tuple[str, str], expected: set[tuple[int | None, str | None, str]]
) -> None:
    with pytest.raises(DatasetRejected) as caught:
        read_plan(written(tmp_path, PLAN.replace(*change), "plan.toml"))
    assert problems(caught.value) == expected
    assert all(str(problem.remedy) for problem in caught.value.problems)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for read in (read_plan, read_links):
        with pytest.raises(InvalidInput):
            read(tmp_path / "nothing")
    (tmp_path / "plan.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput):
        read_plan(tmp_path / "plan.toml")


HEADER = "seller_id,buyer_id,value,industry,need\n"


def test_links(tmp_path: Path) -> None:
    text = "Seller_ID;buyer_id;value;industry;need\na;b;1 200,5;13;non-essential\n"
    assert read_links(written(tmp_path, text, "links.csv")) == (Link("a", "b", 1200.5, "13", Need.NON_ESSENTIAL),)
    text = "seller_id,buyer_id,value,industry\na,b,3,13\n"
    assert read_links(written(tmp_path, text, "links.csv"), needs=False)[0].need is Need.ESSENTIAL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seller_id,buyer_id,value,industry\na,b,3,13\n", {(1, "need", "missing-column")}),
        (
            HEADER.replace("value", "values") + "a,b,3,13,essential\n",
            {(1, "values", "unknown-column"), (1, "value", "missing-column")},
        ),
        (HEADER, {(None, None, "empty-file")}),
        (HEADER + "a,a,3,13,essential\n", {(2, "buyer_id", "itself")}),
        (HEADER + "a,b,0,13,essential\n", {(2, "value", "value")}),
        (HEADER + "a,b,inf,13,essential\n", {(2, "value", "value")}),
        (HEADER + "a,b,1_000,13,essential\n", {(2, "value", "value")}),
        (HEADER + "a,b,1,13,esential\n", {(2, "need", "need")}),
        (HEADER + "a,b,1,13,essential\na,b,2,13,essential\n", {(3, "buyer_id", "twice")}),
        (HEADER + "a,b,1,13,essential\na,c,2,14,essential\n", {(3, "industry", "industry")}),
        (HEADER + "a,b,1,13,essential\nc,b,2,13,negligible\n", {(3, "need", "need")}),
        (HEADER + ",b,1,13,essential\n", {(2, "seller_id", "id")}),
        (HEADER + "a,b,1\n", {(2, None, "too-few-cells"), (None, None, "empty-file")}),
    ],
)
def test_mistakes_in_links_have_a_place(
    tmp_path: Path, text: str, expected: set[tuple[int | None, str | None, str]]
) -> None:
    with pytest.raises(DatasetRejected) as caught:
        read_links(written(tmp_path, text, "links.csv"))
    assert problems(caught.value) == expected


def test_what_is_asked_is_checked() -> None:
    assert percent(" 12,5 %", "--at-most") == 0.125
    assert tolerance("1e-3") == 0.001
    assert word_of("--need", "Essential", Need) is Need.ESSENTIAL
    for text in ("-1", "101", "x", "nan"):
        with pytest.raises(InvalidInput):
            percent(text, "--at-most")
    for text in ("0", "1", "x", "nan"):
        with pytest.raises(InvalidInput):
            tolerance(text)
    with pytest.raises(InvalidInput, match="essential, non_essential, negligible"):
        word_of("--need", "much", Need)
    links = (Link("a", "b", 1, "13", Need.ESSENTIAL),)
    known_firms(("a", "b"), links)
    with pytest.raises(InvalidInput):
        known_firms(("c",), links)
