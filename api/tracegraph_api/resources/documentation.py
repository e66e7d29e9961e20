"""The documentation: the OpenAPI document, pages for people, and what problems mean."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from flask import Flask, Response, current_app, g, render_template, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotFound

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.translate import LANGUAGES, Translator
from tracegraph_api.context import translator
from tracegraph_api.document import ROOT, document_of, examples
from tracegraph_api.document_page import page_of_document
from tracegraph_api.inputs import PageQuery, described
from tracegraph_api.media import wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problem_texts import TEXTS, codes
from tracegraph_api.problems import title_of
from tracegraph_api.respond import finish, page_of, respond

resource = Resource(
    "documentation", __name__, url_prefix="", description=N_("How the API is used, for programs and for people.")
)

HTML: Final = "text/html"
#: What pages may load: what this server has, and nothing written into the page itself.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
#: Files of the pages, by name: where they are below ``static/``, and what they are.
FILES: Final[Mapping[str, tuple[str, str]]] = {
    "docs.css": ("docs.css", "text/css"),
    "try.css": ("try.css", "text/css"),
    "try.js": ("try.js", "text/javascript"),
    "swagger-ui.css": ("vendor/swagger-ui-dist/swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": ("vendor/swagger-ui-dist/swagger-ui-bundle.js", "text/javascript"),
}
#: What the pages say beside the document.
WORDS: Final[Mapping[str, str]] = {
    "answers": N_("Answers"),
    "body": N_("Body"),
    "code": N_("Code"),
    "example": N_("Example"),
    "limits": N_("Limits"),
    "meaning": N_("Meaning"),
    "name": N_("Name"),
    "needs_script": N_("Trying operations out needs JavaScript; the reference does not:"),
    "operations": N_("Operations"),
    "parameters": N_("Parameters"),
    "permission": N_("Permission"),
    "place": N_("Place"),
    "problems": N_("Problems"),
    "reference": N_("Reference"),
    "remedy": N_("What to do"),
    "required": N_("required"),
    "schemas": N_("Schemas"),
    "server": N_("Address"),
    "skip": N_("To the content"),
    "status": N_("Status"),
    "terms": N_("Terms of use"),
    "try_it": N_("Try it out"),
    "type": N_("Type"),
}


class LangQuery(Schema):
    """In which language a page is."""

    lang = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata=described(N_("Language of the page; not given: that of Accept-Language."), example="sv"),
    )


@resource.get("/openapi.json")
@operation(
    Permission.OPEN,
    says=(
        N_("The OpenAPI document"),
        N_("Every operation, its parameters and its answers, as OpenAPI 3.1, made from what is served."),
    ),
    answers={200: Answered(N_("The document."), "openapi")},
)
def openapi() -> Response:
    """Answer with the document."""
    return respond(document_of(_app()))


@resource.get("/docs")
@operation(
    Permission.OPEN,
    says=(
        N_("The reference"),
        N_("What the API is for, its limits, and all operations by resource; without scripts."),
    ),
    answers={200: Answered(N_("The page."), media=(HTML,))},
    query=(LangQuery,),
)
def reference(given: Mapping[str, Any]) -> Response:
    """Show the reference."""
    _speak(given)
    return _html(_reference()[""])


@resource.get("/docs/resources/<name>")
@operation(
    Permission.OPEN,
    says=(
        N_("The reference of a resource"),
        N_("Its operations with parameters, examples and curl lines, and what they answer; without scripts."),
    ),
    answers={200: Answered(N_("The page."), media=(HTML,))},
    query=(LangQuery,),
    errors=(404,),
)
def reference_of(given: Mapping[str, Any], name: str) -> Response:
    """Show the reference of one resource."""
    _speak(given)
    pages = _reference()
    if not name or name not in pages:
        raise NotFound
    return _html(pages[name])


def _reference() -> Mapping[str, str]:
    """Return the pages of the reference in the language of this request: the first under an empty name."""
    lang = translator().lang
    made: dict[str, Mapping[str, str]] = _app().extensions.setdefault("tracegraph_reference", {})
    if lang not in made:
        page = page_of_document(document_of(_app(), lang), examples())
        title = N_("Reference of the API")
        pages = {"": _rendered("reference.html", title, f"{ROOT}/docs", page=page)}
        for tag in page["tags"]:
            here = f"{ROOT}/docs/resources/{tag['name']}"
            pages[tag["name"]] = _rendered("resource.html", title, here, page=page, tag=tag)
        made[lang] = pages
    return made[lang]


@resource.get("/docs/try")
@operation(
    Permission.OPEN,
    says=(N_("Try operations out"), N_("A page with Swagger UI, which sends requests from the browser.")),
    answers={200: Answered(N_("The page."), media=(HTML,))},
    query=(LangQuery,),
)
def try_out(given: Mapping[str, Any]) -> Response:
    """Show the page on which operations are tried."""
    _speak(given)
    return _html(_rendered("try.html", N_("Try the API out"), request.path))


@resource.get("/docs/files/<name>")
@operation(
    Permission.OPEN,
    says=(N_("A file of the documentation"), N_("Styles and scripts of its pages.")),
    answers={200: Answered(N_("The file."), media=("text/css", "text/javascript"))},
    errors=(404,),
)
def file(name: str) -> Response:
    """Give a file of the pages."""
    if name not in FILES:
        raise NotFound
    content, media = _read(name)
    response = finish(Response(content, mimetype=media))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@resource.get("/problems")
@operation(
    Permission.OPEN,
    says=(N_("Kinds of problems"), N_("Every code that an answer can have, by code.")),
    answers={200: Answered(N_("Kinds, page by page; as a page for people, all."), "problem_kind_page", (HTML,))},
    query=(PageQuery, LangQuery),
)
def problem_kinds(given: Mapping[str, Any]) -> Response:
    """List the kinds of problems."""
    _speak(given)
    kinds = [_kind(code) for code in sorted(TEXTS)]
    if wanted() == HTML:
        return _html(_rendered("problems.html", N_("Problems"), request.path, problems=kinds))
    return respond(page_of(kinds, given))


@resource.get("/problems/<code>")
@operation(
    Permission.OPEN,
    says=(
        N_("A kind of problem"),
        N_("What a problem with this code means, and what to do about it: where the type of a problem leads."),
    ),
    answers={200: Answered(N_("Its meaning."), "problem_kind", (HTML,))},
    query=(LangQuery,),
    errors=(404,),
)
def problem_kind(given: Mapping[str, Any], code: str) -> Response:
    """Show what a kind of problem means."""
    _speak(given)
    if code not in TEXTS:
        raise NotFound
    kind = _kind(code)
    if wanted() == HTML:
        return _html(_rendered("problem.html", N_("Problem"), request.path, problem=kind))
    return respond(kind)


def _kind(code: str) -> dict[str, Any]:
    say, status = translator(), codes()[code]
    meaning, remedy = TEXTS[code]
    title = say.text(title_of(status))
    return {
        "code": code,
        "status": int(status),
        "title": title,
        "meaning": say.text(meaning),
        "remedy": say.text(remedy),
    }


def _speak(given: Mapping[str, Any]) -> None:
    """Answer in the language that is asked for in the address."""
    if "lang" in given:
        g.translator = Translator(given["lang"])


def _rendered(template: str, title: str, here: str, **values: Any) -> str:
    """Return a page, whose address is `here`."""
    say = translator()
    words = {name: say.text(text) for name, text in WORDS.items()}
    title = f"{say.text(title)} – tracegraph"
    around = {"lang": say.lang, "root": ROOT, "here": here, "files": f"{ROOT}/docs/files", "title": title}
    return render_template(template, words=words, **around, **values)


def _html(text: str) -> Response:
    response = Response(text, mimetype=HTML)
    response.headers["Content-Security-Policy"] = POLICY
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    return finish(response)


@cache
def _read(name: str) -> tuple[bytes, str]:
    path, media = FILES[name]
    return (files("tracegraph_api") / "static" / path).read_bytes(), media


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
