"""Documents that somebody brings along with what they record, and which others they may name.

A document has no visibility of its own: a reader sees it where something that they see names it. So who records
something names such documents, or brings their own. A document that is brought gets an id that follows from who brings
it and what it is: nobody can take the id of a document that they do not see, nor learn whether it is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.errors import Problem
from tracegraph.intake.cells import parse
from tracegraph.intake.refusal import Refusal
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_, Message
from tracegraph.model import Source, SourceId, canonical_json

#: What is said of a document, in the order of sources.csv.
KEYS: Final = ("title", "publisher", "published", "url", "kind", "retrieved", "language")


@dataclass(frozen=True, slots=True)
class Brought:
    """Documents that are brought along.

    Attributes
    ----------
    by_ref : mapping
        The documents, by the name that the same body refers to them by.
    problems : tuple of Problem
        What is wrong with them; `column` is a JSON pointer.
    """

    by_ref: Mapping[str, Source]
    problems: tuple[Problem, ...]

    def id_of(self, named: str) -> str:
        """Return the id of the document that is named: one of these by its name here, else the name itself."""
        return str(self.by_ref[named].source_id) if named in self.by_ref else named


def brought(documents: Sequence[Mapping[str, Any]], tenant: str) -> Brought:
    """Return the documents of a body.

    Parameters
    ----------
    documents : sequence of mapping
        Each with ``ref``, ``title`` and what else is known of `KEYS`.
    tenant : str
        Whose they are.
    """
    columns = TABLES["sources"].by_name
    problems: list[Problem] = []
    by_ref: dict[str, Source] = {}
    for number, document in enumerate(documents):
        said: dict[str, str] = {}
        for key in KEYS:
            text = str(document.get(key) or "").strip()
            try:
                if text:
                    said[key] = str(parse(text, columns[key]))
            except Refusal as refusal:
                problems.append(problem_at(f"/documents/{number}/{key}", refusal, text))
        if document["ref"] in by_ref:
            twice = N_("{value} is the ref of two documents")
            again = Refusal("duplicate", twice, N_("give each its own"), value=document["ref"])
            problems.append(problem_at(f"/documents/{number}/ref", again, document["ref"]))
        if not str(document.get("title") or "").strip():
            missing = Refusal("missing-key", N_("{key} is missing"), N_("every document has one"), key="title")
            problems.append(problem_at(f"/documents/{number}/title", missing, ""))
        elif "title" in said:
            by_ref[document["ref"]] = Source(SourceId(_id(tenant, said)), **said)
    return Brought(by_ref, tuple(problems))


def _id(tenant: str, said: Mapping[str, str]) -> str:
    content = canonical_json({"tenant": tenant, **said})
    return f"src-{hashlib.sha256(content.encode()).hexdigest()[:20]}"


def problem_at(pointer: str, refusal: Refusal, value: str) -> Problem:
    """Return what is wrong at a place of a body, given as a JSON pointer."""
    return Problem("", None, pointer, value[:200], refusal.rule, refusal.message, refusal.remedy)


def unseen_document(pointer: str, named: str) -> Problem:
    """Return what is said of a document that is not seen, whether there is one or not."""
    return Problem(
        file="",
        line=None,
        column=pointer,
        value=named,
        rule="unknown-id",
        message=Message(N_("there is no document {value} that you see"), {"value": named}),
        remedy=Message(N_("correct the id, or bring the document along, in documents"), {}),
    )
