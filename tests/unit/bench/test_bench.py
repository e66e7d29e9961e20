"""The benchmark's generator and harness, at a size that takes no time."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from bench import report, run
from bench.generate import CLAIMS_ONLY, NOW, generate
from bench.measure import measure_import, measure_system
from bench.shape import SIZES, make_shape
from bench.system import Setting
from tracegraph.intake import read_dataset


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(SIZES["tiny"], tmp_path_factory.mktemp("bench") / "dataset").folder


def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    again = generate(SIZES["tiny"], tmp_path).folder
    for file in sorted(folder.iterdir()):
        assert file.read_bytes() == (again / file.name).read_bytes(), file.name


def test_another_seed_gives_another_trade() -> None:
    one, other = (make_shape(SIZES["tiny"], seed) for seed in (1, 2))
    assert not np.array_equal(one.seller, other.seller)


def test_trade_stays_within_a_product_and_pairs_occur_once() -> None:
    shape = make_shape(SIZES["tiny"], 1)
    assert np.array_equal(shape.product[shape.seller], shape.product[shape.buyer])
    pairs = list(zip(shape.seller.tolist(), shape.buyer.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)


def test_popularity_is_heavy_tailed() -> None:
    shape = make_shape(SIZES["tiny"], 1)
    buyers = np.bincount(shape.seller, minlength=len(shape.holder))
    assert np.median(buyers) <= 2 < 10 <= buyers.max()


def test_the_dataset_has_no_errors(folder: Path) -> None:
    reading = read_dataset([folder])
    assert [problem for problem in reading.problems if problem.severity == "error"] == []


def test_about_half_of_the_goods_claims_pass_the_lens(folder: Path) -> None:
    passed = total = 0
    for statement in read_dataset([folder]).change_set.statements:
        if statement.table in ("supplies", "deliveries"):
            total += 1
            passed += (
                statement.valid_from <= CLAIMS_ONLY.valid_at < statement.valid_to
                and statement.recorded_at <= CLAIMS_ONLY.known_at
                and statement.visibility in CLAIMS_ONLY.visible_to
                and statement.grade.rank >= CLAIMS_ONLY.min_grade.rank
            )
    assert 0.48 < passed / total < 0.60
    assert CLAIMS_ONLY.known_at < NOW


def test_every_row_says_that_it_is_synthetic(folder: Path) -> None:
    assert {row["kind"] for row in rows(folder, "sources")} == {"synthetic"}
    assert all(row["name"].startswith("Bench ") for row in rows(folder, "suppliers"))


def test_systems_on_sqlite_agree(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert measure_import(f"sqlite:///{path}", str(folder))["claims"] > 3_000
    setting = Setting(str(path), "", CLAIMS_ONLY, {})
    factories = [f"f{number:06d}" for number in range(30)]
    systems = {}
    for name in run.OF_SQLITE["claims_only"]:
        asked = measure_system(name, setting, factories, 1)["asked"]
        systems[name] = {"random": asked[:25], "hubs": asked[25:]}
    assert run.compare(systems) == 3 * len(factories)
    assert any(one["contracts"] for one in systems["tracegraph on SQLite"]["random"])


def test_a_difference_fails_the_run() -> None:
    one = {"factory": "f1", "seconds": 0.1, "digest": "a", "claims": 1}
    with pytest.raises(run.Differs):
        run.compare({"a": {"random": [one], "hubs": []}, "b": {"random": [one | {"digest": "b"}], "hubs": []}})


def test_no_answer_within_the_limit_is_not_compared() -> None:
    one = {"factory": "f1", "seconds": 0.1, "digest": "a", "claims": 1}
    late = one | {"seconds": None, "digest": None}
    assert run.compare({"a": {"random": [one], "hubs": []}, "b": {"random": [late], "hubs": []}}) == 0


def test_a_whole_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(run, "WORK", tmp_path)
    out = tmp_path / "tiny.json"
    arguments = ["--size", "tiny", "--stores", "sqlite", "--questions", "5", "--hubs", "2", "--repeats", "1"]
    assert run.main([*arguments, "--full", "2", "--out", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["claims_only"]["differences"] == 0
    assert result["with_inference"]["compared"] == 7
    assert report.size_text(result) in capsys.readouterr().out
