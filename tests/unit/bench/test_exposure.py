"""The measurement of the exposure engine runs, and compares the answers that it measures, at the smallest size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.exposure import main


def test_it_measures_both_lenses_and_finds_the_same_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "result.json"
    assert main(["--size", "tiny", "--walks", "2", "--work", str(tmp_path), "--out", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    for lens in ("claims only", "with inferred steps"):
        part = result[lens]
        assert part["sweep"]["ratio"] > 0
        assert part["sweep"]["walks"] == 2
        assert part["snapshot"]["claims"] > 0
        assert any(row["reached"] > 0 for row in part["backend"]["asked"])
        assert {row["kind"] for row in part["shares"]["asked"]} == {"typical", "hub"}
    assert "**With inferred steps**" in capsys.readouterr().out
