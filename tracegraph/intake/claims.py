"""All claims of an import with the rows that state them, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from tracegraph.intake.derive import LabelOf, statements_of
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.messages import N_
from tracegraph.model import Statement
from tracegraph.vocabulary import Label


@dataclass(slots=True)
class Claims:
    """Claims as columns: there may be a million.

    Attributes
    ----------
    statements : list of Statement
        In the order of the rows; several may have one key.
    keys : list of str
        Their claim keys.
    rows, numbers : list
        The file and the row number that state each.
    """

    statements: list[Statement] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def refused(self, position: int) -> bool:
        """Return whether the row of a claim is refused."""
        return self.numbers[position] in self.rows[position].refused

    def refuse(self, position: int, column: str | None, refusal: Refusal, problems: Problems) -> None:
        """Refuse the row of a claim."""
        self.rows[position].refuse(self.numbers[position], column, refusal, problems)

    def place(self, position: int) -> tuple[str, int]:
        """Return file and line of the row of a claim."""
        rows = self.rows[position]
        return rows.file, rows.raw.lines[self.numbers[position]]

    def places(self, keys: Collection[str]) -> dict[str, tuple[str, int]]:
        """Return file and line of the first row that states each of some claims and is not refused."""
        found: dict[str, tuple[str, int]] = {}
        for position, key in enumerate(self.keys):
            if key in keys and key not in found and not self.refused(position):
                found[key] = self.place(position)
        return found


def derive_all(all_rows: Iterable[Rows], label_of: LabelOf) -> Claims:
    """Return the claims of all rows that are not refused."""
    claims = Claims()
    for rows in all_rows:
        for number, statement in statements_of(rows, label_of):
            claims.statements.append(statement)
            claims.keys.append(statement.claim_key)
            claims.rows.append(rows)
            claims.numbers.append(number)
    return claims


def check_conflicts(claims: Claims, problems: Problems) -> None:
    """Refuse both rows where one claim key has two contents."""
    first: dict[str, int] = {}
    named: set[tuple[int, int, int, int]] = set()
    statements, setdefault = claims.statements, first.setdefault
    for position, key in enumerate(claims.keys):
        before = setdefault(key, position)
        if before == position or statements[before].digest == statements[position].digest:
            continue
        pair = (
            *(id(claims.rows[before]), claims.numbers[before]),
            *(id(claims.rows[position]), claims.numbers[position]),
        )
        if pair not in named:
            named.add(pair)
            claims.refuse(position, None, _two_contents(*claims.place(before)), problems)
            _also(claims, before, position)


def _also(claims: Claims, before: int, position: int) -> None:
    """Refuse the earlier row too, without a problem of its own: the later one names both."""
    reason = _two_contents(*claims.place(position)).message
    claims.rows[before].refused.setdefault(claims.numbers[before], []).append(reason)


def _two_contents(file: str, line: int) -> Refusal:
    return Refusal(
        "two-contents",
        N_("the row contradicts {file}, line {line}: same ends, source, valid_from and visibility, other content"),
        N_("keep the row that is right, or give the two different sources or dates"),
        file=file,
        line=line,
    )


def good_statements(claims: Claims) -> list[Statement]:
    """Return the claims of the rows that are not refused, each key once, with the earliest time of record stated."""
    kept: dict[str, Statement] = {}
    any_refused = any(rows.refused for rows in {id(rows): rows for rows in claims.rows}.values())
    for position, key in enumerate(claims.keys):
        if any_refused and claims.refused(position):
            continue
        statement = claims.statements[position]
        before = kept.setdefault(key, statement)
        if before is not statement:
            earliest = min(filter(None, (before.recorded_at, statement.recorded_at)), default="")
            if earliest != before.recorded_at:
                kept[key] = replace(before, recorded_at=earliest)
    return list(kept.values())


def holders_of(statements: Iterable[Statement], label_of: LabelOf) -> dict[str, Label]:
    """Return the label of every supplier and factory that a claim touches."""
    holders: dict[str, Label] = {}
    touched: set[str] = set()
    for statement in statements:
        for label, node in (statement.start, statement.end):
            if label is Label.ITEM:
                touched.add(node)
            elif label is Label.SUPPLIER or label is Label.FACTORY:
                holders[node] = label
    for holder in {item.partition("/")[0] for item in touched} - holders.keys():
        holders[holder] = label_of(holder)
    return dict(sorted(holders.items()))
