"""What somebody sent: checked as far as that can be done at once, and later laid out to be read as a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from tracegraph.errors import ContentTooLarge, InvalidInput
from tracegraph.intake.archive import Unpacking, entries_of, is_archive, unpacked
from tracegraph.intake.files import KNOWN_NAMES, Limits
from tracegraph.intake.sent_names import MAX_FILES, base_of, check_name
from tracegraph.intake.sent_rows import read_sent_rows
from tracegraph.messages import N_, Message

#: What one upload may bring.
UPLOAD: Final = Limits(file_bytes=64 * 1024 * 1024, rows=100_000, columns=64, cell_bytes=4_096)
UNPACKING: Final = Unpacking(file_bytes=UPLOAD.file_bytes)
#: Lines of one file: rows may have line breaks in them.
MAX_LINES: Final = 2 * UPLOAD.rows
#: How workbooks are named, and what lies in them.
_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
_IN_WORKBOOKS: Final = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
ROWS_NAME: Final = "rows.ndjson"


class Form(StrEnum):
    """In which form it was sent."""

    FILES = "files"
    ARCHIVE = "archive"
    ROWS = "rows"


#: Name and bytes of a part.
Part = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Laid:
    """Files laid out to be read.

    Attributes
    ----------
    paths : list of Path
        The files, under the names of their tables.
    notes : list of Message
        What was left alone.
    lines : mapping
        By file, the line on which a row was sent by that on which it begins; of rows only.
    """

    paths: list[Path] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    lines: dict[str, dict[int, int]] = field(default_factory=dict)


def form_of(parts: Sequence[Part]) -> Form:
    """Return the form of files that were sent, after checking names and limits.

    Raises
    ------
    InvalidInput, ContentTooLarge
        They cannot be taken; the message names the limit.
    """
    if not parts:
        raise InvalidInput(N_("no file was sent: send files in the field files of a form"))
    if len(parts) > MAX_FILES:
        raise ContentTooLarge(
            N_("{n} files were sent, at most {limit} are taken: send them in parts"), n=len(parts), limit=MAX_FILES
        )
    for name, _ in parts:
        check_name(name)
        _refuse_workbook(name, name)
    archives = [name for name, data in parts if is_archive(data)]
    if archives and len(parts) > 1:
        raise InvalidInput(N_("{name} is an archive: send it alone"), name=archives[0])
    form = Form.ARCHIVE if archives else Form.FILES
    _check_names([base_of(name) for name, _ in _files(form, parts)])
    for name, pieces in _files(form, parts):
        _refuse_workbook(name, parts[0][0])
        _check_lines(name, pieces)
    return form


def _refuse_workbook(name: str, sent: str) -> None:
    """Refuse a workbook, by its name or by what lies in it: a file in an archive is named with the archive."""
    if base_of(name).casefold().endswith(_WORKBOOKS) or name in _IN_WORKBOOKS:
        raise InvalidInput(
            N_(
                "{file} is a workbook, which is not read: save each of its sheets as CSV in UTF-8, under the name of "
                "its table, such as suppliers.csv"
            ),
            file=sent if name == sent or name in _IN_WORKBOOKS else f"{sent}/{name}",
        )


def check_rows_sent(data: bytes) -> None:
    """Check rows that were sent as NDJSON.

    Raises
    ------
    InvalidInput, ContentTooLarge
        A line is no row, or there are too many.
    """
    if not read_sent_rows(data, UPLOAD.rows):
        raise InvalidInput(N_("no row was sent: send one JSON object a line"))


def laid_out(form: Form, parts: Sequence[Part], folder: Path) -> Laid:
    """Write what was sent, and was checked then, into a folder, under names of our own."""
    laid = Laid()
    if form is Form.ROWS:
        _lay_rows(parts[0][1], folder, laid)
        return laid
    for name, pieces in _files(form, parts):
        known = base_of(name).casefold()
        if known not in KNOWN_NAMES:
            laid.notes.append(Message(N_("{file} was left alone: no table has this name"), {"file": name}))
            continue
        path = folder / known
        with path.open("xb") as file:
            file.writelines(pieces)
        laid.paths.append(path)
    return laid


def _lay_rows(data: bytes, folder: Path, laid: Laid) -> None:
    for name, table in read_sent_rows(data, UPLOAD.rows).items():
        path = folder / f"{name}.csv"
        content, laid.lines[path.name] = table.as_csv()
        path.write_bytes(content)
        laid.paths.append(path)


def _files(form: Form, parts: Sequence[Part]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield each file that was sent, by name, in pieces; those of an archive are unpacked on the way."""
    if form is Form.FILES:
        for name, data in parts:
            yield name, (data,)
        return
    ((_, data),) = parts
    for entry in entries_of(data, UNPACKING):
        yield entry.name, unpacked(data, entry)


def _check_names(names: Sequence[str]) -> None:
    counts: Mapping[str, int] = Counter(name.casefold() for name in names)
    twice = sorted(name for name, count in counts.items() if count > 1 and name in KNOWN_NAMES)
    if twice:
        raise InvalidInput(N_("{name} was sent twice: send each table once"), name=twice[0])


def _check_lines(name: str, pieces: Iterable[bytes]) -> None:
    """Refuse a file with more lines than rows could need; unpacks all of it on the way."""
    lines = 0
    is_table = base_of(name).casefold() in KNOWN_NAMES
    for piece in pieces:
        lines += max(piece.count(b"\n"), piece.count(b"\r"))
        if lines > MAX_LINES and is_table:
            raise ContentTooLarge(
                N_("{name} has more than {limit} lines, of which {rows} rows are read: send it in parts"),
                name=base_of(name),
                limit=MAX_LINES,
                rows=UPLOAD.rows,
            )
