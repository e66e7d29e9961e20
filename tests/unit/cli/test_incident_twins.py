"""Twin worlds: what a region keeps for itself of incidents changes no byte of what others are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tracegraph.cli import main

NETWORK_ONLY = """
[[incident]]
incident_id = "inc-open"
recorded_at = 2019-01-01
title = "Demo Daily on debts"
kind = "forced_labour"
status = "alleged"
sources = ["src-1"]
scope = [{ kind = "country", id = "MY" }]
[[incident]]
incident_id = "inc-open"
recorded_at = 2021-01-01
title = "Demo Daily on debts"
kind = "forced_labour"
status = "corroborated"
sources = ["src-1"]
scope = [{ kind = "country", id = "MY" }]
"""
#: A revision between the two that withdraws and narrows it, one after, and an incident of its own.
SECRET = """
[[incident]]
incident_id = "inc-open"
recorded_at = 2020-01-01
title = "Secret title"
kind = "secret_kind"
status = "withdrawn"
visibility = "region:SE-M"
reply = { text = "Secret reply", by = "Secret company" }
scope = [{ kind = "factory", id = "secret-plant" }]
[[incident]]
incident_id = "inc-open"
recorded_at = 2022-01-01
title = "Secret title"
kind = "secret_kind"
status = "withdrawn"
visibility = "region:SE-M"
scope = [{ kind = "country", id = "MY" }]
[[incident]]
incident_id = "inc-opened"
recorded_at = 2020-01-01
title = "Secret title"
kind = "secret_kind"
status = "withdrawn"
visibility = "region:SE-M"
scope = [{ kind = "factory", id = "secret-plant" }]
"""
NEW = ("--title", "x", "--kind", "k", "--country", "MY", "--dry-run")
ASKED = (
    ("incident", "list"),
    ("incident", "list", "--open"),
    ("incident", "list", "--status", "withdrawn"),
    ("incident", "list", "--kind", "secret_kind"),
    ("incident", "show", "inc-open"),
    ("incident", "show", "inc-open", "--known-at", "2020-06-01"),
    ("incident", "show", "inc-opened"),
    ("incident", "show", "inc-opene"),
    ("dependents", "--incident", "inc-open"),
    ("dependents", "--incident", "inc-open", "--known-at", "2020-06-01"),
    ("dependents", "--incident", "inc-opened"),
    ("incident", "add", "inc-opened", *NEW),
    ("incident", "add", "inc-open", *NEW),
    ("incident", "revise", "inc-opened", "--status", "withdrawn", "--dry-run"),
    ("incident", "revise", "inc-open", "--status", "withdrawn", "--dry-run"),
    ("incident", "revise", "inc-open", "--change", "widened", "--group", "g", "--add-scope", "--dry-run"),
)


def world(folder: Path, *files: str) -> str:
    """Return the URL of a store with these incidents, one import for each file."""
    url = f"sqlite:///{folder}/store.db"
    for number, incidents in enumerate(files):
        data = folder / str(number)
        data.mkdir(parents=True)
        (data / "sources.csv").write_text("source_id,title\nsrc-1,Demo Daily\n", encoding="utf-8")
        (data / "incidents.toml").write_text(incidents, encoding="utf-8")
        code, _, words = told(url, "import", str(data))
        assert code == 0, words
    return url


def told(url: str, *words: str) -> tuple[int, str, str]:
    """Return all that a command says, without the second at which it ran."""
    result = CliRunner().invoke(main, list(words), env={"TRACEGRAPH_STORE": url})
    return (result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("twins")
    return world(folder / "without", NETWORK_ONLY), world(folder / "beside", NETWORK_ONLY, SECRET)


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
@pytest.mark.parametrize("reader", ["public", "network", "SE-AB"])
def test_a_regions_own_incidents_are_not_there_for_others(
    worlds: tuple[str, str], reader: str, asked: tuple[str, ...]
) -> None:
    dated = () if "--dry-run" in asked or "--known-at" in asked else ("--known-at", "2025-01-01")
    for form in ((), ("--json",)):
        words = (*asked, *dated, "--as", reader, *form)
        without, beside = (told(url, *words) for url in worlds)
        assert [part.replace(now(without), "NOW") for part in without[1:]] == [
            part.replace(now(beside), "NOW") for part in beside[1:]
        ]
        assert without[0] == beside[0]
        assert "ecret" not in "".join(beside[1:]).replace(
            "secret_kind", "" if "secret_kind" in asked else "secret_kind"
        )


def now(said: tuple[int, str, str]) -> str:
    """Return the second at which a dry run would have recorded, as far as JSON tells it."""
    _, _, rest = said[1].partition('"recorded_at": "')
    return rest.partition('"')[0] or "NOW"


def test_the_region_itself_is_told(worlds: tuple[str, str]) -> None:
    _, beside = worlds
    shown = told(beside, "incident", "show", "inc-open", "--as", "SE-M")[1]
    assert "Secret company: Secret reply" in " ".join(shown.split())
    assert "withdrawn" in shown
    code, _, words = told(beside, "dependents", "--incident", "inc-opened", "--as", "SE-M")
    assert (code, "known only as withdrawn" in words) == (2, True)
    assert "inc-opened" in told(beside, "incident", "list", "--as", "SE-M")[1]
    assert "recorded already" in told(beside, "incident", "add", "inc-opened", *NEW, "--as", "SE-M")[2]


def test_an_id_that_another_region_uses_can_be_taken_and_both_stay_apart(tmp_path: Path) -> None:
    url = world(tmp_path / "one", NETWORK_ONLY, SECRET)
    own = (*NEW[:-1], "--visibility", "region:SE-AB", "--as", "SE-AB")
    code, shown, _ = told(url, "incident", "add", "inc-opened", *own)
    assert code == 0
    assert "tracegraph incident show inc-opened --as SE-AB" in " ".join(shown.split())
    ours = told(url, "incident", "show", "inc-opened", "--as", "SE-AB")[1]
    theirs = told(url, "incident", "show", "inc-opened", "--as", "SE-M")[1]
    assert ("Secret" in ours, "Secret" in theirs) == (False, True)
    assert "inc-opened  x" in ours
    assert "inc-opened  x" not in theirs
