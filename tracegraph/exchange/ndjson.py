"""Everything a store holds as NDJSON: the backup, and the way from one store to the other.

One JSON object a line, in the order and form of `tracegraph.store.canonical`, so that equal stores give equal bytes.
The last line counts the lines before it: a file that was cut short is recognised. The administrator's one read without
a lens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tracegraph.errors import DatasetRejected, InvalidInput, Problem
from tracegraph.exchange.files import replacing
from tracegraph.messages import N_, Message
from tracegraph.model import Claim, canonical_json
from tracegraph.store.canonical import (
    FORMAT_VERSION,
    HEADER,
    change_set_from_line,
    claim_from_line,
    record_from_line,
    reference_from_body,
)
from tracegraph.store.port import Progress, StoreKeeper
from tracegraph.vocabulary import Label

END: Final = "end"
MOST_PROBLEMS: Final = 100  # problems that are listed before reading on is given up

_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], object]]] = {
    "change_set": change_set_from_line,
    "reference": lambda line: reference_from_body(Label(line["label"]), line["body"]),
    "holder": lambda line: (Label(line["label"]), line["id"] + ""),
    "record": record_from_line,
    "claim": claim_from_line,
}


def dump(store: StoreKeeper, path: Path) -> dict[str, int]:
    """Write everything a store holds to a file.

    Parameters
    ----------
    store : StoreKeeper
        The store; its state of one moment is written.
    path : Path
        The file; it is replaced when the new one is complete.

    Returns
    -------
    dict of int by kind of line
        The header and the end left out.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    counts: dict[str, int] = {}
    lines = 0
    with replacing(path) as file:
        for record in store.stream():
            file.write(canonical_json(record) + "\n")
            lines += 1
            if record["line"] != HEADER["line"]:
                counts[record["line"]] = counts.get(record["line"], 0) + 1
        file.write(canonical_json({"line": END, "lines": lines}) + "\n")
    return counts


def load(path: Path, store: StoreKeeper, progress: Progress | None = None) -> dict[str, int]:
    """Fill an empty store from a file that `dump` wrote; all or nothing.

    Returns
    -------
    dict of int by kind of line
        As `dump` counts them.

    Raises
    ------
    DatasetRejected
        Lines are not what `dump` writes, or the file was cut short; every problem with its line. Nothing was written.
    InvalidInput
        The file cannot be read, or the store is not empty.

    Notes
    -----
    Reads the file twice: all lines are checked before the first is written.
    """
    lines = _checked(path)
    told = (lambda done, _total: progress(done, lines)) if progress else None
    return dict(store.restore(_records(path), told))


def stored_claims(store: StoreKeeper) -> Iterator[Claim]:
    """Yield every version of every claim of a store, whoever may see it."""
    yield from (claim_from_line(line) for line in store.stream() if line["line"] == "claim")


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a file that was checked, without its end."""
    with _opened(path) as file:
        for line in file:
            record = json.loads(line)
            if record["line"] != END:
                yield record


def _opened(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be read: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error


# --- checks --------------------------------------------------------------------------------------------------------


def _checked(path: Path) -> int:
    """Check every line; return how many records there are."""
    checker = _Checker(path.name)
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            checker.line(number, line)
            if len(checker.problems) >= MOST_PROBLEMS or not checker.known:
                break
        else:
            checker.finish()
    if checker.problems:
        raise DatasetRejected(
            N_("{path} is not a complete export of tracegraph; nothing was loaded"), checker.problems, path=str(path)
        )
    return checker.records


class _Checker:
    """Looks at the lines of one file in turn."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.records = 0
        self.known = True  # whether the header is one that can be read on from
        self._ended = False
        self._lines = 0
        self._claims: set[str] = set()

    def line(self, number: int, raw: bytes) -> None:
        self._lines = number
        record = self._parsed(number, raw)
        if number == 1:
            self._header(record)
        elif self._ended:
            self._problem(number, "after-end", N_("there are lines after the end"), N_("export again"))
        elif record is not None and record.get("line") == END:
            self._end(number, record)
        elif record is not None:
            self._record(number, record)

    def finish(self) -> None:
        if self._lines == 0:
            self._problem(1, "empty", N_("the file is empty"), N_("export again"))
        elif not self._ended:
            text = N_("the file ends after {lines} lines without its end: it was cut short")
            self._problem(self._lines, "cut-short", text, N_("copy the file again, or export again"), lines=self._lines)

    def _parsed(self, number: int, raw: bytes) -> dict[str, Any] | None:
        try:
            record = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
        except ValueError as error:
            text = N_("not a line of JSON: {reason}")
            self._problem(number, "not-json", text, N_("copy the file again, or export again"), reason=str(error))
            return None
        if isinstance(record, dict) and isinstance(record.get("line"), str):
            return record
        text = N_("not a JSON object that says what it is under the key line")
        self._problem(number, "not-a-record", text, N_("load takes files that tracegraph export wrote"))
        return None

    def _header(self, record: dict[str, Any] | None) -> None:
        if record == HEADER:
            self.records += 1
            return
        self.known = False
        if record is not None and record.get("line") == HEADER["line"]:
            text = N_("the file has format {found}, and this tracegraph reads format {known}")
            remedy = N_("load it with the version of tracegraph that wrote it, or a newer one")
            self._problem(1, "format", text, remedy, found=record.get("format"), known=FORMAT_VERSION)
        elif record is not None:
            text = N_("the first line is not the header of an export of tracegraph")
            self._problem(1, "no-header", text, N_("load takes files that tracegraph export wrote"))

    def _end(self, number: int, record: dict[str, Any]) -> None:
        self._ended = True
        if record.get("lines") != number - 1:
            text = N_("the end counts {said} lines before it, and there are {found}")
            remedy = N_("copy the file again, or export again")
            self._problem(number, "lines-missing", text, remedy, said=record.get("lines"), found=number - 1)

    def _record(self, number: int, record: dict[str, Any]) -> None:
        read = _READERS.get(record["line"])
        if read is None:
            text = N_("there is no line of kind {kind!r}")
            remedy = N_("load takes files that tracegraph export wrote")
            self._problem(number, "unknown-kind", text, remedy, kind=record["line"])
            return
        try:
            read(record)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            text = N_("a {kind} cannot be read: {reason}")
            remedy = N_("load takes files that tracegraph export wrote, unchanged")
            reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            self._problem(number, "malformed", text, remedy, kind=record["line"], reason=reason)
            return
        self.records += 1
        if record["line"] == "claim":
            if record["claim_id"] in self._claims:
                text = N_("the claim {id} is there twice")
                self._problem(number, "claim-twice", text, N_("export again"), id=record["claim_id"])
            self._claims.add(record["claim_id"])

    def _problem(self, number: int, rule: str, text: str, remedy: str, **values: Any) -> None:
        self.problems.append(
            Problem(self.file, number, None, None, rule, Message(text, values), Message(remedy, values))
        )


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
