"""Twin worlds for letters, leverage and concentration: what is hidden changes no rank, no count and no letter."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library import imported, opened
from tests.oracle.dataset import write_dataset
from tests.properties.test_twin_worlds import READERS, Tables, parted, secrets_about
from tests.strategies import random_tables
from tests.unit.random_worlds import NOW
from tracegraph.cli import main

VIEW = ("--valid-at", "2019-06-01", "--known-at", "2030-06-01T00:00:00Z", "--no-progress")


def told(folder: Path, number: int, reader: str, parts: tuple[Tables, ...], factory: str) -> dict[str, str]:
    """Return all that a reader is told: bodies, words, tables and letters."""
    home = folder / str(number)
    url = f"sqlite:///{home}/store.db"
    home.mkdir()
    with opened(url) as store:
        for place, tables in enumerate(parts):
            if any(tables.values()):
                imported(store, write_dataset(tables, home / str(place)), NOW)
    files = ("--letters", str(folder / "letters"), "--csv", str(folder / "rows.csv"))
    seen = {}
    for words in (
        ("ask", *files),
        ("ask", "--factory", factory, *files),
        ("ask", "--factory", "secret-f"),
        ("ask", "--direct-supplier", "secret-s"),
        ("ask", "--region", "SE-M"),
        ("leverage", "--csv", str(folder / "rows.csv")),
        ("leverage", "--factory", factory),
        ("leverage", "--factory", "secret-f"),
        ("concentration", "--csv", str(folder / "rows.csv")),
        ("concentration", "--region", "SE-M"),
    ):
        for form in ((), ("--json",)):
            result = CliRunner().invoke(main, [*words, *VIEW, "--as", reader, *form, "--store", url, "--all-rows"])
            assert result.exit_code in (0, 2), result.output
            seen[" ".join((*words[:3], *form))] = result.output.replace(str(home), "")
        for file in [*sorted((folder / "letters").glob("*")), folder / "rows.csv"]:
            if file.exists():
                seen[f"{words[:3]} {file.name}"] = file.read_text(encoding="utf-8")
                file.unlink()
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_what_is_hidden_leaves_no_trace(seed: int, tmp_path: Path) -> None:
    tables = random_tables(random.Random(seed), "small")
    rest, hidden = parted(tables)
    reader = READERS[seed % len(READERS)]
    factory = rest["factories"][0]["factory_id"]
    without = told(tmp_path, 0, reader, (rest,), factory)
    beside = told(tmp_path, 1, reader, (rest, hidden, secrets_about(rest, seed)), factory)
    assert without == beside
    assert not [
        name for name, text in beside.items() if "secret" in text.replace("secret-f", "").replace("secret-s", "")
    ]
