"""The commands about API keys: what they print is what their schemas say, and the token opens the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from click.testing import CliRunner

from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.services.keys import verified

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, store: Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, [*words, "--store", f"sqlite:///{store}"])
    assert result.exit_code == code, result.output
    return result.output


def told(schema: str, *words: str, store: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(run(*words, "--json", store=store))
    jsonschema.validate(body, json.loads((ROOT / f"docs/schemas/{schema}.json").read_text(encoding="utf-8")))
    return body


def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    words = ("key", "create", "nightly-sync", "--role", "reader", "--region", "SE-AB", "--scope", "read")
    made = told("key-create", *words, store=file)
    store = open_store(f"sqlite:///{file}")
    assert verified(store, made["token"], made["created_at"]).principal.region == "SE-AB"
    store.close()
    (listed,) = told("key-list", "key", "list", store=file)["keys"]
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert told("key-revoke", "key", "revoke", made["key_id"], store=file)["revoked_at"] is not None
    assert "revoked" in run("key", "list", store=file)


def test_the_token_is_shown_once_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    shown = run("key", "create", "nightly-sync", "--role", "reader", store=file)
    assert "it is not shown again" in shown
    token = shown.split()[0]
    assert token.startswith("tg_")
    assert token not in run("key", "list", store=file)
    assert f"tracegraph key revoke {token.split('_')[1]} ends it before" in " ".join(shown.split())


def test_a_key_is_revoked_by_its_id_or_by_how_its_token_begins(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    for whole in (False, True):
        token = told("key-create", "key", "create", "nightly-sync", "--role", "reader", store=file)["token"]
        beginning = "_".join(token.split("_")[:2])
        revoked = told("key-revoke", "key", "revoke", token if whole else beginning, store=file)
        assert revoked["key_id"] == beginning.removeprefix("tg_")
        assert revoked["revoked_at"] is not None
    assert "you manage no key 'tg_0123'" in run("key", "revoke", "tg_0123", store=file, code=2)


def test_an_empty_store_has_no_keys(tmp_path: Path) -> None:
    assert "inga nycklar" in run("key", "list", "--lang", "sv", store=open_empty(tmp_path / "other.db"))


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    file = open_empty(tmp_path / "store.db")
    assert "small letters" in run("key", "create", "Anna Svensson", "--role", "reader", store=file, code=2)
    assert "you manage no key" in run("key", "revoke", "0123456789abcdef", store=file, code=2)


def open_empty(path: Path) -> Path:
    open_store(f"sqlite:///{path}").close()
    return path
