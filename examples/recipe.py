"""What the three recipes share: clean text, readable ids, and a dataset folder to write to."""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tracegraph import countries

ID_LENGTH: Final = 100
_SUFFIX: Final = 8  # hexadecimal digits that tell two texts of one slug apart
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


class RecipeError(Exception):
    """The published file is not as the recipe expects it; the text says where."""


def clean(text: str) -> str:
    """Return a text in NFC, with every run of white space (line breaks, no-break spaces) as one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def slug(text: str) -> str:
    """Return a text as lower-case ASCII words with hyphens between them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _NOT_IN_SLUG.sub("-", plain.lower()).strip("-") or "x"


class Ids:
    """Readable ids, one for each text and never one for two.

    The first text of a slug gets the slug, so that a longer list, read after, changes no id; any other text of the
    same slug, and any that is too long, ends in a digest of its own text.

    Parameters
    ----------
    prefix : str
        Begins every id, so that two datasets in one store do not meet by chance: ``oshub``.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.apart: list[str] = []
        self._by_text: dict[tuple[str, ...], str] = {}
        self._texts: dict[str, tuple[str, ...]] = {}

    def of(self, *text: str, shown: Sequence[str] | None = None) -> str:
        """Return the id of a text; `shown`: the parts that it is spelled from, when not from all of the text."""
        if text not in self._by_text:
            self._by_text[text] = found = self._new(text, text if shown is None else shown)
            self._texts[found] = text
        return self._by_text[text]

    def _new(self, text: tuple[str, ...], shown: Sequence[str]) -> str:
        plain = ":".join((self.prefix, *(slug(part) for part in shown)))
        if len(plain) <= ID_LENGTH and plain not in self._texts:
            return plain
        if plain in self._texts:
            self.apart.append(" ".join(text))
        digest = hashlib.sha256("\0".join(text).encode()).hexdigest()[:_SUFFIX]
        found = f"{plain[: ID_LENGTH - _SUFFIX - 1].rstrip('-:')}-{digest}"
        if found in self._texts:
            raise RecipeError(f"{' '.join(text)!r} and {' '.join(self._texts[found])!r} would share the id {found}")
        return found


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a published CSV file, every cell cleaned; its columns must be these."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if list(reader.fieldnames or ()) != list(columns):
                found = ", ".join(reader.fieldnames or ()) or "none"
                raise RecipeError(f"{path.name}: expected the columns {', '.join(columns)}; found {found}")
            return [_cleaned(row, f"{path.name}, line {reader.line_num}") for row in reader]
    except OSError as error:
        raise RecipeError(f"{path.name} cannot be read: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise RecipeError(f"{path.name} is not a CSV file in UTF-8: {error}") from error


def _cleaned(row: Mapping[str | None, str | list[str] | None], place: str) -> dict[str, str]:
    cells = {}
    for name, value in row.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise RecipeError(f"{place}: the row has more or fewer cells than the header")
        cells[name] = clean(value)
    return cells


def country_codes(spellings: Iterable[str]) -> dict[str, str]:
    """Return the code of each spelling; those that nobody can resolve are reported all at once, never dropped."""
    codes = {spelling: countries.resolve(spelling) for spelling in spellings}
    unknown = sorted(spelling for spelling, code in codes.items() if code is None)
    if unknown:
        raise RecipeError(f"no country is called: {', '.join(map(repr, unknown))}")
    return {spelling: code for spelling, code in codes.items() if code is not None}


def write_table(folder: Path, name: str, rows: Iterable[Mapping[str, str]]) -> int:
    """Write a table of a dataset: the columns of all rows, in the order in which they first come; return the rows."""
    listed = list(rows)
    columns = list(dict.fromkeys(column for row in listed for column in row))
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    return len(listed)


def run(convert: Callable[[Path, Path], str], about: str, example: str, argv: Sequence[str] | None = None) -> int:
    """Run a recipe from the command line: ``convert.py SOURCE_FOLDER DATASET_FOLDER``; return the exit code."""
    parser = argparse.ArgumentParser(
        description=about, epilog=f"Example:\n  {example}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", metavar="SOURCE_FOLDER", type=Path, help="folder with the published files")
    parser.add_argument("dataset", metavar="DATASET_FOLDER", type=Path, help="folder to write; made if it is not there")
    asked = parser.parse_args(argv)
    try:
        asked.dataset.mkdir(parents=True, exist_ok=True)
        done = convert(asked.source, asked.dataset)
    except (RecipeError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    print(f"{done} -> {asked.dataset}\nNext: tracegraph import {asked.dataset}", file=sys.stderr)
    return 0
