"""A user's file of sales between firms for `tracegraph stops cascade`: every mistake with its line and remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracegraph.answer_outage import Link, Need
from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.intake.cells import parse_id
from tracegraph.intake.csv_reader import RawTable, header_key, read_csv
from tracegraph.intake.refusal import Problems, Refusal, nearest, not_one_of
from tracegraph.messages import N_

REQUIRED: Final = ("seller_id", "buyer_id", "value", "industry", "need")
MAX_ROWS: Final = 1_000_000
_HEADERS: Final = frozenset(REQUIRED)


def read_links(path: Path, *, needs: bool = True) -> tuple[Link, ...]:
    """Return the links of a CSV file.

    Parameters
    ----------
    path : Path
        Columns seller_id, buyer_id, value, industry (of the seller) and need.
    needs : bool
        Whether the column need must be there; without it every input counts as essential.

    Raises
    ------
    InvalidInput
        The file cannot be read.
    DatasetRejected
        It does not say what it should; all that is wrong is listed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be read: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error
    return links_in(data, path.name, needs=needs)


def links_in(data: bytes, shown: str, *, needs: bool = True) -> tuple[Link, ...]:
    """Return the links of the bytes of a CSV file, named `shown` where something is wrong; see `read_links`."""
    problems = Problems()
    table = read_csv(data, shown, problems, _HEADERS, MAX_ROWS)
    links = _Links(table, problems, needs=needs).read() if table else ()
    errors = [problem for problem in problems.sorted() if problem.severity == "error"]
    if errors:
        raise DatasetRejected(N_("{file} cannot be used; problems: {n}"), errors, file=shown, n=len(errors))
    return links


@dataclass
class _Links:
    """Makes links of rows."""

    table: RawTable
    problems: Problems
    needs: bool
    industry_of: dict[str, str] = field(default_factory=dict)
    need_of: dict[tuple[str, str], Need] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)

    def read(self) -> tuple[Link, ...]:
        place = self._places()
        if place is None:
            return ()
        links = []
        for line, cells in zip(self.table.lines, self.table.rows, strict=True):
            row = {name: cells[position].strip() for name, position in place.items()}
            link = self._link(row, line)
            if link is not None and self._agrees(link, line):
                links.append(link)
        if not self.table.rows:
            refusal = Refusal("empty-file", N_("the file has no row"), N_("write one row for each link"))
            self.problems.add(refusal, self.table.file)
        return tuple(links)

    def _places(self) -> Mapping[str, int] | None:
        """Return the position of each column; None where one is missing or unknown."""
        place: dict[str, int] = {}
        for position, header in enumerate(self.table.header):
            name = header_key(header)
            if name not in REQUIRED or name in place:
                self.problems.add(
                    _bad_column(header, twice=name in place), self.table.file, self.table.header_line, header
                )
            place[name] = position
        missing = [name for name in REQUIRED if name not in place and (self.needs or name != "need")]
        for name in missing:
            text, remedy = N_("the column {name} is missing"), N_("the columns are {known}")
            refusal = Refusal("missing-column", text, remedy, name=name, known=", ".join(REQUIRED))
            self.problems.add(refusal, self.table.file, self.table.header_line, name)
        return None if missing or not place.keys() <= _HEADERS else place

    def _link(self, row: Mapping[str, str], line: int) -> Link | None:
        values: dict[str, object] = {}
        for name in row:
            try:
                values[name] = self._value(name, row[name])
            except Refusal as refusal:
                self.problems.add(refusal, self.table.file, line, name, row[name])
        if len(values) < len(row):
            return None
        return Link(
            seller_id=str(values["seller_id"]),
            buyer_id=str(values["buyer_id"]),
            value=_float(values["value"]),
            industry=str(values["industry"]),
            need=Need(str(values.get("need", Need.ESSENTIAL))),
        )

    def _value(self, name: str, text: str) -> object:
        if name == "value":
            return _money(text, decimal_comma=self.table.delimiter == ";")
        if name == "need":
            word = text.replace("-", "_").casefold()
            if word not in tuple(Need):
                raise not_one_of(text, tuple(Need), "need")
            return word
        return parse_id(text)

    def _agrees(self, link: Link, line: int) -> bool:
        """Return whether a link agrees with those before it; note where it does not."""
        pair = (link.seller_id, link.buyer_id)
        industry = self.industry_of.setdefault(link.seller_id, link.industry)
        need = self.need_of.setdefault((link.buyer_id, link.industry), link.need)
        checks: Sequence[tuple[bool, str, Refusal]] = (
            (link.seller_id == link.buyer_id, "buyer_id", _itself(link.seller_id)),
            (pair in self.pairs, "buyer_id", _twice(*pair)),
            (industry != link.industry, "industry", _other_industry(link.seller_id, industry)),
            (need is not link.need, "need", _other_need(link, need)),
        )
        self.pairs.add(pair)
        for wrong, column, refusal in checks:
            if wrong:
                self.problems.add(refusal, self.table.file, line, column)
        return not any(wrong for wrong, _, _ in checks)


def _float(value: object) -> float:
    return value if isinstance(value, float) else math.nan


def _money(text: str, *, decimal_comma: bool) -> float:
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    try:
        value = float(plain.replace(",", ".") if decimal_comma else plain) if "_" not in plain else math.nan
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        remedy = N_("write what is sold in a year (or another time, the same in all rows), for example 120000")
        raise Refusal("value", N_("{value} is not a number above 0"), remedy, value=text[:40] or "''")
    return value


def _bad_column(header: str, *, twice: bool) -> Refusal:
    if twice:
        return Refusal("twice", N_("{id} is stated twice"), N_("keep one of the two"), id=header)
    near = nearest(header, REQUIRED)
    remedy = N_("did you mean {near}?") if near else N_("remove it; the columns are {known}")
    text = N_("{name} is not a column of this file")
    return Refusal("unknown-column", text, remedy, name=header, near=near, known=", ".join(REQUIRED))


def _itself(firm: str) -> Refusal:
    return Refusal("itself", N_("{firm} sells to itself"), N_("leave such rows out"), firm=firm)


def _twice(seller: str, buyer: str) -> Refusal:
    text = N_("{seller} and {buyer} have a row already")
    return Refusal("twice", text, N_("add the values up in one row"), seller=seller, buyer=buyer)


def _other_industry(firm: str, before: str) -> Refusal:
    text = N_("an earlier row has {firm} in the industry {before}")
    remedy = N_("give a firm one industry; if it sells two kinds of goods, give it two ids")
    return Refusal("industry", text, remedy, firm=firm, before=before)


def _other_need(link: Link, before: Need) -> Refusal:
    text = N_("an earlier row says that {buyer} needs the industry {industry} as {before}")
    remedy = N_("state one need for each buyer and industry")
    return Refusal("need", text, remedy, buyer=link.buyer_id, industry=link.industry, before=before.value)
