"""Settings of work in the background."""

from __future__ import annotations

import pytest

from tracegraph.errors import SettingsInvalid
from tracegraph.settings_api import load_api_settings
from tracegraph.settings_jobs import INTERACTIVE, LEASE, SHIPPED, JobSettings, load_job_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without any setting."""
    for name in (INTERACTIVE, LEASE):
        monkeypatch.delenv(name, raising=False)


def test_what_the_environment_says_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_job_settings() == SHIPPED == JobSettings(4.0, 60.0)
    monkeypatch.setenv(INTERACTIVE, "0.5")
    monkeypatch.setenv(LEASE, "30")
    assert load_api_settings().jobs == JobSettings(0.5, 30.0)


@pytest.mark.parametrize(("name", "value"), [(INTERACTIVE, "soon"), (INTERACTIVE, "-1"), (LEASE, "1"), (LEASE, "nan")])
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=f"{name} is '{value}'"):
        load_job_settings()
