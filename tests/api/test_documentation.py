"""Pages for people, what problems mean, and the words of the checks of the input."""

from __future__ import annotations

import hashlib
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import marshmallow
import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tracegraph_api.document import examples, routes_of
from tracegraph_api.input_messages import SAID, own_words
from tracegraph_api.problem_texts import TEXTS, codes

VENDOR = Path(__file__).resolve().parents[2] / "api/tracegraph_api/static/vendor"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Page(HTMLParser):
    """What a page holds that a strict Content-Security-Policy forbids, and its ids and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.lang = ""
        self.headings: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.inline += [f"<{tag} {name}>" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(f"<{tag}>")
        self._script = tag == "script"
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found[name] or "" for name in ("href", "src") if name in found]
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        if tag == "html":
            self.lang = found.get("lang") or ""


def page(reading: FlaskClient, path: str, **headers: str) -> tuple[str, Page]:
    response = reading.get(f"{ROOT}{path}", headers={**HTML, **headers})
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.get_data(as_text=True), Page(response.get_data(as_text=True))


@pytest.mark.parametrize("path", ["/docs", "/docs/try", "/problems", "/problems/unknown-node"])
def test_pages_keep_the_strictest_policy(reading: FlaskClient, path: str) -> None:
    _, found = page(reading, path)
    assert found.inline == []
    assert all(link.startswith((ROOT, "#", "mailto:", "https://")) for link in found.links)
    assert len(found.ids) == len(set(found.ids))
    policy = reading.get(f"{ROOT}{path}", headers=HTML).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", ["/docs", "/docs/try", "/problems"])
def test_everything_that_a_page_loads_is_here(reading: FlaskClient, path: str) -> None:
    _, found = page(reading, path)
    loaded = [link for link in found.links if "/docs/files/" in link]
    assert loaded
    for link in loaded:
        response = reading.get(link)
        assert response.status_code == 200
        assert response.mimetype in ("text/css", "text/javascript")


def test_the_reference_needs_no_script(reading: FlaskClient) -> None:
    text, found = page(reading, "/docs")
    assert "<script" not in text
    assert found.headings[0] == "h1"
    assert not [
        one for one, other in zip(found.headings, found.headings[1:], strict=False) if int(other[1]) > int(one[1]) + 1
    ]


def test_the_reference_has_every_operation_with_its_example(reading: FlaskClient) -> None:
    text, found = page(reading, "/docs")
    names = {one.id for one in routes_of(reading.application)}
    assert names <= set(found.ids)
    assert text.count("curl -sS") >= len(examples())
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)


def test_pages_speak_the_language_that_is_asked_for(reading: FlaskClient) -> None:
    for headers, path, lang in (
        ({"Accept-Language": "sv"}, "/docs", "sv"),
        ({"Accept-Language": "sv"}, "/docs?lang=en", "en"),
        ({"Accept-Language": "de"}, "/problems?lang=sv", "sv"),
    ):
        _, found = page(reading, path, **headers)
        assert found.lang == lang


def test_what_ships_of_others_is_unchanged() -> None:
    for package in tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["package"]:
        folder = VENDOR / package["name"]
        there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        assert there == package["sha256"]
        assert package["version"]
        assert package["licence"]
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == {"htmx.org", "swagger-ui-dist"}


def test_every_code_has_a_page() -> None:
    assert TEXTS.keys() == codes().keys()


def test_the_type_of_a_problem_leads_to_its_page(reading: FlaskClient) -> None:
    for path in ("/factories/nobody", "/factories?limit=x", "/nowhere"):
        problem = reading.get(f"{ROOT}{path}").get_json()
        told = reading.get(f"{ROOT}{problem['type'].partition(ROOT)[2]}").get_json()
        assert (told["code"], told["status"], told["title"]) == (problem["code"], problem["status"], problem["title"])
    assert reading.get(f"{ROOT}/problems/nothing").status_code == 404


def messages_of_the_library() -> set[str]:
    """Return what marshmallow can say, with its places filled."""
    kinds = [getattr(marshmallow.fields, name) for name in marshmallow.fields.__all__]
    texts = {text for kind in kinds for text in getattr(kind, "default_error_messages", {}).values()}
    texts |= set(marshmallow.Schema._default_error_messages.values())
    checks = marshmallow.validate
    values: dict[Any, list[Any]] = {
        checks.Range(min=1, max=5): [0], checks.Range(min=1): [0], checks.Range(max=5): [6],
        checks.Range(min=1, min_inclusive=False): [1], checks.Range(max=5, max_inclusive=False): [5],
        checks.Length(min=1, max=2): ["", "abc"], checks.Length(min=1): [""], checks.Length(max=1): ["ab"],
        checks.Length(equal=2): ["a"], checks.OneOf(["a", "b"]): ["c"], checks.Regexp("^a$"): ["b"],
        checks.Equal(3): [2], checks.URL(): ["x"], checks.Email(): ["x"],
    }  # fmt: skip
    for check, wrong in values.items():
        for value in wrong:
            with pytest.raises(marshmallow.ValidationError) as told:
                check(value)
            texts |= set(told.value.messages if isinstance(told.value.messages, list) else [])
    return {str(text) for text in texts if "{" not in str(text)}


#: Fields that no schema of ours uses, nor should: addresses of the internet, tuples, paths of files.
NOT_USED = re.compile(r"IP|tuple|Not a valid tuple|interface|time zone|Must not have")


def test_every_message_of_the_library_is_said_in_our_words() -> None:
    english = {text for text in messages_of_the_library() if own_words(text).text == text and not NOT_USED.search(text)}
    assert english == set()
    assert own_words("Must be one of: a, b.").values == {"choices": "a, b"}
    assert own_words("ours stays").text == "ours stays"
    assert len({said for _, said in SAID}) > 25


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=x", "heltal"),
        ("limit=0", "1"),
        ("what=x", "namn"),
    ],
)
def test_input_is_refused_in_the_caller_s_language(reading: FlaskClient, query: str, detail: str) -> None:
    swedish = reading.get(f"{ROOT}/factories?{query}", headers={"Accept-Language": "sv"}).get_json()["errors"][0][
        "detail"
    ]
    english = reading.get(f"{ROOT}/factories?{query}", headers={"Accept-Language": "en"}).get_json()["errors"][0][
        "detail"
    ]
    assert detail in swedish
    assert swedish != english
