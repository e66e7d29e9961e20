"""Which ids there are: those that the files define, and those that the store has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from tracegraph.intake.refusal import SUGGESTIONS, Problems, Refusal, nearest
from tracegraph.intake.rows import Rows, named, named_ids
from tracegraph.intake.spec import Column, Target
from tracegraph.messages import N_, Message
from tracegraph.store.rows import Standing
from tracegraph.vocabulary import UNSOURCED, UNSPECIFIED, Label

#: The table that defines the nodes of a label, its id column, and what such ids are asked for as.
DEFINED_BY: Final = {
    Label.SUPPLIER: ("suppliers", "supplier_id"),
    Label.FACTORY: ("factories", "factory_id"),
    Label.CONTRACT: ("contracts", "contract_id"),
    Label.CATEGORY: ("categories", "category_id"),
    Label.PRODUCT: ("products", "product_id"),
    Label.SOURCE: ("sources", "source_id"),
}
LABELS: Final[Mapping[Target, tuple[Label, ...]]] = {
    Target.SOURCE: (Label.SOURCE,),
    Target.PRODUCT: (Label.PRODUCT,),
    Target.SUPPLIER: (Label.SUPPLIER,),
    Target.HOLDER: (Label.SUPPLIER, Label.FACTORY),
    Target.CONTRACT: (Label.CONTRACT,),
    Target.CATEGORY: (Label.CATEGORY,),
}
_ALWAYS: Final[Mapping[Target, set[str]]] = {Target.SOURCE: {UNSOURCED}, Target.PRODUCT: {UNSPECIFIED}}


class AsksStanding(Protocol):
    """The store as far as an import asks it: `GraphWriter.standing`."""

    def __call__(
        self, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
    ) -> Standing:
        """Return what is known of ids."""
        ...


@dataclass(slots=True)
class Known:
    """Ids by label.

    Attributes
    ----------
    defined : mapping
        Ids that a row of the files defines, also a refused one, with the file and line of the first.
    unread : mapping
        Tables of which a file, or the column of ids, could not be read as a whole; with that file.
    stored : mapping
        Ids that were asked for and that the store has.
    """

    defined: dict[Label, dict[str, tuple[str, int]]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    stored: dict[Label, set[str]] = field(default_factory=dict)

    def ids(self, target: Target) -> set[str]:
        """Return every id that may be named as `target`."""
        found = set(_ALWAYS.get(target, ()))
        for label in LABELS[target]:
            found.update(self.defined.get(label, ()), self.stored.get(label, ()))
        return found

    def unread_file(self, target: Target) -> str | None:
        """Return the file that may define such ids, but could not be read as a whole."""
        return next((self.unread[t] for label in LABELS[target] if (t := DEFINED_BY[label][0]) in self.unread), None)

    def label_of(self, holder: str) -> Label:
        """Return whether a holder is a supplier or a factory."""
        is_factory = holder in self.defined[Label.FACTORY] or holder in self.stored.get(Label.FACTORY, ())
        return Label.FACTORY if is_factory else Label.SUPPLIER


def gather(
    all_rows: Sequence[Rows],
    mentioned: Iterable[tuple[Label, str]],
    ask: AsksStanding | None,
    unread: Mapping[str, str],
) -> Known:
    """Return which ids there are.

    Parameters
    ----------
    all_rows : sequence of Rows
        The rows of all files.
    mentioned : iterable of (Label, str)
        Further ids to ask the store for, as incidents name them.
    ask : callable or None
        The store; None when there is none.
    unread : mapping
        Tables with files of which nothing could be read.
    """
    known = Known({label: {} for label in DEFINED_BY}, dict(unread))
    for rows in all_rows:
        _take_definitions(rows, known)
    if ask is None:
        return known
    wanted = {(label, value) for rows in all_rows for label, value in _asked(rows, known)} | set(mentioned)
    holders = {value for label, value in wanted if label in LABELS[Target.HOLDER]}
    nodes = {(label, value) for label, value in wanted if label not in LABELS[Target.HOLDER]}
    holders.update(known.defined[Label.SUPPLIER], known.defined[Label.FACTORY])
    for label, value in ask(holders, nodes, ()).labels:
        known.stored.setdefault(label, set()).add(value)
    return known


def _take_definitions(rows: Rows, known: Known) -> None:
    """Note the ids that rows define, also those of rows with too few or too many cells."""
    column = rows.table.columns[0]
    label = next((label for label, (table, _) in DEFINED_BY.items() if table == rows.table.name), None)
    if rows.raw.truncated or column.name not in rows.headers:
        known.unread.setdefault(rows.table.name, rows.file)
    if label is None or column.name not in rows.headers:
        return
    for number, value in named(rows, column):
        known.defined[label].setdefault(value, (rows.file, rows.raw.lines[number]))
    for line, cells, _ in rows.raw.ragged:
        value = rows.by_column(cells).get(column.name, "")
        known.defined[label].setdefault(value, (rows.file, line))


def _asked(rows: Rows, known: Known) -> Iterator[tuple[Label, str]]:
    for column in rows.table.columns:
        if column.refers:
            for label in LABELS[column.refers]:
                for value in named_ids(rows, column) - known.defined[label].keys() - _ALWAYS.get(column.refers, set()):
                    yield label, value


# --- checks --------------------------------------------------------------------------------------------------------


def check_references(all_rows: Iterable[Rows], known: Known, problems: Problems) -> None:
    """Refuse rows that name something that is neither in the files nor in the store; warn of products that are new."""
    ids = {target: known.ids(target) for target in Target}
    nowhere = _Nowhere(known, ids, problems)
    for rows in all_rows:
        for column in rows.table.columns:
            if column.refers is None or not (unknown := named_ids(rows, column) - ids[column.refers]):
                continue
            for number, value in named(rows, column):
                if value in unknown:
                    nowhere.meet(rows, number, column, column.refers, value)


@dataclass(slots=True)
class _Nowhere:
    """Says of ids that they are nowhere: the same of each, and the nearest of the first only."""

    known: Known
    ids: Mapping[Target, set[str]]
    problems: Problems
    said: dict[tuple[Target, str], Refusal] = field(default_factory=dict)

    def meet(self, rows: Rows, number: int, column: Column, target: Target, value: str) -> None:
        """Refuse a row for an id that it names, or, for a product, warn where it is met first."""
        is_product = target is Target.PRODUCT
        unread = None if is_product else self.known.unread_file(target)
        if unread:
            rows.refused.setdefault(number, []).append(_perhaps(value, unread))
            return
        is_new = (target, value) not in self.said
        if is_new:
            among = self.ids[target] if len(self.said) < SUGGESTIONS else ()
            self.said[target, value] = (
                _new_product(value, among) if is_product else _dangling(value, column, self.known, among)
            )
        if not is_product:
            rows.refuse(number, column.name, self.said[target, value], self.problems)
        elif is_new:
            rows.warn(number, column.name, self.said[target, value], self.problems)


def check_holders(all_rows: Iterable[Rows], known: Known, problems: Problems) -> None:
    """Refuse rows that define a supplier by the id of a factory, or the other way round."""
    for rows in all_rows:
        for label, other in ((Label.SUPPLIER, Label.FACTORY), (Label.FACTORY, Label.SUPPLIER)):
            table, column = DEFINED_BY[label]
            if rows.table.name != table:
                continue
            for number, value in named(rows, rows.table.by_name[column]):
                if value in known.defined[other] or value in known.stored.get(other, ()):
                    rows.refuse(number, column, _two_labels(value, label, other, known), problems)


def _dangling(value: str, column: Column, known: Known, among: Collection[str]) -> Refusal:
    if column.refers is Target.SUPPLIER and value in known.ids(Target.HOLDER):
        return Refusal(
            "not-a-supplier",
            N_("{value} is a factory; {column} names a supplier"),
            N_("name the supplier that operates it, or who sells its goods"),
            value=value,
            column=column.name,
        )
    assert column.refers
    message = NOWHERE[column.refers]
    near = nearest(value, among, cutoff=0.8) if len(among) <= _MANY else None
    if near:
        return Refusal("unknown-id", message, N_("did you mean {near}?"), value=value, near=near)
    return Refusal("unknown-id", message, N_("add a row that describes it, or correct the id"), value=value)


def _perhaps(value: str, file: str) -> Message:
    return Message(
        N_("{value} may be described in {file}, which could not be read as a whole"), {"value": value, "file": file}
    )


#: What is said of an id that is nowhere.
NOWHERE: Final = {
    Target.SOURCE: N_("{value} is no source of these files or of the store"),
    Target.PRODUCT: N_("{value} is no product of these files or of the store"),
    Target.SUPPLIER: N_("{value} is no supplier of these files or of the store"),
    Target.HOLDER: N_("{value} is neither a supplier nor a factory of these files or of the store"),
    Target.CONTRACT: N_("{value} is no contract of these files or of the store"),
    Target.CATEGORY: N_("{value} is no category of these files or of the store"),
}

_MANY: Final = 5_000  # ids among which a near one is looked for


def _new_product(value: str, among: Collection[str]) -> Refusal:
    message = N_("{value} is not in products.csv and becomes a new product")
    near = nearest(value, among, cutoff=0.8) if len(among) <= _MANY else None
    if near:
        return Refusal("new-product", message, N_("did you mean {near}?"), value=value, near=near)
    return Refusal(
        "new-product", message, N_("describe it in products.csv: what it is a kind of and made from"), value=value
    )


def _two_labels(value: str, label: Label, other: Label, known: Known) -> Refusal:
    remedy = N_("give one of them another id: ids are unique across suppliers and factories together")
    place = known.defined[other].get(value)
    is_supplier = label is Label.SUPPLIER
    if place is None:
        message = (
            N_("{value} is a supplier here, but a factory in the store")
            if is_supplier
            else N_("{value} is a factory here, but a supplier in the store")
        )
        return Refusal("two-labels", message, remedy, value=value)
    message = (
        N_("{value} is a supplier here, but a factory in {file}, line {line}")
        if is_supplier
        else N_("{value} is a factory here, but a supplier in {file}, line {line}")
    )
    return Refusal("two-labels", message, remedy, value=value, file=place[0], line=place[1])
