"""The measurement of the snapshot runs, and checks what it measures, at a size that takes no time."""

from __future__ import annotations

import json

import pytest

from bench.snapshot import main


def test_it_measures_both_lenses_and_finds_the_same_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--size", "tiny", "--incidents", "12", "--walks", "3"]) == 0
    result = json.loads(capsys.readouterr().out)
    for lens in ("claims_only", "with_inference"):
        assert result[lens]["incidents"] == 12
        assert result[lens]["walks_to_sweep"] > 0
        assert all(hub["reached"] > 0 for hub in result[lens]["hubs"])
