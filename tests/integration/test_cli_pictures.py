"""`--plot`, through the real command line, on the seed data in a real SQLite file."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.services.demo import fill

ROOT = Path(__file__).resolve().parents[2]
THEN = ["--valid-at", "2019-02-19", "--known-at", "2019-02-19"]
SCOPE = ["--group", "demo-gloves", "--countries", "MY"]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An SQLite store with both seeds; it is only read."""
    address = f"sqlite:///{tmp_path_factory.mktemp('seeds')}/seeds.db"
    store = open_store(address)
    fill(store, "2026-01-01T00:00:00Z")
    store.close()
    return address


@pytest.fixture
def run(url: str) -> Run:
    """Run a command line on the seeds."""

    def invoke(*args: str) -> Result:
        return CliRunner().invoke(main, list(args), env={"TRACEGRAPH_STORE": url, "COLUMNS": "80"})

    return invoke


def title(path: Path) -> str:
    return str(ElementTree.parse(path).getroot()[0].text)


def test_a_chain_is_drawn_beside_the_answer(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "chain.svg"
    plain = run("chain", "demo-c-0007", *THEN)
    drawn = run("chain", "demo-c-0007", *THEN, "--plot", str(target))
    assert (drawn.exit_code, drawn.stdout) == (0, plain.stdout)
    assert drawn.stderr == f"Picture written to {target}\n"
    assert title(target) == "Chain of the contract demo-c-0007"


@pytest.mark.parametrize(
    ("contract", "status"),
    [
        ("demo-c-0001", "established"),
        ("demo-c-0003", "possible"),
        ("demo-c-0009", "unmapped"),
        ("demo-c-0017", "no link"),
    ],
)
def test_the_status_is_that_of_dependents(run: Run, tmp_path: Path, contract: str, status: str) -> None:
    answer = json.loads(run("dependents", *SCOPE, *THEN, "--all", "--json").stdout)
    assert {c["contract_id"]: c["status"] for c in answer["contracts"]}[contract] == status.replace(" ", "_")
    target = tmp_path / "chain.svg"
    assert run("chain", contract, *SCOPE, *THEN, "--plot", str(target)).exit_code == 0
    assert title(target) == f"Chain of the contract {contract}: {status}"


def test_an_incident_marks_what_it_touches(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "chain.svg"
    run("chain", "demo-c-0007", "--incident", "demo-inc-gloves-and-debts", *THEN, "--plot", str(target))
    assert "touched: certain" in target.read_text(encoding="utf-8")


def test_depth_is_drawn_in_swedish_for_one_region(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "depth.svg"
    drawn = run("depth", "--region", "se-ab", "--lang", "sv", "--plot", str(target))
    assert drawn.exit_code == 0
    text = target.read_text(encoding="utf-8")
    assert title(target) == "Hur djupt avtalen är kartlagda"
    assert "Region Stockholm" in text
    assert "Region Skåne" not in text


def test_json_stays_the_one_document(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "chain.svg"
    drawn = run("chain", "demo-c-0007", *THEN, "--json", "--plot", str(target))
    assert json.loads(drawn.stdout)["query"]["contract_id"] == "demo-c-0007"
    assert drawn.stderr == ""
    assert target.exists()


def test_a_cut_chain_says_so_and_exits_with_4(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "chain.svg"
    assert run("chain", "demo-c-0007", *THEN, "--max-items", "2", "--plot", str(target)).exit_code == 4
    assert "Not the whole chain: --max-items cut it." in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chain", "demo-c-0007", "--plot", "{}/chain.png"], "its name ends with .svg, like chain.svg"),
        (["depth", "--plot", "{}/depth"], "its name ends with .svg, like depth.svg"),
        (["chain", "demo-c-0007", "--plot", "{}/no/chain.svg"], "cannot be written: No such file or directory"),
        (["chain", "demo-c-0007", *SCOPE], "add --plot FILE.svg"),
        (["chain", "no-such", "--plot", "{}/chain.svg"], "nothing that you can see has the id 'no-such'"),
        (["chain", "demo-c-0007", "--product", "gloves", "--plot", "{}/chain.svg"], "say what the report names"),
    ],
)
def test_mistakes_name_the_remedy_and_leave_no_file(run: Run, tmp_path: Path, words: list[str], said: str) -> None:
    failed = run(*(word.format(tmp_path) for word in words))
    assert failed.exit_code == 2
    assert said in " ".join(failed.stderr.split())
    assert failed.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_pictures_of_the_documentation_are_current() -> None:
    spec = importlib.util.spec_from_file_location("make_pictures_doc", ROOT / "tools" / "make_pictures_doc.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    for path, text in tool.pictures().items():
        assert path.read_text(encoding="utf-8") == text, "run tools/make_pictures_doc.py"
