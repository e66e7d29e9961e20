"""The evidence bundle: its script computes the answer again, in an environment without tracegraph."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner

from tests.unit.demo_world import LENS, demo_store
from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.cli import main
from tracegraph.errors import InvalidInput
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.bundle import bundle_files, write_bundle
from tracegraph.exchange.recompute import recompute
from tracegraph.lens import Lens
from tracegraph.model import Scope, Selector, holder_of
from tracegraph.services.bundle import bundle_of
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

NOW = "2030-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python that has NetworkX and nothing else."""
    folder = tmp_path_factory.mktemp("bare") / "env"
    venv.create(folder, symlinks=True, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    shutil.copytree(Path(networkx.__file__).parent, site / "networkx", ignore=shutil.ignore_patterns("tests"))
    python = folder / "bin" / "python"
    missing = subprocess.run([python, "-I", "-c", "import tracegraph"], capture_output=True, check=False)
    assert missing.returncode == 1
    return python


def files_of(store: Store, lens: Lens, scope: Scope) -> dict[str, bytes]:
    portfolios = Portfolios(store)
    answer = dependents(Question(scope, lens), store, portfolios)
    return bundle_files(bundle_of(answer, store, portfolios), answer_body(answer, with_no_link=True), (), NOW)


def run(python: Path, folder: Path) -> tuple[int, str]:
    done = subprocess.run([python, "-I", folder / "recompute.py"], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def test_it_is_computed_again_without_tracegraph(tmp_path: Path, bare_python: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    path = tmp_path / "bundle.zip"
    write_bundle(files_of(store, LENS, (Selector(SelectorKind.FACTORY, "f1"),)), path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    assert run(bare_python, tmp_path / "out") == (0, "2 contracts recomputed of 2, 0 differences")


@pytest.mark.parametrize(
    ("name", "was", "says"), [("steps.csv", b"0.6", b"0.5"), ("answer.json", b'"established",', b'"possible",')]
)
def test_what_was_changed_afterwards_is_noticed(
    name: str, was: bytes, says: bytes, tmp_path: Path, bare_python: Path
) -> None:
    files = files_of(demo_store(tmp_path / "store.db"), LENS, (Selector(SelectorKind.FACTORY, "f1"),))
    assert was in files[name]
    files[name] = files[name].replace(was, says)
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    code, said = run(bare_python, tmp_path)
    assert code == 1
    assert f"DIFFERS {name}" in said
    assert "DIFFERS c1" in said


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    for name in ("one.zip", "two.zip"):
        write_bundle(files_of(store, LENS, (Selector(SelectorKind.FACTORY, "f1"),)), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_are_computed_again(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Circles, own making, contradictions, lenses: the same function in this process, for speed."""
    monkeypatch.setattr("tracegraph.exchange.recompute.HERE", tmp_path)
    compared = 0
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            holders = sorted({holder_of(row.item_id) for row in store.portfolio(lens).items if row.is_factory})
            for factory in holders[:3]:
                for name, content in files_of(store, lens, (Selector(SelectorKind.FACTORY, factory),)).items():
                    (tmp_path / name).write_bytes(content)
                stated = {c["contract_id"]: c for c in json.loads((tmp_path / "answer.json").read_bytes())["contracts"]}
                for contract, found in recompute().items():
                    compared += 1
                    assert (found["status"], found["tier"]) == (stated[contract]["status"], stated[contract]["tier"])
                    if found["share"]:
                        assert found["share"] == pytest.approx(stated[contract]["share"], abs=1e-6)
    assert compared or not holders


def test_a_limited_answer_is_refused(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    portfolios = Portfolios(store)
    question = Question((Selector(SelectorKind.FACTORY, "f1"),), LENS, max_tier=1)
    with pytest.raises(InvalidInput, match="leave --max-tier out"):
        bundle_of(dependents(question, store, portfolios), store, portfolios)


def test_the_script_is_short() -> None:
    script = Path(sys.modules["tracegraph.exchange.recompute"].__file__ or "")
    assert len(script.read_text(encoding="utf-8").splitlines()) < 150


def test_nothing_hidden_is_in_it(tmp_path: Path) -> None:
    """A claim private to a region: the bundle of another reader is the same bytes as without it."""
    store = demo_store(tmp_path / "store.db")
    for reader in (LENS, Lens(LENS.valid_at, LENS.known_at, ("public",))):
        files = files_of(store, reader, (Selector(SelectorKind.FACTORY, "f1"),))
        assert not any(b"src-3" in content for content in files.values())
        assert not any(b"p1/gloves" in content for content in files.values())


# --- the command line ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/store.db"
    assert CliRunner().invoke(main, ["demo", "--store", url]).exit_code == 0
    return url


@pytest.mark.parametrize(
    "words",
    [
        ["incident", "exposure", "demo-inc-gloves-and-debts", "--valid-at", "2019-02-19"],
        ["dependents", "--group", "demo-gloves", "--countries", "MY", "--lang", "sv", "--json"],
    ],
)
def test_a_command_writes_it_beside_the_answer(words: list[str], demo_url: str, tmp_path: Path) -> None:
    plain = CliRunner().invoke(main, [*words, "--store", demo_url])
    done = CliRunner().invoke(main, [*words, "--store", demo_url, "--bundle", str(tmp_path / "out.zip")])
    assert (done.exit_code, plain.exit_code) == (0, 0), done.output
    assert str(tmp_path / "out.zip") in done.stderr.replace("\n", "")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path)
    assert run(Path(sys.executable), tmp_path)[0] == 0
    if "--json" in words:
        assert json.loads(done.stdout)["contracts"] == json.loads(plain.stdout)["contracts"]


@pytest.mark.parametrize(
    ("path", "says"), [("out.tar", "ends with .zip"), ("nowhere/out.zip", "cannot be written"), (".", "ends with .zip")]
)
def test_a_file_that_cannot_be_is_refused(path: str, says: str, demo_url: str, tmp_path: Path) -> None:
    words = ["dependents", "--factory", "demo-plant-klang", "--store", demo_url, "--bundle", str(tmp_path / path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert says in done.stderr.replace("\n", " ")
    assert list(tmp_path.iterdir()) == []
