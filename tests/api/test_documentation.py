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


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/resources/claims", "/docs/try", "/problems", "/problems/unknown-node"]
)
def test_pages_keep_the_strictest_policy(reading: FlaskClient, path: str) -> None:
    _, found = page(reading, path)
    assert found.inline == []
    assert all(link.startswith((ROOT, "#", "mailto:", "https://")) for link in found.links)
    assert len(found.ids) == len(set(found.ids))
    policy = reading.get(f"{ROOT}{path}", headers=HTML).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", ["/docs", "/docs/resources/claims", "/docs/try", "/problems"])
def test_everything_that_a_page_loads_is_here(reading: FlaskClient, path: str) -> None:
    _, found = page(reading, path)
    loaded = [link for link in found.links if "/docs/files/" in link]
    assert loaded
    for link in loaded:
        response = reading.get(link)
        assert response.status_code == 200
        assert response.mimetype in ("text/css", "text/javascript")


@pytest.fixture(scope="module")
def reference(reading: FlaskClient) -> dict[str, tuple[str, Page]]:
    """Return the pages of the reference by path, the first one first."""
    first = page(reading, "/docs?lang=en")
    links = [link.partition("#")[0] for link in first[1].links if "/docs/resources/" in link]
    paths = dict.fromkeys(link.removeprefix(ROOT).partition("?")[0] for link in links)
    return {"/docs": first, **{path: page(reading, f"{path}?lang=en") for path in paths}}


def test_the_reference_needs_no_script(reference: dict[str, tuple[str, Page]]) -> None:
    for text, found in reference.values():
        assert "<script" not in text
        assert found.headings[0] == "h1"
        assert not [
            one
            for one, other in zip(found.headings, found.headings[1:], strict=False)
            if int(other[1]) > int(one[1]) + 1
        ]


def test_the_reference_has_every_operation_with_its_example(
    reading: FlaskClient, reference: dict[str, tuple[str, Page]]
) -> None:
    names = {one.id for one in routes_of(reading.application)}
    listed = [link.partition("#")[2] for link in reference["/docs"][1].links if "/docs/resources/" in link]
    assert {name for name in listed if name} == names
    assert names <= {id for _, found in reference.values() for id in found.ids}
    assert sum(text.count("curl -sS") for text, _ in reference.values()) >= len(examples())
    for _, found in reference.values():
        assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
        for link in found.links:
            path, _, id = link.removeprefix(ROOT).partition("#")
            assert "/docs/resources/" not in link or not id or id in reference[path.partition("?")[0]][1].ids


def test_no_page_of_the_reference_is_large(reference: dict[str, tuple[str, Page]]) -> None:
    sizes = {path: len(text.encode()) for path, (text, _) in reference.items()}
    assert {path: size for path, size in sizes.items() if size > 300_000} == {}
    assert len(reference) > 30


def test_a_page_of_the_reference_is_in_one_language(reading: FlaskClient) -> None:
    told = {
        lang: page(reading, f"/docs/resources/factories?lang={lang}")[0] + page(reading, f"/docs?lang={lang}")[0]
        for lang in ("sv", "en")
    }
    for own, other in (("sv", "en"), ("en", "sv")):
        limit = {"sv": "En sida har högst 200 rader.", "en": "A page has at most 200 rows."}
        assert limit[own] in told[own]
        assert limit[other] not in told[own]
        assert f"/docs/resources/factories?lang={own}" in told[own]
    assert reading.get(f"{ROOT}/docs/resources/nothing").status_code == 404


def test_styles_let_no_word_widen_a_page(reading: FlaskClient) -> None:
    styles = reading.get(f"{ROOT}/docs/files/docs.css").get_data(as_text=True)
    assert re.search(r"body \{[^}]*overflow-wrap: anywhere", styles)
    assert re.search(r"\.table \{[^}]*overflow-x: auto", styles)


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
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == {"htmx.org", "swagger-ui-dist", "world-atlas"}


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
        checks.Range(min=1, min_inclusive=False): [1], checks.Range(min=1, max=5, min_inclusive=False): [1],
        checks.Range(max=5, max_inclusive=False): [5],
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
