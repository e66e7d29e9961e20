"""Every command that answers gives the same JSON on SQLite and on Neo4j, byte for byte, on the demo's data.

The seeds go into an SQLite store; what it exports is loaded into Neo4j. The lens is fixed, so that only the store can
make a difference.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from tracegraph.cli import main

Words = tuple[str, ...]
NOW_KNOWN = ("--valid-at", "2021-06-01", "--known-at", "2022-01-01")
DAY = ("--valid-at", "2019-02-19", "--known-at", "2019-02-19")
ARTICLE, ORDER, RECRUITER = "demo-inc-gloves-and-debts", "demo-inc-order", "demo-inc-recruiter"
PLANT, GROUP, TRADER, CONTRACT = "demo-plant-klang", "demo-gloves", "demo-wholesale-01", "demo-c-0007"


def of_incidents() -> Iterator[Words]:
    yield ("incident", "list", *NOW_KNOWN)
    yield ("incident", "list", "--open", *DAY)
    for incident in (ARTICLE, ORDER, RECRUITER, "inc-us-wrp", "nobody"):
        yield ("incident", "show", incident, *NOW_KNOWN)
        yield ("incident", "exposure", incident, "--all", *NOW_KNOWN)
    yield ("incident", "exposure", ARTICLE, RECRUITER, "--as", "SE-AB", *NOW_KNOWN)
    for widening in ("group", "country", "product"):
        yield ("incident", "preview", ARTICLE, "--widen", widening, *DAY)


def of_two_answers() -> Iterator[Words]:
    scope = ("--group", GROUP, "--countries", "MY")
    yield ("compare", *scope, "--known-at", "2018-12-19", *DAY)
    yield ("compare", "--incident", ORDER, "--revision", "1", "--revision", "2", *NOW_KNOWN)
    yield ("compare", "--incident", ARTICLE, "--against", RECRUITER, *NOW_KNOWN)
    yield ("compare", "--country", "MY", "--valid-at", "2018-06-01", *NOW_KNOWN)
    yield ("compare", *scope, "--as", "public", "--as", "SE-AB", *DAY)
    yield ("whatif", "--close", PLANT, *DAY)
    yield ("whatif", *scope, "--without-source", "demo-src-daily-gloves", *DAY)
    yield ("whatif", *scope, "--without-source", "no-such-source", *DAY)
    yield ("whatif", *scope, "--without-claim", "clm-00000000000000000000", *DAY)


def of_one_scope() -> Iterator[Words]:
    yield ("dependents", "--group", GROUP, "--countries", "MY", "--all", *DAY)
    yield ("dependents", "--country", "MY", "--all", *NOW_KNOWN)
    yield ("dependents", "--factory", PLANT, "--max-tier", "2", "--min-grade", "declared", *DAY)
    for scope in (("--group", GROUP), ("--country", "MY")):
        yield ("routes", CONTRACT, *scope, "--k", "5", *DAY)
    yield ("chain", CONTRACT, *DAY)
    for holder in (PLANT, TRADER, "nobody"):
        yield ("stops", "if-closed", holder, "--all", *DAY)
    yield ("stops", "single-points", "--pairs", *NOW_KNOWN)
    yield ("stops", "single-points", "--contract", CONTRACT, "--links-hold", "90", *DAY)
    yield ("stops", "routes", PLANT, CONTRACT, *DAY)
    yield ("ask", "--group", GROUP, *DAY)
    yield ("leverage", "--factory", PLANT, *DAY)


def of_the_portfolio() -> Iterator[Words]:
    for lens in (DAY, ("--as", "SE-AB", *NOW_KNOWN)):
        yield ("depth", "--by-grade", *lens)
        yield ("exposures", *lens)
        yield ("ask", *lens)
        yield ("leverage", *lens)
        yield ("concentration", *lens)
    yield ("depth", "--region", "SE-AB", "--category", "gloves", *DAY)
    yield ("exposures", "--since", "2018-12-19", *DAY)
    yield ("exposures", "--since", "2019-02-19", "--region", "SE-AB", *NOW_KNOWN)
    yield ("concentration", "--region", "SE-AB", *NOW_KNOWN)


def test_every_command_tells_the_same_from_both_stores(tmp_path: Path, neo4j_url: str) -> None:
    embedded = f"sqlite:///{tmp_path}/demo.db"
    run("demo", "--store", embedded)
    run("export", f"{tmp_path}/demo.ndjson", "--store", embedded)
    run("load", f"{tmp_path}/demo.ndjson", "--store", neo4j_url)
    answer = tmp_path / "supplies.csv"
    answer.write_text(f"seller_id,buyer_id,product,share\n{PLANT},{TRADER},nitrile-gloves,0.5\n", encoding="utf-8")
    supposed = ("whatif", "--factory", PLANT, "--add", str(answer), *DAY)
    differing = []
    for words in (*of_incidents(), *of_two_answers(), *of_one_scope(), *of_the_portfolio(), supposed):
        one, other = (run(*words, "--json", "--store", url) for url in (embedded, neo4j_url))
        if one != other:
            differing.append(words)
    assert differing == []
    bundles = [bundle(url, tmp_path) for url in (embedded, neo4j_url)]
    assert bundles[0] == bundles[1]


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code in (0, 2, 3), result.output
    return result.output


def bundle(url: str, folder: Path) -> dict[str, bytes]:
    """Return the evidence of an exposure, but the manifest, which says when it was made."""
    file = folder / "out.zip"
    run("incident", "exposure", ARTICLE, "--bundle", str(file), "--store", url, *DAY)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
