"""Settings from the environment."""

from __future__ import annotations

import pytest

from tracegraph.errors import SettingsInvalid
from tracegraph.settings import DEFAULT_STORE, VARIABLES, load_settings, origin, preferred_language


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*VARIABLES, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.store, settings.lang, settings.reader) == (DEFAULT_STORE, "en", "network")
    assert not settings.debug
    assert str(origin("TRACEGRAPH_STORE")) == "default"


def test_what_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_STORE", "neo4j://host")
    monkeypatch.setenv("TRACEGRAPH_NEO4J_PASSWORD", "secret")
    monkeypatch.setenv("TRACEGRAPH_LANG", "SV")
    monkeypatch.setenv("TRACEGRAPH_DEBUG", "1")
    settings = load_settings()
    assert (settings.store, settings.lang, settings.debug) == ("neo4j://host", "sv", True)
    assert "secret" not in repr(settings)
    assert str(origin("TRACEGRAPH_STORE")) == "from the environment"


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "sv_SE.UTF-8"}, "sv"),
        ({"LANG": "sv_SE.UTF-8", "LC_ALL": "de_DE"}, "en"),
        ({"LC_MESSAGES": "sv"}, "sv"),
        ({"LANG": "svx"}, "en"),
        ({"LANG": "en_GB", "TRACEGRAPH_LANG": "sv"}, "sv"),
    ],
)
def test_the_language(variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() == lang


def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_LANG", "klingon")
    with pytest.raises(SettingsInvalid, match="use sv or en"):
        load_settings()
