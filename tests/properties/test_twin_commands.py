"""Twin worlds through the command line: what is private to another region changes no byte of any answer.

Two stores, one with claims and revisions of incidents that only region Skåne may see, one without. Every command that
answers is asked of both, as JSON, in words, in Swedish, and with every file that it writes; so are its errors.
"""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library import opened
from tests.neo4j_server import Neo4jServer, wipe
from tests.oracle.dataset import write_dataset
from tests.properties.test_twin_worlds import LINK_TABLES, SECRET, Tables, parted, secrets_about
from tests.strategies import random_tables
from tracegraph.change_set import ChangeSet
from tracegraph.cli import main
from tracegraph.intake import read_dataset
from tracegraph.lens import Lens
from tracegraph.store.port import Store
from tracegraph.walk.visible import visible_claims

# The last two have doubts, and shares of 12.5 %, in which the order of what a store holds would show.
WORLDS = ((0, "small", "SE-AB"), (1, "small", "network"), (39, "small", "public"), (103, "medium", "network"))
NEO4J_WORLD = (39, "small")
IMPORTED = "2024-01-01T00:00:00Z"
LENS = ("--valid-at", "2019-06-01", "--known-at", "2024-06-01T00:00:00Z")
EARLY = "2019-03-01T00:00:00Z"
NOW = re.compile(rb"20(?:2[5-9]|[3-9]\d)-\d\d-\d\d(?:T[\d:]{8}Z)?")  # moments at which a command ran: data end before
Words = tuple[str, ...]


# --- two worlds ------------------------------------------------------------------------------------------------------


def revision(incident: str, at: str, selector: tuple[str, str], **said: str) -> str:
    """Return a revision as an entry of ``incidents.toml``."""
    stated = {
        "incident_id": incident,
        "title": f"Report on {incident}",
        "kind": "forced_labour",
        "status": "alleged",
        "visibility": "public",
        **said,
    }
    lines = [f'{key} = "{value}"' for key, value in stated.items()]
    scope = f'scope = [{{ kind = "{selector[0]}", id = "{selector[1]}" }}]'
    return "\n".join(["[[incident]]", *lines, f"recorded_at = {at}", scope, ""])


def told_incidents(factory: str, supplier: str) -> str:
    """Return the incidents that everybody sees, or all regions."""
    return "\n".join(
        (
            revision("inc-1", "2019-01-02T00:00:00Z", ("factory", factory)),
            revision("inc-1", "2019-08-01T00:00:00Z", ("group", supplier), status="corroborated"),
            revision("inc-2", "2019-05-01T00:00:00Z", ("country", "MY"), visibility="network"),
            revision("inc-3", "2019-01-02T00:00:00Z", ("supplier", supplier)),
            revision("inc-3", "2019-09-01T00:00:00Z", ("supplier", supplier), status="withdrawn"),
        )
    )


def secret_incidents(factory: str, supplier: str) -> str:
    """Return revisions before, between, beside and after those, and incidents of which nobody else knows."""
    private = {"visibility": SECRET, "title": "Secret report"}
    return "\n".join(
        (
            revision("inc-1", "2018-12-01T00:00:00Z", ("country", "TH"), **private),
            revision("inc-1", "2019-05-01T00:00:00Z", ("factory", factory), **private, status="withdrawn"),
            revision("inc-1", "2019-08-01T00:00:01Z", ("country", "MY"), **private, status="refuted"),
            revision("inc-2", "2019-10-01T00:00:00Z", ("supplier", supplier), **private, status="withdrawn"),
            revision("inc-3", "2019-10-01T00:00:00Z", ("supplier", supplier), **private, status="alleged"),
            revision("inc-secret", "2019-01-02T00:00:00Z", ("factory", factory), **private),
        )
    )


def secret_copies(tables: Tables, chance: random.Random) -> Tables:
    """Return private claims that contradict, or confirm, what everybody sees: other shares, better grades."""
    copies: Tables = {}
    for name in (*LINK_TABLES, "contracts", "suppliers", "factories"):
        for row in tables.get(name, []):
            if chance.random() < 0.6:
                changed = {key: value for key, value in row.items() if not key.startswith("share")}
                changed |= {"visibility": SECRET, "source_id": "src-secret", "grade": "verified"}
                if name in ("supplies", "deliveries"):
                    changed["share"] = chance.choice(("1", "0.9", "0.4"))
                copies.setdefault(name, []).append(changed)
    return {"sources": [{"source_id": "src-secret", "title": "Secret paper"}], **copies}


@dataclass(frozen=True)
class Twins:
    """The rows that everybody sees, and the change sets that make each world.

    Secrets come first in worlds of odd seeds: what a store keeps in the order of its coming may not show either.
    """

    rest: Tables
    without: Sequence[ChangeSet]
    beside: Sequence[ChangeSet]


def twins(seed: int, size: str, folder: Path) -> Twins:
    """Return two worlds; a secret row that may not stand beside what is said is left out."""
    chance = random.Random(seed)
    tables = random_tables(chance, size)
    rest, hidden = parted(tables)
    named = (rest["factories"][0]["factory_id"], rest["suppliers"][0]["supplier_id"])
    told = read(rest, told_incidents(*named), folder / "told", None)
    with opened(f"sqlite:///{folder}/told.db") as store:
        store.apply(told, IMPORTED)
        parts = [(hidden, ""), (secrets_about(rest, seed), secret_incidents(*named)), (secret_copies(rest, chance), "")]
        secrets = [read(*part, folder / f"secret-{n}", store) for n, part in enumerate(parts)]
    return Twins(rest, [told], [*secrets, told] if seed % 2 else [told, *secrets])


def read(tables: Tables, incidents: str, folder: Path, standing: Store | None) -> ChangeSet:
    """Return what tables and incidents say; only a part that has a store to stand on may have rows that are refused."""
    write_dataset(tables, folder)
    if incidents:
        (folder / "incidents.toml").write_text(incidents, encoding="utf-8")
    reading = read_dataset([folder], standing=standing)
    assert standing or not reading.errors
    return reading.change_set


def fill(store: Store, change_sets: Iterable[ChangeSet]) -> None:
    for change_set in change_sets:
        store.apply(change_set, IMPORTED)


def secret_claims(store: Store) -> list[str]:
    """Return ids of claims that the secret region alone sees."""
    claims = visible_claims(store, Lens("2019-06-01", "2024-06-01T00:00:00Z", (SECRET,)))
    return [claim.claim_id for claim in claims]


# --- what is asked ---------------------------------------------------------------------------------------------------


def everything_asked(rest: Tables, folder: Path) -> list[Words]:
    """Return every question, with the files that it writes."""
    factory, supplier = rest["factories"][0]["factory_id"], rest["suppliers"][0]["supplier_id"]
    contract = rest["contracts"][0]["contract_id"] if rest.get("contracts") else "c1"
    asked = [
        *lists_of_incidents(),
        *questions_of_scopes((("--factory", factory), ("--group", supplier), ("--country", "MY")), contract, folder),
        *questions_of_stops(factory, supplier, contract),
        *questions_of_whole_portfolios(folder),
        *suppositions(factory, supplier, folder),
    ]
    return [*asked, *questions_of_secrets(supplier, contract)]


def lists_of_incidents() -> list[Words]:
    return [
        ("incident", "list", *LENS),
        ("incident", "list", "--valid-at", "2019-06-01", "--known-at", EARLY),
        *(("incident", "show", name, *LENS) for name in ("inc-1", "inc-2", "inc-3", "inc-secret", "inc-secrets")),
        *(("incident", "exposure", name, "--all", *LENS) for name in ("inc-1", "inc-2", "inc-3", "inc-secret")),
        ("incident", "exposure", "inc-1", "inc-2", *LENS),
        *(("incident", "preview", "inc-1", "--widen", how, *LENS) for how in ("group", "country", "product")),
        ("incident", "preview", "inc-secret", "--widen", "group", *LENS),
        ("compare", "--incident", "inc-1", "--revision", "1", "--revision", "2", *LENS),
        ("compare", "--incident", "inc-1", "--revision", "1", "--revision", "3", *LENS),
        ("compare", "--incident", "inc-1", "--against", "inc-2", *LENS),
        ("compare", "--incident", "inc-1", "--against", "inc-secret", *LENS),
        ("compare", "--incident", "inc-2", "--valid-at", "2019-06-01", "--known-at", EARLY, *LENS[2:]),
    ]


def questions_of_scopes(scopes: Sequence[Words], contract: str, folder: Path) -> list[Words]:
    found: list[Words] = [("dependents", *scopes[0], "--bundle", str(folder / "out.zip"), *LENS)]
    found.append(("incident", "exposure", "inc-1", "--bundle", str(folder / "out.zip"), *LENS))
    found.append(("chain", contract, "--plot", str(folder / "out.svg"), *scopes[0], *LENS))
    for scope in scopes:
        found += [
            ("dependents", *scope, "--all", *LENS),
            ("routes", contract, *scope, *LENS),
            ("compare", *scope, "--valid-at", "2019-06-01", "--known-at", EARLY, *LENS[2:]),
            ("compare", *scope, "--valid-at", "2018-06-01", *LENS),
            ("dependents", *scope, "--min-grade", "verified", "--max-tier", "2", *LENS),
        ]
    return [*found, ("ask", *scopes[0], *LENS)]


def questions_of_stops(factory: str, supplier: str, contract: str) -> list[Words]:
    holders = (factory, supplier)
    return [
        *(("stops", "if-closed", holder, "--all", *LENS) for holder in holders),
        ("stops", "single-points", "--pairs", *LENS),
        ("stops", "single-points", "--contract", contract, "--links-hold", "90", *LENS),
        ("stops", "routes", factory, contract, *LENS),
    ]


def questions_of_whole_portfolios(folder: Path) -> list[Words]:
    table, letters = ("--csv", str(folder / "out.csv")), ("--letters", str(folder / "letters"))
    return [
        ("depth", "--by-grade", *table, "--plot", str(folder / "out.svg"), *LENS),
        ("exposures", *LENS),
        ("exposures", "--since", "2019-03-01", *LENS),
        ("exposures", "--incident", "inc-1", "--since", "2019-03-01", *LENS),
        ("ask", *letters, *table, *LENS),
        ("ask", "--incident", "inc-1", *LENS),
        ("leverage", *table, *LENS),
        ("concentration", *table, *LENS),
    ]


def suppositions(factory: str, supplier: str, folder: Path) -> list[Words]:
    scope = ("--factory", factory)
    files = []
    for name, more in (("known", ""), ("holder", "secret-f,{},p1,\n"), ("source", "{},{},p1,src-secret\n")):
        rows = f"seller_id,buyer_id,product,source_id\n{factory},{supplier},p1,\n" + more.format(supplier, supplier)
        files.append(folder / name / "supplies.csv")
        files[-1].parent.mkdir(exist_ok=True)
        files[-1].write_text(rows, encoding="utf-8")
    return [
        ("whatif", "--close", factory, *LENS),
        ("whatif", "--close", "secret-f", *LENS),
        *(("whatif", *scope, "--without-source", source, *LENS) for source in ("src-1", "src-secret", "src-none")),
        ("whatif", *scope, "--without-claim", "clm-00000000000000000000", *LENS),
        *(("whatif", *scope, "--add", str(file), *LENS) for file in files),
    ]


def questions_of_secrets(supplier: str, contract: str) -> list[Words]:
    """Return questions that name what only another region knows, and near misses of it."""
    said = ("--title", "T", "--kind", "forced_labour", "--dry-run")
    return [
        ("dependents", "--factory", "secret-f", *LENS),
        ("dependents", "--supplier", "secret-x", "--product", "secret", *LENS),
        *(("show", name, *LENS) for name in ("secret-f", "secret-s", "secret-c", "src-secret", "Secret")),
        ("chain", "secret-c", *LENS),
        ("routes", "secret-c", "--supplier", supplier, *LENS),
        ("routes", contract, "--factory", "secret-f", *LENS),
        ("stops", "if-closed", "secret-f", *LENS),
        ("stops", "routes", "secret-f", contract, *LENS),
        ("stops", "single-points", "--contract", "secret-c", *LENS),
        ("stops", "single-points", "--region", "SE-M", *LENS),
        ("depth", "--contract", "secret-c", *LENS),
        ("depth", "--region", "SE-M", *LENS),
        ("exposures", "--incident", "inc-secret", *LENS),
        ("exposures", "--region", "SE-M", *LENS),
        ("ask", "--factory", "secret-f", *LENS),
        ("ask", "--direct-supplier", "secret-s", *LENS),
        ("ask", "--region", "SE-M", *LENS),
        ("leverage", "--factory", "secret-f", *LENS),
        ("concentration", "--region", "SE-M", *LENS),
        ("incident", "add", "inc-new", "--factory", "secret-f", "--product", "secret", *said),
        ("incident", "add", "inc-secret", "--supplier", supplier, *said),
        ("incident", "add", "inc-1", "--supplier", supplier, *said),
        ("incident", "revise", "inc-secret", "--supplier", supplier, "--dry-run"),
        ("incident", "revise", "inc-1", "--factory", "secret-f", "--add-scope", "--dry-run"),
        ("incident", "revise", "inc-3", "--status", "alleged", "--dry-run"),
    ]


# --- what is told ----------------------------------------------------------------------------------------------------


def told(words: Words, url: str, folder: Path, form: Words, reader: str) -> dict[str, bytes]:
    """Return all that a command tells: what it prints, how it ends, and every file."""
    line = [*words, "--as", reader, *form, "--store", url]
    result = CliRunner().invoke(main, line, env={"COLUMNS": "100"})
    assert result.exit_code in (0, 2, 3), (words, result.output)
    found = {"": result.output.encode(), "exit": str(result.exit_code).encode()}
    for path in sorted(folder.glob("letters/*")) + sorted(folder.glob("out.*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {name: archive.read(name) for name in archive.namelist()}
        else:
            found[path.name] = path.read_bytes()
        path.unlink()
    return {name: NOW.sub(b"now", content) for name, content in found.items()}


def made(seed: int, size: str, urls: Sequence[str], folder: Path) -> tuple[Twins, str]:
    """Make both worlds, and return them with the id of a claim that is hidden."""
    worlds = twins(seed, size, folder)
    for url, change_sets in zip(urls, (worlds.without, worlds.beside), strict=True):
        with opened(url) as store:
            fill(store, change_sets)
            hidden = secret_claims(store)
    return worlds, hidden[0]


@pytest.mark.parametrize(("seed", "size", "reader"), WORLDS)
def test_a_reader_learns_nothing_from_any_command(seed: int, size: str, reader: str, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(2)]
    worlds, hidden = made(seed, size, urls, tmp_path)
    asked = everything_asked(worlds.rest, tmp_path)
    asked.append(("whatif", "--country", "MY", "--without-claim", hidden, *LENS))
    for words in asked:
        for form in (("--json",), ("--lang", "sv" if seed % 2 else "en")):
            without, beside = (told(words, url, tmp_path, form, reader) for url in urls)
            assert beside == without, (words, form)


def test_the_same_on_neo4j(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    """One pair of worlds, one after the other in the one database: the production store sees by another language."""
    worlds = twins(*NEO4J_WORLD, tmp_path)
    answers = []
    for change_sets in (worlds.without, worlds.beside):
        wipe(neo4j_server)
        with opened(neo4j_server.url) as store:
            fill(store, change_sets)
        asked = one_of_each(everything_asked(worlds.rest, tmp_path))
        answers.append({words: told(words, neo4j_server.url, tmp_path, ("--json",), "network") for words in asked})
    without, beside = answers
    for words, found in without.items():
        assert beside[words] == found, words


def one_of_each(asked: Iterable[Words]) -> list[Words]:
    """Return the first question of each command, and all that name a secret: a server takes its time."""
    named: dict[str, Words] = {}
    for words in asked:
        named.setdefault(" ".join(words) if "secret" in str(words) else name_of(words), words)
    return list(named.values())


def name_of(words: Words) -> str:
    return " ".join(words[: 2 if words[0] in ("incident", "stops") else 1])


def test_the_secrets_would_show(tmp_path: Path) -> None:
    """The region itself gets other answers from every command: the worlds do differ where it matters."""
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(2)]
    worlds, _ = made(1, "small", urls, tmp_path)
    names, telling = set(), set()
    for words in everything_asked(worlds.rest, tmp_path):
        names.add(name_of(words))
        if name_of(words) not in telling:
            without, beside = (told(words, url, tmp_path, ("--json",), "SE-M") for url in urls)
            telling |= {name_of(words)} if without != beside else set()
    assert telling == names
