"""Recording incidents through the real command line, on both stores."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tracegraph.cli import main

ROOT = Path(__file__).resolve().parents[2]
DATASET = {
    "sources.csv": "source_id,title\nsrc-1,Demo Daily on debts\nsrc-2,Demo Daily on overtime\n",
    "suppliers.csv": "supplier_id,name,owned_by,source_id\ns1,Demo One,g1,src-1\ng1,Demo Group,,src-1\n",
    "factories.csv": (
        "factory_id,country,products,operated_by,source_id\nf1,MY,gloves,s1,src-1\nf2,TH,gloves,s1,src-1\n"
    ),
    "products.csv": "product_id,name_en\ngloves,Gloves\n",
    "supplies.csv": "seller_id,buyer_id,product,source_id\nf1,s1,gloves,src-1\n",
    "contracts.csv": "contract_id,title,regions,supplier_id,product,source_id\nc1,Demo Gloves,SE-AB,s1,gloves,src-1\n",
}
NEW = ("--title", "Demo Daily on debts", "--kind", "forced_labour", "--factory", "f1")
Run = Callable[..., Result]


def runner(url: str) -> Run:
    """Return what runs a command line on a store."""

    def invoke(*args: object) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args], env={"TRACEGRAPH_STORE": url, "COLUMNS": "100"})

    return invoke


def with_chain(url: str, folder: Path) -> Run:
    """Return the same on a store that holds one chain."""
    folder.mkdir()
    for name, text in DATASET.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = runner(url)
    assert run("import", folder).exit_code == 0
    return run


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two embedded stores: one chain, and the same with an incident that says as much as flags can."""
    folder = tmp_path_factory.mktemp("stores")
    with_chain(f"sqlite:///{folder}/chain.db", folder / "data")
    shutil.copyfile(folder / "chain.db", folder / "known.db")
    more = ("--severity", "4,3,2", "--indicator", "debt_bondage", "--source", "src-1", "--happened-from", "2018-01-01")
    said = (*NEW, *more, "--note", "Invented.", "--reply", "No.", "--product", "gloves")
    assert runner(f"sqlite:///{folder}/known.db")("incident", "add", "inc-1", *said).exit_code == 0
    return folder


@pytest.fixture
def run(stores: Path, tmp_path: Path) -> Run:
    """Run a command line on a copy of the chain."""
    shutil.copyfile(stores / "chain.db", tmp_path / "store.db")
    return runner(f"sqlite:///{tmp_path}/store.db")


@pytest.fixture
def known(stores: Path, tmp_path: Path) -> Run:
    """Run a command line on a copy of the chain and the incident."""
    shutil.copyfile(stores / "known.db", tmp_path / "store.db")
    return runner(f"sqlite:///{tmp_path}/store.db")


def asked(run: Run, *args: object) -> Any:
    """Return the JSON of a command, which obeys its schema; a refused one has the schema of errors."""
    result = run(*args, "--json")
    body = json.loads(result.stdout)
    schema = "error" if result.exit_code else "-".join(str(arg) for arg in args[: 2 if args[0] == "incident" else 1])
    jsonschema.validate(body, json.loads((ROOT / f"docs/schemas/{schema}.json").read_text(encoding="utf-8")))
    return body


def error(run: Run, *args: object) -> str:
    """Return what a refused command says."""
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def statuses(run: Run) -> list[str]:
    return [revision["status"] for revision in asked(run, "incident", "show", "inc-1")["revisions"]]


def test_an_incident_lives_in_either_store(store_url: str, tmp_path: Path) -> None:
    run = with_chain(store_url, tmp_path / "data")
    added = asked(run, "incident", "add", "inc-1", *NEW, "--source", "src-1")
    assert (added["change_set"], [one["change"] for one in added["revisions"]]) == (2, ["reported"])
    wider = asked(run, "incident", "revise", "inc-1", "--group", "g1", "--add-scope", "--status", "corroborated")
    assert (wider["change_set"], wider["revision"]["change"]) == (3, "widened")
    assert [(one["what"], one["before"] is None) for one in wider["differences"]] == [
        ("status", False),
        ("scope", True),
    ]
    gone = asked(run, "incident", "revise", "inc-1", "--status", "withdrawn")
    assert gone["revision"]["change"] == "withdrawn"
    assert not asked(run, "incident", "show", "inc-1")["exposing"]
    refused = asked(run, "dependents", "--incident", "inc-1")
    assert refused["error"]["code"] == "incident-withdrawn"
    assert run("retract", "--import", "4", "--yes").exit_code == 0
    assert statuses(run) == ["alleged", "corroborated"]
    assert asked(run, "dependents", "--incident", "inc-1")["summary"]["established"] == 1


def test_back_and_forth_is_three_revisions(store_url: str, tmp_path: Path) -> None:
    """A state that was there before is recorded again, though it says the same as then."""
    run = with_chain(store_url, tmp_path / "data")
    (tmp_path / "past.toml").write_text(ENTRY + 'recorded_at = 2020-01-01\nscope = [{ kind = "factory", id = "f1" }]\n')
    asked(run, "incident", "add", tmp_path / "past.toml")
    asked(run, "incident", "revise", "inc-1", "--status", "disputed")
    asked(run, "incident", "revise", "inc-1", "--status", "alleged")
    assert statuses(run) == ["alleged", "disputed", "alleged"]


# --- add ---

ENTRY = """[[incident]]
incident_id = "inc-1"
title = "Demo Daily on debts"
kind = "forced_labour"
status = "alleged"
"""


def test_a_dry_run_writes_nothing_and_shows_all(run: Run) -> None:
    flags = (
        "--severity",
        "4,3,2",
        "--indicator",
        "debt_bondage",
        "--indicators-edition",
        "2012",
        "--note",
        "Invented.",
    )
    reply = ("--reply", "No.", "--reply-by", "Demo One", "--reply-on", "2019-03-01", "--reply-source", "src-2")
    days = ("--happened-from", "2018-01-01", "--happened-to", "2018-12-31", "--visibility", "public")
    body = asked(run, "incident", "add", "inc-1", *NEW, *flags, *reply, *days, "--product", "gloves", "--dry-run")
    (said,) = body["revisions"]
    assert said["severity"] == {"scale": 4, "scope": 3, "irremediability": 2}
    assert (said["indicators"], said["indicators_edition"], said["visibility"]) == (["debt_bondage"], 2012, "public")
    assert said["replies"] == [{"text": "No.", "by": "Demo One", "date": "2019-03-01", "source_id": "src-2"}]
    assert (said["happened_from"], said["happened_to"], said["status"]) == ("2018-01-01", "2018-12-31", "alleged")
    assert (said["scope"][0]["id"], said["scope"][0]["products"]) == ("f1", ["gloves"])
    assert (body["dry_run"], body["change_set"]) == (True, None)
    shown = run("incident", "add", "inc-1", *NEW, *flags, *reply, "--dry-run").stdout
    assert "Would be recorded:" in shown
    assert "Demo One, 2019-03-01: No. (“Demo Daily on overtime”)" in shown
    assert "(ILO 2012)" in shown
    assert asked(run, "incident", "list")["incidents"] == []


def test_what_is_recorded_can_be_taken_back_and_looked_at(run: Run) -> None:
    shown = " ".join(run("incident", "add", "inc-1", *NEW, "--source", "src-1").stdout.split())
    assert shown.startswith("Recorded: inc-1 Demo Daily on debts alleged · forced labour")
    assert "This is import 2; tracegraph retract --import 2 ends all of it." in shown
    assert "Next tracegraph incident exposure inc-1 tracegraph incident show inc-1" in shown


def test_what_is_doubtful_is_told_and_recorded(run: Run) -> None:
    told = asked(run, "incident", "add", "inc-1", *NEW, "--happened-from", "9999-01-01")["problems"]
    found = {(one["rule"], one["column"], one["severity"]) for one in told}
    assert found == {("no-source", "--source", "warning"), ("day-to-come", "--happened-from", "warning")}
    assert asked(run, "incident", "show", "inc-1")["incident_id"] == "inc-1"


def test_an_id_that_is_there_is_refused_with_the_remedy(run: Run, tmp_path: Path) -> None:
    run("incident", "add", "inc-1", *NEW)
    assert "`tracegraph incident revise inc-1`" in error(run, "incident", "add", "inc-1", *NEW)
    (tmp_path / "new.toml").write_text(ENTRY + 'scope = [{ kind = "factory", id = "f1" }]\n')
    assert "`tracegraph incident revise inc-1`" in error(run, "incident", "add", tmp_path / "new.toml")


def test_a_file_holds_several_and_their_revisions(run: Run, tmp_path: Path) -> None:
    scope = 'scope = [{ kind = "factory", id = "f1" }]\n'
    wider = 'recorded_at = 2020-01-01\nscope = [{ kind = "group", id = "g1" }]\n'
    order = (
        'actions = [{ authority = "Demo Authority", kind = "finding", effective = 2020-01-01, countries = ["MY"] }]\n'
    )
    other = ENTRY.replace("inc-1", "inc-2")
    (tmp_path / "new.toml").write_text(
        ENTRY + "recorded_at = 2019-01-01\n" + scope + ENTRY + wider + order + other + scope
    )
    body = asked(run, "incident", "add", tmp_path / "new.toml")
    assert [(one["incident_id"], one["change"]) for one in body["revisions"]] == [
        ("inc-1", "reported"),
        ("inc-1", "widened"),
        ("inc-2", "reported"),
    ]
    assert body["revisions"][0]["recorded_at"] == "2019-01-01T00:00:00Z"
    assert body["revisions"][2]["recorded_at"] > "2026"
    assert body["revisions"][1]["actions"] == [
        {
            "authority": "Demo Authority",
            "kind": "finding",
            "countries": ["MY"],
            "effective": "2020-01-01",
            "state": "in_force",
        }
    ]
    early = asked(run, "incident", "show", "inc-1", "--valid-at", "2019-12-31")
    assert early["actions"][0]["state"] == "not_yet"
    assert "state" not in early["revisions"][1]["actions"][0]
    shown = " ".join(run("incident", "show", "inc-1", "--valid-at", "2019-12-31").stdout.split())
    assert "finding, plants in Malaysia, in force from 2020-01-01; on 2019-12-31: not yet in force" in shown


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--title", "x", "--kind", "k"), "say what the report names: --factory ID"),
        (("--kind", "k", "--factory", "f1"), "--title"),
        ((*NEW, "--severity", "4,3"), "each 1 to 5, like 4,3,3"),
        ((*NEW, "--severity", "4,3,6"), "irremediability of severity is 6"),
        ((*NEW, "--status", "aledged"), "did you mean alleged?"),
        ((*NEW, "--change", "wider"), "--change"),
        ((*NEW, "--indicator", "debt"), "debt is not one of"),
        ((*NEW, "--indicators-edition", "25"), "25 is not a year"),
        ((*NEW, "--source", "src-9"), "src-9 is no source"),
        ((*NEW, "--reply-by", "Demo One"), "go with --reply TEXT"),
        ((*NEW, "--reply", "No.", "--reply-on", "May"), "--reply-on"),
        ((*NEW, "--reply", "No.", "--reply-source", "src-9"), "--reply-source"),
        ((*NEW, "--visibility", "all"), "--visibility"),
        ((*NEW, "--happened-from", "2019-01-02", "--happened-to", "2019-01-01"), "is before happened_from"),
        (("--title", "", "--kind", "k", "--factory", "f1"), "--title"),
    ],
)
def test_what_is_wrong_with_flags_is_said_of_flags(run: Run, flags: tuple[str, ...], words: str) -> None:
    assert words in " ".join(error(run, "incident", "add", "inc-1", *flags).split())
    assert asked(run, "incident", "list")["incidents"] == []


def test_a_scope_that_nobody_knows_is_a_warning(run: Run) -> None:
    body = asked(
        run,
        "incident",
        "add",
        "inc-1",
        "--title",
        "x",
        "--kind",
        "forced_labour",
        "--source",
        "src-1",
        "--factory",
        "f9",
    )
    assert [(one["rule"], one["value"], one["severity"]) for one in body["problems"]] == [
        ("scope-unknown", "f9", "warning")
    ]


@pytest.mark.parametrize("command", ["add", "revise"])
def test_a_file_and_flags_do_not_mix(run: Run, command: str, tmp_path: Path) -> None:
    run("incident", "add", "inc-1", *NEW)
    file = tmp_path / "new.toml"
    file.write_text(ENTRY)
    words = (file,) if command == "add" else ("inc-1", file)
    for flags in (("--title", "x"), ("--factory", "f1"), ("--no-services",)):
        assert "use flags alone" in error(run, "incident", command, *words, *flags)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no entry [[incident]]"),
        ("[[incident]", "the file is not TOML"),
        ("[[incident]]\n", "title is missing"),
    ],
)
def test_a_file_that_is_none(run: Run, text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(text)
    assert words in " ".join(error(run, "incident", "add", tmp_path / "new.toml").split())


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "cannot be read" in error(run, "incident", "add", tmp_path / "none.toml")


# --- revise ---


def revised(run: Run, *flags: str) -> list[tuple[str, Any, Any]]:
    """Return the differences that flags make, without writing."""
    body = asked(run, "incident", "revise", "inc-1", *flags, "--dry-run")
    return [(one["what"], one["before"], one["after"]) for one in body["differences"]]


def test_what_is_not_said_is_kept(known: Run) -> None:
    assert revised(known, "--title", "Another title") == [("title", "Demo Daily on debts", "Another title")]
    assert statuses(known) == ["alleged"]


def test_lists_and_replies_go_beside_those_that_are_there(known: Run) -> None:
    flags = (
        "--source",
        "src-2",
        "--source",
        "src-1",
        "--indicator",
        "deception",
        "--reply",
        "Yes.",
        "--reply-by",
        "Demo One",
    )
    assert revised(known, *flags) == [
        ("reply", None, {"text": "Yes.", "by": "Demo One"}),
        ("indicator", None, "deception"),
        ("source", None, "src-2"),
    ]


def test_an_empty_text_takes_away(known: Run) -> None:
    assert revised(known, "--severity", "", "--happened-from", "", "--note", "") == [
        ("happened_from", "2018-01-01", None),
        ("severity", {"scale": 4, "scope": 3, "irremediability": 2}, None),
        ("note", "Invented.", None),
    ]
    assert "--title" in error(known, "incident", "revise", "inc-1", "--title", "")


def scope(run: Run, *flags: str) -> list[tuple[str, str, Any, Any]]:
    """Return the scope that flags make of the present one, which is plant f1, gloves."""
    body = asked(run, "incident", "revise", "inc-1", *flags, "--dry-run")
    return [(one["kind"], one["id"], one["products"], one["countries"]) for one in body["revision"]["scope"]]


def test_scope_flags_replace_add_and_take_away(known: Run) -> None:
    assert scope(known, "--group", "g1") == [("group", "g1", None, None)]
    both = [("factory", "f1", ["gloves"], None), ("group", "g1", None, ["MY"])]
    assert scope(known, "--group", "g1", "--countries", "MY", "--add-scope") == both
    assert scope(known, "--countries", "MY,TH") == [("factory", "f1", ["gloves"], ["MY", "TH"])]
    known("incident", "revise", "inc-1", "--factory", "f2", "--add-scope")
    assert scope(known, "--factory", "f2", "--remove-scope") == [("factory", "f1", ["gloves"], None)]
    assert "no factory f9; it has factory f1, factory f2" in error(
        known, "incident", "revise", "inc-1", "--factory", "f9", "--remove-scope"
    )


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "say what is new of inc-1"),
        (("--add-scope",), "--add-scope goes with what to add"),
        (("--remove-scope", "--product", "gloves"), "--remove-scope goes with what to remove"),
        (("--factory", "f1", "--remove-scope"), "--status withdrawn"),
        (("--factory", "f1", "--remove-scope", "--add-scope"), "run one after the other"),
        (("--change", "widened"), "the scope is the same"),
        (("--change", "withdrawn"), "goes from alleged to alleged"),
        (("--change", "reported", "--note", "x"), "the word for the first revision"),
        (("--status", "withdrawn", "--change", "updated"), "goes from alleged to withdrawn"),
    ],
)
def test_what_cannot_be_revised(known: Run, flags: tuple[str, ...], words: str) -> None:
    assert words in " ".join(error(known, "incident", "revise", "inc-1", *flags).split())
    assert statuses(known) == ["alleged"]


def test_an_unknown_id_names_near_ones(known: Run) -> None:
    assert "did you mean inc-1?" in error(known, "incident", "revise", "inc-11", "--status", "withdrawn")


def test_twice_is_once(known: Run) -> None:
    known("incident", "revise", "inc-1", "--status", "disputed", "--change", "disputed")
    again = asked(known, "incident", "revise", "inc-1", "--status", "disputed", "--change", "disputed")
    assert (again["nothing_changed"], again["change_set"], again["differences"]) == (True, None, [])
    assert "nothing was written" in known("incident", "revise", "inc-1", "--status", "disputed").stdout
    assert statuses(known) == ["alleged", "disputed"]


def test_a_doubtful_word_is_recorded_with_a_warning(known: Run) -> None:
    body = asked(known, "incident", "revise", "inc-1", "--change", "remediation_claimed")
    assert [(one["column"], one["severity"]) for one in body["problems"]] == [("--change", "warning")]
    assert (body["revision"]["change"], body["revision"]["change_stated"]) == ("remediation_claimed", True)
    later = asked(known, "incident", "revise", "inc-1", "--note", "x")
    assert (later["revision"]["change"], later["revision"]["change_stated"]) == ("updated", False)


def test_a_file_replaces_the_keys_that_it_has(known: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text('[[incident]]\nsources = ["src-2"]\n[[incident.actions]]\nauthority = "A"\nkind = "finding"\n')
    body = asked(known, "incident", "revise", "inc-1", file)
    assert [(one["what"], one["after"]) for one in body["differences"]] == [
        ("action", {"authority": "A", "kind": "finding", "countries": []}),
        ("source", None),
        ("source", "src-2"),
    ]
    assert body["revision"]["title"] == "Demo Daily on debts"
    assert asked(known, "incident", "revise", "inc-1", file)["nothing_changed"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[incident]]\nincident_id = "inc-2"\n', "is about inc-2, not about inc-1"),
        ('[[incident]]\nnote = "x"\n[[incident]]\nnote = "y"\n', "has 2 entries"),
        ("", "has 0 entries"),
        ('[[incident]]\nrecorded_at = 2019-01-01\ntitle = "x"\n', "a revision comes after it"),
        ("[[incident]]\nseverity = { scale = 9 }\n", "new.toml 2 severity"),
        ('[[incident]]\nchange = "narrowed"\n', "the scope is the same"),
    ],
)
def test_a_file_that_is_no_revision(known: Run, text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(text)
    assert words in " ".join(error(known, "incident", "revise", "inc-1", tmp_path / "new.toml").split())
    assert statuses(known) == ["alleged"]


# --- list, show, dependents ---


def test_the_list_has_the_latest_change_and_can_be_narrowed(known: Run) -> None:
    known("incident", "add", "inc-2", "--title", "y", "--kind", "wages", "--country", "MY", "--status", "refuted")
    known("incident", "revise", "inc-1", "--status", "withdrawn")

    def listed(*flags: str) -> list[str]:
        return [one["incident_id"] for one in asked(known, "incident", "list", *flags)["incidents"]]

    assert listed() == ["inc-2", "inc-1"]
    assert listed("--open") == []
    assert listed("--kind", "wages") == ["inc-2"]
    assert listed("--status", "withdrawn", "--status", "alleged") == ["inc-1"]
    assert "use one of alleged, corroborated" in error(known, "incident", "list", "--status", "gone")
    shown = " ".join(known("incident", "list").stdout.split())
    assert "exposes no contract since it was withdrawn; its history stays latest change: withdrawn" in shown


def test_show_tells_what_each_revision_changed(known: Run) -> None:
    known("incident", "revise", "inc-1", "--group", "g1", "--status", "corroborated", "--severity", "5,3,2")
    shown = " ".join(known("incident", "show", "inc-1").stdout.split())
    assert "widened · corroborated status alleged -> corroborated touches gone: the plant f1" in shown
    assert "touches new: the group Demo Group (g1) severity scale 5 of 5 (before: 4)" in shown


def test_a_withdrawn_incident_says_how_to_ask_about_before(run: Run, tmp_path: Path) -> None:
    text = ENTRY + 'recorded_at = {}\nscope = [{{ kind = "factory", id = "f1" }}]\n'
    gone = text.replace("alleged", "withdrawn")
    (tmp_path / "new.toml").write_text(text.format("2019-01-01") + gone.format("2020-03-01"))
    run("incident", "add", tmp_path / "new.toml")
    words = error(run, "dependents", "--incident", "inc-1")
    assert "was withdrawn on 2020-03-01" in words
    assert "--known-at 2020-02-29" in words
    assert "--factory f1" in words
    assert "exposure inc-1 --known-at 2020-02-29" in run("incident", "show", "inc-1").stdout
    before = run("dependents", "--incident", "inc-1", "--known-at", "2020-02-29")
    assert before.exit_code == 0


def test_swedish(known: Run) -> None:
    shown = known("incident", "revise", "inc-1", "--status", "withdrawn", "--lang", "sv").stdout
    assert "Registrerat:" in shown
    assert "tillbakadragen, jämfört med versionen från" in shown
    assert "Den exponerar inga avtal från och med nu" in shown
    assert "VERSIONER" in known("incident", "show", "inc-1", "--lang", "sv").stdout
