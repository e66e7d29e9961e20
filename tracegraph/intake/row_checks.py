"""Checks of one row at a time that need more than one of its cells, or a word in a place of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.intake.identifiers import is_personal
from tracegraph.intake.refusal import ERROR, WARNING, Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.messages import N_
from tracegraph.vocabulary import UNSOURCED, UNSPECIFIED, Sourcing


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule about the cells of a row.

    Attributes
    ----------
    rule : str
        Stable kebab-case name.
    columns : tuple of str
        Columns that it looks at; the rule holds for tables that have them all. A row of which one of these cells could
        not be read is not looked at. The first is where the problem is shown.
    broken : callable
        Called with the values of the columns, None where not stated; returns whether the rule is broken.
    message, remedy : str
        With a place for each column.
    severity : str
        ``error`` or ``warning``.
    """

    rule: str
    columns: tuple[str, ...]
    broken: Callable[..., bool]
    message: str
    remedy: str
    severity: str = ERROR


def check_rows(rows: Rows, problems: Problems, *, may_set_recorded_at: bool = True) -> None:
    """Refuse the rows that contradict themselves, and warn of what is only doubtful.

    Parameters
    ----------
    rows : Rows
        Rows whose cells were read.
    problems : Problems
        Where problems are noted.
    may_set_recorded_at : bool
        Whether whoever imports may say when something became known.
    """
    for check in (*_CHECKS, *(() if may_set_recorded_at else (_RECORDED_AT,))):
        if all(column in rows.values for column in check.columns) and not rows.headers.keys().isdisjoint(check.columns):
            _apply(check, rows, problems)
    if rows.table.by_name.get("grade"):
        _warn_unsourced(rows, problems)


def _apply(check: Check, rows: Rows, problems: Problems) -> None:
    broken = check.broken
    for number, values in enumerate(zip(*(rows.values[column] for column in check.columns), strict=True)):
        if broken(*values) and not any((number, column) in rows.unread for column in check.columns):
            stated: dict[str, Any] = dict(zip(check.columns, values, strict=True))
            refusal = Refusal(check.rule, check.message, check.remedy, **stated)
            if check.severity == ERROR:
                rows.refuse(number, check.columns[0], refusal, problems)
            else:
                rows.warn(number, check.columns[0], refusal, problems)


def _warn_unsourced(rows: Rows, problems: Problems) -> None:
    unsourced = [number for number, source in enumerate(rows.values["source_id"]) if source == UNSOURCED]
    if unsourced:
        refusal = Refusal(
            "no-source",
            N_("no source is named, here first; rows of this file without one: {count}"),
            N_("name in source_id who says so: a claim without a source convinces nobody"),
            count=len(unsourced),
        )
        rows.warn(unsourced[0], "source_id", refusal, problems)


def _reversed(end: str | None, start: str | None) -> bool:
    return start is not None and end is not None and end < start


def _not_after(end: str | None, start: str | None) -> bool:
    return start is not None and end is not None and end <= start


_RECORDED_AT: Final = Check(
    rule="recorded-at-not-allowed",
    columns=("recorded_at",),
    broken=lambda recorded_at: recorded_at is not None,
    message=N_("recorded_at is stated, but only an administrator may set it"),
    remedy=N_("leave the column out: the time of the import is recorded"),
)

_SHARES: Final = (
    Check(
        rule="share-and-bounds",
        columns=("share", "share_low", "share_high"),
        broken=lambda share, low, high: share is not None and (low is not None or high is not None),
        message=N_("share is stated together with share_low or share_high"),
        remedy=N_("state either share, or its bounds"),
    ),
    Check(
        rule="share-bounds-reversed",
        columns=("share_low", "share_high"),
        broken=lambda low, high: low is not None and high is not None and low > high,
        message=N_("share_low {share_low} is above share_high {share_high}"),
        remedy=N_("the lower bound comes first"),
    ),
    *(
        Check(
            rule="share-not-here",
            columns=(column, "supplier_id", "clause_level"),
            broken=lambda share, supplier, _level: share is not None and supplier is None,
            message=N_("a share is stated, but no delivery"),
            remedy=N_("a contract row has a share only together with supplier_id and product"),
        )
        for column in ("share", "share_low", "share_high")
    ),
)

_DATES: Final = (
    Check(
        rule="dates-reversed",
        columns=("valid_to", "valid_from"),
        broken=_not_after,
        message=N_("valid_to {valid_to} is not after valid_from {valid_from}"),
        remedy=N_("valid_to is the day after the last on which it is true"),
    ),
    Check(
        rule="dates-reversed",
        columns=("end", "start"),
        broken=_reversed,
        message=N_("end {end} is before start {start}"),
        remedy=N_("compare both with the contract"),
    ),
)

_TOGETHER: Final = (
    *(
        Check(
            rule="supplier-and-product",
            columns=(missing, other, "clause_level"),
            broken=lambda missing, other, _level: missing is None and other is not None,
            message=N_("only one of supplier_id and product is stated"),
            remedy=N_("a delivery needs both; write `unspecified` for a product not known"),
        )
        for missing, other in (("supplier_id", "product"), ("product", "supplier_id"))
    ),
    Check(
        rule="source-count-alone",
        columns=("source_count", "sourcing"),
        broken=lambda count, sourcing: count is not None and sourcing != Sourcing.COMPLETE,
        message=N_("source_count is stated, but sourcing is not complete"),
        remedy=N_("write sourcing complete, or leave source_count empty"),
    ),
    Check(
        rule="owned-share-alone",
        columns=("owned_share", "owned_by"),
        broken=lambda share, owner: share is not None and owner is None,
        message=N_("owned_share is stated, but not who owns it"),
        remedy=N_("name the owner in owned_by, or leave owned_share empty"),
    ),
    *(
        Check(
            rule="half-coordinate",
            columns=(missing, other),
            broken=lambda missing, other: missing is None and other is not None,
            message=N_("only one of lat and lng is stated"),
            remedy=N_("state both, or neither"),
        )
        for missing, other in (("lat", "lng"), ("lng", "lat"))
    ),
)

_SENSE: Final = (
    Check(
        rule="own-owner",
        columns=("owned_by", "supplier_id"),
        broken=lambda owner, supplier: owner is not None and owner == supplier,
        message=N_("{owned_by} is given as its own owner"),
        remedy=N_("name another supplier, or leave owned_by empty"),
    ),
    Check(
        rule="into-itself",
        columns=("into_product", "seller_id", "buyer_id", "product"),
        broken=lambda into, seller, buyer, product: seller == buyer and into in (None, product),
        message=N_("seller and buyer are both {seller_id}, but no other product is made"),
        remedy=N_("name in into_product what {seller_id} makes of {product}, or correct the seller"),
    ),
    Check(
        rule="reserved-id",
        columns=("product_id",),
        broken=lambda product: product == UNSPECIFIED,
        message=N_("{product_id} stands for a product that is not known"),
        remedy=N_("remove the row, or choose another id"),
    ),
    Check(
        rule="reserved-id",
        columns=("source_id", "publisher"),
        broken=lambda source, _publisher: source == UNSOURCED,
        message=N_("{source_id} stands for no source"),
        remedy=N_("remove the row, or choose another id"),
    ),
)

_DOUBTFUL: Final = (
    Check(
        rule="complete-without-count",
        columns=("sourcing", "source_count"),
        broken=lambda sourcing, count: sourcing == Sourcing.COMPLETE and count is None,
        message=N_("sourcing is complete, but not how many sources that is"),
        remedy=N_("state source_count: without it a missing row goes unnoticed"),
        severity=WARNING,
    ),
    Check(
        rule="personal-number",
        columns=("org_no",),
        broken=lambda org_no: org_no is not None and is_personal(org_no),
        message=N_("this organisation number is a person's identity number"),
        remedy=N_("leave it out unless it is needed"),
        severity=WARNING,
    ),
)

_CHECKS: Final = (*_SHARES, *_DATES, *_TOGETHER, *_SENSE, *_DOUBTFUL)
