"""Loads and checks the files of ``cypher/``: one statement a file, with a header that says what goes in and comes out.

The folder gives the mode (``read``, ``write``, ``schema``), the file's stem is the query's name. A header is::

    // What the answer is, in a sentence.
    //
    // Params:
    //   ids: LIST<STRING>   what it means
    // Returns:
    //   item_id: STRING     what it means

A file that says something else than it does is found here, at start-up, and not when a user asks. Schema files are
numbered migrations, ``NNNN_name``, with one statement a line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Never

from tracegraph.errors import QueryFileError
from tracegraph.messages import N_
from tracegraph.resources import resource_folder

MODES: Final = ("read", "write")

_FIELD = re.compile(r"//   (\w+): ([A-Z]+(?:<[A-Z<>, ]+>)?)(?: +(\S.*))?")
_MORE = re.compile(r"// {6,}(\S.*)")
_PLACE = re.compile(r"\$(\w+)")
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_WRITES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|FOREACH|LOAD CSV)\b")
_MIGRATION = re.compile(r"(\d{4})_[a-z_]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a column.

    Attributes
    ----------
    name, type, meaning : str
        As the header has them; `type` is a Cypher type.
    """

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """A statement and what its header says.

    Attributes
    ----------
    name : str
        Stem of its file.
    mode : str
        ``read`` or ``write``: the folder.
    doc : str
        The header's sentences.
    params, columns : tuple of Field
        What it takes and returns, in the order of the header.
    text : str
        The statement, without the header.
    """

    name: str
    mode: str
    doc: str
    params: tuple[Field, ...]
    columns: tuple[Field, ...]
    text: str

    def check_arguments(self, given: Iterable[str]) -> None:
        """Raise `QueryFileError` unless exactly the declared parameters are given."""
        declared, names = {field.name for field in self.params}, set(given)
        if declared != names:
            raise QueryFileError(
                N_("query {name} takes {declared}, and was given {given}"),
                name=self.name,
                declared=sorted(declared),
                given=sorted(names),
            )


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema.

    Attributes
    ----------
    number : int
        1 for the first; they are applied in this order, without gaps.
    name : str
        Stem of its file.
    statements : tuple of str
        One a line of the file; each may be run again.
    """

    number: int
    name: str
    statements: tuple[str, ...]

    @property
    def checksum(self) -> str:
        """Hash of the statements, by which a change made afterwards is noticed."""
        return hashlib.sha256("\n".join(self.statements).encode()).hexdigest()[:16]


@cache
def load_queries(folder: Path | None = None) -> Mapping[str, Query]:
    """Return all queries by name.

    Raises
    ------
    QueryFileError
        Naming the file and what is wrong with it.
    """
    root = folder or resource_folder("cypher")
    queries: dict[str, Query] = {}
    for mode in MODES:
        for path in sorted((root / mode).iterdir()):
            if path.suffix != ".cypher":
                _refuse(path, N_("{path}: only .cypher files belong here"))
            if path.stem in queries:
                _refuse(path, N_("{path}: there is another query of this name"))
            queries[path.stem] = parse_query(path, mode)
    return queries


@cache
def load_migrations(folder: Path | None = None) -> tuple[Migration, ...]:
    """Return the migrations of the schema in order; raises `QueryFileError` for a gap or a malformed file."""
    found: list[Migration] = []
    for path in sorted(((folder or resource_folder("cypher")) / "schema").glob("*")):
        numbered = _MIGRATION.fullmatch(path.stem)
        if numbered is None or path.suffix != ".cypher" or int(numbered[1]) != len(found) + 1:
            _refuse(path, N_("{path}: migrations are named NNNN_name.cypher, numbered from 0001 without gaps"))
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        statements = tuple(line for line in lines if line and not line.startswith("//"))
        if not all("IF NOT EXISTS" in statement and not statement.endswith(";") for statement in statements):
            _refuse(path, N_("{path}: every line is one statement with IF NOT EXISTS, without a semicolon"))
        found.append(Migration(int(numbered[1]), path.stem, statements))
    return tuple(found)


def parse_query(path: Path, mode: str) -> Query:
    """Return the query of a file, checked: header against statement, and statement against folder."""
    lines = path.read_text(encoding="utf-8").splitlines()
    length = next((n for n, line in enumerate(lines) if not line.startswith("//")), len(lines))
    doc, params, columns = _parse_header(path, lines[:length])
    text = "\n".join(lines[length:]).strip()
    query = Query(path.stem, mode, doc, params, columns, text)
    _check_statement(path, query)
    return query


def _parse_header(path: Path, lines: list[str]) -> tuple[str, tuple[Field, ...], tuple[Field, ...]]:
    """Return the sentences, the parameters and the columns of a header."""
    doc: list[str] = []
    sections: dict[str, list[Field]] = {"Params": [], "Returns": []}
    section: list[Field] | None = None
    for line in lines:
        if (title := line.removeprefix("// ").removesuffix(":")) in sections and line.endswith(":"):
            section = sections[title]
        elif section is None:
            doc.append(line.removeprefix("//").strip())
        elif field := _FIELD.fullmatch(line):
            section.append(Field(field[1], field[2], field[3] or ""))
        elif section and (more := _MORE.fullmatch(line)):
            last = section[-1]
            section[-1] = Field(last.name, last.type, f"{last.meaning} {more[1]}")
        else:
            _refuse(path, N_("{path}: the header line {line!r} is not '//   name: TYPE   meaning'"), line=line)
    sentences = " ".join(filter(None, doc))
    if not sentences.endswith("."):
        _refuse(path, N_("{path}: the header begins with what the answer is, and a full stop"))
    return sentences, tuple(sections["Params"]), tuple(sections["Returns"])


def _check_statement(path: Path, query: Query) -> None:
    bare = _STRING.sub("''", query.text)
    if ";" in bare or "//" in bare:
        _refuse(path, N_("{path}: one statement a file, without a semicolon, and comments in the header alone"))
    declared, used = {field.name for field in query.params}, set(_PLACE.findall(bare))
    if declared != used:
        _refuse(
            path,
            N_("{path}: the header declares {declared}, the statement uses {used}"),
            declared=sorted(declared),
            used=sorted(used),
        )
    columns, returned = [field.name for field in query.columns], returned_columns(bare)
    if columns != returned:
        _refuse(
            path,
            N_("{path}: the header says it returns {columns}, the statement returns {returned}"),
            columns=columns,
            returned=returned,
        )
    if query.mode == "read" and _WRITES.search(bare):
        _refuse(path, N_("{path}: a statement under read/ writes"))
    if query.mode == "write" and not _WRITES.search(bare):
        _refuse(path, N_("{path}: a statement under write/ does not write"))


def returned_columns(text: str) -> list[str | None]:
    """Return the names of a statement's columns; None for one that has no ``AS name``."""
    starts = [place for place in _top_level(text, "RETURN")]
    if not starts:
        return []
    tail = text[starts[-1] + len("RETURN") :]
    end = min([len(tail), *_top_level(tail, "ORDER BY"), *_top_level(tail, "LIMIT")])
    commas = [-1, *_top_level(tail[:end], ","), end]
    columns = [tail[a + 1 : b].strip() for a, b in pairwise(commas)]
    named = [re.search(r"\bAS (\w+)$", column) for column in columns]
    return [match[1] if match else None for match in named]


def _top_level(text: str, word: str) -> list[int]:
    """Return where a word stands outside all brackets."""
    depth, places = 0, []
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and text.startswith(word, place):
            places.append(place)
    return places


def _refuse(path: Path, text: str, **values: object) -> Never:
    raise QueryFileError(text, path=f"{path.parent.name}/{path.name}", **values)
