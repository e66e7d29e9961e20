"""Settings of what is served: each is checked, shown with its value, and never with a secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tracegraph.errors import SettingsInvalid
from tracegraph.resources import gunicorn_config
from tracegraph.settings_api import Access, load_api_settings
from tracegraph.settings_limits import SHIPPED, load_limit_settings
from tracegraph.settings_shown import PARTS, served_settings

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without any setting."""
    for about, _ in PARTS:
        for name in about:
            monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACEGRAPH_RATE_PUBLIC", "60"),
        ("TRACEGRAPH_RATE_MEMBER", "0/minute"),
        ("TRACEGRAPH_RATE_UPLOAD", "20/fortnight"),
        ("TRACEGRAPH_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRACEGRAPH_TRUSTED_PROXIES", "proxy"),
        ("TRACEGRAPH_CORS_ORIGINS", "*"),
        ("TRACEGRAPH_CORS_ORIGINS", "https://map.example/path"),
        ("TRACEGRAPH_DEADLINE_SECONDS", "0"),
        ("TRACEGRAPH_DEADLINE_SECONDS", "nan"),
        ("TRACEGRAPH_REQUESTS_AT_ONCE", "1.5"),
        ("TRACEGRAPH_METRICS_PORT", "70000"),
    ],
)
def test_a_wrong_limit_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=name):
        load_limit_settings()
    (part,) = [shown for shown in served_settings() if shown.wrong]
    assert part.values[name] == value


def test_what_is_shipped_has_rates_and_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_limit_settings() == SHIPPED
    monkeypatch.setenv("TRACEGRAPH_RATE_PUBLIC", "off")
    monkeypatch.setenv("TRACEGRAPH_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("TRACEGRAPH_CORS_ORIGINS", "https://Map.example")
    limits = load_limit_settings()
    assert limits.rates is not None
    assert limits.rates.public == ""
    assert [str(network) for network in limits.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert limits.cors_origins == ("https://map.example",)


def test_who_is_let_in_where_nothing_is_said_depends_on_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_api_settings().access is Access.PUBLIC
    assert load_api_settings(unset=Access.LOCAL).access is Access.LOCAL
    monkeypatch.setenv("TRACEGRAPH_ACCESS", "private")
    assert load_api_settings(unset=Access.LOCAL).access is Access.PRIVATE


def test_every_setting_is_shown_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_SMTP_PASSWORD", "kanariefagel")
    monkeypatch.setenv("TRACEGRAPH_RATE_LIMIT_URI", "redis://user:kanariefagel@cache.example/0")
    shown = served_settings()
    assert [set(part.values) for part in shown] == [set(about) for about, _ in PARTS]
    values = {name: value for part in shown for name, value in part.values.items()}
    assert values["TRACEGRAPH_SMTP_PASSWORD"] == "***"
    assert values["TRACEGRAPH_RATE_LIMIT_URI"] == "redis://user:***@cache.example/0"
    assert "kanariefagel" not in str(shown)


def test_the_page_of_settings_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, str(REPO / "tools" / "make_settings_doc.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "PYTHONPATH": str(REPO)},
    )
    assert done.returncode == 0, done.stderr


def test_the_configuration_of_gunicorn_is_found(tmp_path: Path) -> None:
    assert gunicorn_config() == REPO / "api" / "gunicorn.conf.py"
    shipped = tmp_path / "_data" / "gunicorn.conf.py"
    shipped.parent.mkdir()
    shipped.write_text("")
    assert gunicorn_config(tmp_path) == shipped
